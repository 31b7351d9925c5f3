package io.dunlin.security.users;

import io.dunlin.security.acl.Rule;
import io.dunlin.security.password.Credential;
import java.util.List;

/** One change of users, groups or roles; {@link UserStore#apply} takes several as one. */
public sealed interface UserChange {
    /** A new, enabled user. */
    record CreateUser(String name, Credential credential, List<String> roles, List<String> groups)
            implements UserChange {}

    record DeleteUser(String name) implements UserChange {}

    record SetPassword(String name, Credential credential) implements UserChange {}

    /** Locks a user out, or lets it in again. */
    record EnableUser(String name, boolean enabled) implements UserChange {}

    record AddUserRole(String name, String role) implements UserChange {}

    record RemoveUserRole(String name, String role) implements UserChange {}

    record AddUserGroup(String name, String group) implements UserChange {}

    record RemoveUserGroup(String name, String group) implements UserChange {}

    record CreateGroup(String name, List<String> roles) implements UserChange {}

    /** Refused while somebody is in it. */
    record DeleteGroup(String name) implements UserChange {}

    record AddGroupRole(String name, String role) implements UserChange {}

    record RemoveGroupRole(String name, String role) implements UserChange {}

    record CreateRole(String name, List<Rule> rules) implements UserChange {}

    /** Refused while somebody has it: without a rule that denies, somebody might be allowed more. */
    record DeleteRole(String name) implements UserChange {}

    /** @param index where it goes, 0 for the front, the number of rules or more for the end */
    record AddRule(String role, int index, Rule rule) implements UserChange {}

    /** @param index of the rule, from 0 */
    record RemoveRule(String role, int index) implements UserChange {}
}
