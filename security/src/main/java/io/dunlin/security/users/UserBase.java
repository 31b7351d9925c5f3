package io.dunlin.security.users;

import io.dunlin.security.acl.Rule;
import java.util.List;
import java.util.SortedMap;

/**
 * All users, groups and roles of the store at one moment, without what is kept of passwords. Immutable.
 *
 * @param version grows with each change
 * @param users by name
 * @param groups by name
 * @param roles by name
 */
public record UserBase(
        long version, SortedMap<String, User> users, SortedMap<String, Group> groups, SortedMap<String, Role> roles) {

    /**
     * A user.
     *
     * @param enabled whether it may log in
     * @param roles its own, in the order in which they were given; those of its groups come on top
     * @param passwordKind for people, such as {@code argon2id, 19 MiB, 2 passes}
     * @param weak whether its hash would be easy for a thief
     */
    public record User(
            String name, boolean enabled, List<String> roles, List<String> groups, String passwordKind, boolean weak) {}

    /** A group: its members have its roles. */
    public record Group(String name, List<String> roles) {}

    /** A role: rules about those who have it, the first that fits decides. */
    public record Role(String name, List<Rule> rules) {}
}
