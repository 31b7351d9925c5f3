package io.dunlin.security.users;

import io.dunlin.security.acl.Rule;
import io.dunlin.security.password.Credential;
import java.util.List;

/** One change of users, groups or roles; {@link UserStore#apply} takes several as one. */
public sealed interface UserChange {
    /** A new, enabled user. */
    record CreateUser(String name, Credential credential, List<String> roles, List<String> groups)
            implements UserChange {}

    /** The user is gone for good; its clients are disconnected. */
    record DeleteUser(String name) implements UserChange {}

    /** Another password; clients that logged in with the old one are disconnected. */
    record SetPassword(String name, Credential credential) implements UserChange {}

    /** Locks a user out, or lets it in again. */
    record EnableUser(String name, boolean enabled) implements UserChange {}

    /** The user has this role too. */
    record AddUserRole(String name, String role) implements UserChange {}

    /** The user has this role no more. */
    record RemoveUserRole(String name, String role) implements UserChange {}

    /** The user is in this group too. */
    record AddUserGroup(String name, String group) implements UserChange {}

    /** The user is in this group no more. */
    record RemoveUserGroup(String name, String group) implements UserChange {}

    /** A new group, with the roles that its members have. */
    record CreateGroup(String name, List<String> roles) implements UserChange {}

    /** Refused while somebody is in it. */
    record DeleteGroup(String name) implements UserChange {}

    /** The group's members have this role too. */
    record AddGroupRole(String name, String role) implements UserChange {}

    /** The group's members have this role no more. */
    record RemoveGroupRole(String name, String role) implements UserChange {}

    /** A new role, with its rules in order. */
    record CreateRole(String name, List<Rule> rules) implements UserChange {}

    /** Refused while somebody has it: without a rule that denies, somebody might be allowed more. */
    record DeleteRole(String name) implements UserChange {}

    /** @param index where it goes, 0 for the front, the number of rules or more for the end */
    record AddRule(String role, int index, Rule rule) implements UserChange {}

    /** @param index of the rule, from 0 */
    record RemoveRule(String role, int index) implements UserChange {}
}
