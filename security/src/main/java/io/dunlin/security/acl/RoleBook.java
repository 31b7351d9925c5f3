package io.dunlin.security.acl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Roles as they are at one moment: who has them, and what they may do. Immutable. */
public final class RoleBook {
    public static final RoleBook EMPTY = new RoleBook(0, Map.of(), Map.of(), Map.of());

    private final long generation;
    private final Map<String, Member> users;
    private final Map<String, Set<String>> groups;
    private final Map<String, List<Rule>> roles;
    private final Map<String, CompiledRules> compiled = new HashMap<>();
    private final boolean hasNoRules;

    /**
     * Takes all there is.
     *
     * @param generation grows with each change
     * @param users what the store gives a user, by user name
     * @param groups the roles of each group, by its name
     * @param roles the rules of each role, by its name
     * @throws InvalidRule for a rule that cannot be used, with its origin
     */
    public RoleBook(
            long generation,
            Map<String, Member> users,
            Map<String, Set<String>> groups,
            Map<String, List<Rule>> roles) {
        this.generation = generation;
        this.users = Map.copyOf(users);
        this.groups = Map.copyOf(groups);
        this.roles = Map.copyOf(roles);
        roles.forEach((name, rules) -> compiled.put(name, CompiledRules.of(rules)));
        this.hasNoRules = roles.values().stream().allMatch(List::isEmpty);
    }

    /** The roles and groups of one user. */
    public record Member(Set<String> roles, Set<String> groups) {
        public Member {
            roles = Set.copyOf(roles);
            groups = Set.copyOf(groups);
        }
    }

    public long generation() {
        return generation;
    }

    public Map<String, Member> users() {
        return users;
    }

    public Map<String, Set<String>> groups() {
        return groups;
    }

    public Map<String, List<Rule>> roles() {
        return roles;
    }

    /** Both together; what both know adds up, rules of this one first. */
    public RoleBook and(RoleBook other) {
        Map<String, Member> allUsers = new HashMap<>(users);
        other.users.forEach((name, member) ->
                allUsers.merge(name, member, (a, b) -> new Member(union(a.roles, b.roles), union(a.groups, b.groups))));
        Map<String, Set<String>> allGroups = new HashMap<>(groups);
        other.groups.forEach((name, given) -> allGroups.merge(name, given, RoleBook::union));
        Map<String, List<Rule>> allRoles = new HashMap<>(roles);
        other.roles.forEach((name, rules) -> allRoles.merge(name, rules, RoleBook::joined));
        return new RoleBook(generation + other.generation, allUsers, allGroups, allRoles);
    }

    /** Whether no role has a rule. */
    public boolean hasNoRules() {
        return hasNoRules;
    }

    /** The rules of a role; none for a role that nobody knows. */
    CompiledRules rulesOf(String role) {
        return compiled.getOrDefault(role, CompiledRules.NONE);
    }

    /** The groups of a client, of its login and of the store. */
    Set<String> groupsOf(Subject subject, @Nullable String username) {
        Member member = username == null ? null : users.get(username);
        return member == null ? subject.groups() : union(subject.groups(), member.groups);
    }

    /** The roles of a client: of its login, of the store, and those of its groups. */
    Set<String> rolesOf(Subject subject, @Nullable String username, Set<String> inGroups) {
        Member member = username == null ? null : users.get(username);
        Set<String> own = member == null ? subject.roles() : union(subject.roles(), member.roles);
        if (inGroups.isEmpty()) {
            return own;
        }
        Set<String> all = new HashSet<>(own);
        inGroups.forEach(group -> all.addAll(groups.getOrDefault(group, Set.of())));
        return all;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return List.of(one, other).stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    private static List<Rule> joined(List<Rule> first, List<Rule> second) {
        List<Rule> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
