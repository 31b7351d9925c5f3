package io.dunlin.security.users;

import io.dunlin.security.acl.Rule;
import io.dunlin.security.password.Credential;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is stored, at one moment. Immutable. */
record State(
        long version,
        SortedMap<String, User> users,
        SortedMap<String, List<String>> groups,
        SortedMap<String, List<Rule>> roles) {

    static final State EMPTY = new State(0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    State {
        users = Collections.unmodifiableSortedMap(users);
        groups = Collections.unmodifiableSortedMap(groups);
        roles = Collections.unmodifiableSortedMap(roles);
    }

    /** A user with what is kept of its password. */
    record User(Credential credential, boolean enabled, List<String> roles, List<String> groups) {
        User {
            roles = List.copyOf(roles);
            groups = List.copyOf(groups);
        }

        User withCredential(Credential other) {
            return new User(other, enabled, roles, groups);
        }

        User withEnabled(boolean other) {
            return new User(credential, other, roles, groups);
        }

        User withRoles(List<String> other) {
            return new User(credential, enabled, other, groups);
        }

        User withGroups(List<String> other) {
            return new User(credential, enabled, roles, other);
        }
    }

    /** Without what is kept of passwords. */
    UserBase view() {
        SortedMap<String, UserBase.User> shownUsers = new TreeMap<>();
        users.forEach((name, user) -> shownUsers.put(
                name,
                new UserBase.User(
                        name,
                        user.enabled,
                        user.roles,
                        user.groups,
                        user.credential.kind(),
                        user.credential.isWeak())));
        SortedMap<String, UserBase.Group> shownGroups = new TreeMap<>();
        groups.forEach((name, given) -> shownGroups.put(name, new UserBase.Group(name, given)));
        SortedMap<String, UserBase.Role> shownRoles = new TreeMap<>();
        roles.forEach((name, rules) -> shownRoles.put(name, new UserBase.Role(name, rules)));
        return new UserBase(
                version,
                Collections.unmodifiableSortedMap(shownUsers),
                Collections.unmodifiableSortedMap(shownGroups),
                Collections.unmodifiableSortedMap(shownRoles));
    }

    /** The rules of a role, each with the place where it stands. */
    static List<Rule> numbered(String role, List<Rule> rules) {
        List<Rule> numbered = new ArrayList<>();
        for (Rule rule : rules) {
            String origin = "role " + role + " rule " + (numbered.size() + 1);
            numbered.add(new Rule(
                    rule.effect(), rule.who(), rule.kinds(), rule.qos(), rule.retain(), rule.topics(), origin));
        }
        return List.copyOf(numbered);
    }
}
