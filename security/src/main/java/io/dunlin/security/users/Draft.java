package io.dunlin.security.users;

import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleText;
import io.dunlin.security.users.UserChange.AddGroupRole;
import io.dunlin.security.users.UserChange.AddRule;
import io.dunlin.security.users.UserChange.AddUserGroup;
import io.dunlin.security.users.UserChange.AddUserRole;
import io.dunlin.security.users.UserChange.CreateGroup;
import io.dunlin.security.users.UserChange.CreateRole;
import io.dunlin.security.users.UserChange.CreateUser;
import io.dunlin.security.users.UserChange.DeleteGroup;
import io.dunlin.security.users.UserChange.DeleteRole;
import io.dunlin.security.users.UserChange.DeleteUser;
import io.dunlin.security.users.UserChange.EnableUser;
import io.dunlin.security.users.UserChange.RemoveGroupRole;
import io.dunlin.security.users.UserChange.RemoveRule;
import io.dunlin.security.users.UserChange.RemoveUserGroup;
import io.dunlin.security.users.UserChange.RemoveUserRole;
import io.dunlin.security.users.UserChange.SetPassword;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A state that is being changed; thrown away where a change cannot be. One thread. */
final class Draft {
    private static final int NAME_LENGTH_MAX = 256;

    private final long version;
    private final TreeMap<String, State.User> users;
    private final TreeMap<String, List<String>> groups;
    private final TreeMap<String, List<Rule>> roles;
    private final Set<String> rolesElsewhere;
    private final Set<String> groupsElsewhere;

    /**
     * @param rolesElsewhere roles that the configuration knows
     * @param groupsElsewhere groups that the configuration knows
     */
    Draft(State from, Set<String> rolesElsewhere, Set<String> groupsElsewhere) {
        this.version = from.version();
        this.users = new TreeMap<>(from.users());
        this.groups = new TreeMap<>(from.groups());
        this.roles = new TreeMap<>(from.roles());
        this.rolesElsewhere = rolesElsewhere;
        this.groupsElsewhere = groupsElsewhere;
    }

    /** A change that cannot be made; the message is a sentence for people. No stack trace: an outcome of input. */
    static final class Rejection extends Exception {
        private static final long serialVersionUID = 1;

        private final String sentence;

        Rejection(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    State toState() {
        return new State(version + 1, users, groups, roles);
    }

    void apply(UserChange change) throws Rejection {
        switch (change) {
            case CreateUser it -> create(it);
            case DeleteUser it -> remove(users, "user", it.name());
            case SetPassword it -> edit(it.name(), user -> user.withCredential(it.credential()));
            case EnableUser it -> edit(it.name(), user -> user.withEnabled(it.enabled()));
            case AddUserRole it -> {
                knownRole(it.role());
                List<String> next = with(user(it.name()).roles(), it.role(), "user " + it.name() + " has role ");
                edit(it.name(), user -> user.withRoles(next));
            }
            case RemoveUserRole it -> {
                List<String> next = without(user(it.name()).roles(), it.role(), "user " + it.name() + " has no role ");
                edit(it.name(), user -> user.withRoles(next));
            }
            case AddUserGroup it -> {
                knownGroup(it.group());
                List<String> next = with(user(it.name()).groups(), it.group(), "user " + it.name() + " is in group ");
                edit(it.name(), user -> user.withGroups(next));
            }
            case RemoveUserGroup it -> {
                List<String> next =
                        without(user(it.name()).groups(), it.group(), "user " + it.name() + " is not in group ");
                edit(it.name(), user -> user.withGroups(next));
            }
            case CreateGroup it -> create(it);
            case DeleteGroup it -> delete(it);
            case AddGroupRole it -> {
                knownRole(it.role());
                List<String> given = get(groups, "group", it.name());
                groups.put(it.name(), with(given, it.role(), "group " + it.name() + " has role "));
            }
            case RemoveGroupRole it -> {
                List<String> given = get(groups, "group", it.name());
                groups.put(it.name(), without(given, it.role(), "group " + it.name() + " has no role "));
            }
            case CreateRole it -> create(it);
            case DeleteRole it -> delete(it);
            case AddRule it -> add(it);
            case RemoveRule it -> remove(it);
        }
    }

    private void create(CreateUser it) throws Rejection {
        unused(users, "user", it.name());
        for (String role : distinct(it.roles())) {
            knownRole(role);
        }
        for (String group : distinct(it.groups())) {
            knownGroup(group);
        }
        users.put(it.name(), new State.User(it.credential(), true, it.roles(), it.groups()));
    }

    private void create(CreateGroup it) throws Rejection {
        unused(groups, "group", it.name());
        for (String role : distinct(it.roles())) {
            knownRole(role);
        }
        groups.put(it.name(), List.copyOf(it.roles()));
    }

    private void create(CreateRole it) throws Rejection {
        unused(roles, "role", it.name());
        for (Rule rule : it.rules()) {
            usable(rule);
        }
        roles.put(it.name(), State.numbered(it.name(), it.rules()));
    }

    private void delete(DeleteGroup it) throws Rejection {
        for (Map.Entry<String, State.User> user : users.entrySet()) {
            if (user.getValue().groups().contains(it.name()) && !groupsElsewhere.contains(it.name())) {
                throw new Rejection("group " + it.name() + " has members, such as " + user.getKey()
                        + ": take them out of it first");
            }
        }
        remove(groups, "group", it.name());
    }

    private void delete(DeleteRole it) throws Rejection {
        if (!rolesElsewhere.contains(it.name())) {
            for (Map.Entry<String, State.User> user : users.entrySet()) {
                if (user.getValue().roles().contains(it.name())) {
                    throw given(it.name(), "user " + user.getKey());
                }
            }
            for (Map.Entry<String, List<String>> group : groups.entrySet()) {
                if (group.getValue().contains(it.name())) {
                    throw given(it.name(), "group " + group.getKey());
                }
            }
        }
        remove(roles, "role", it.name());
    }

    private static Rejection given(String role, String owner) {
        return new Rejection("role " + role + " is given to " + owner + ": take it away first");
    }

    private void add(AddRule it) throws Rejection {
        List<Rule> rules = new ArrayList<>(get(roles, "role", it.role()));
        usable(it.rule());
        rules.add(Math.clamp(it.index(), 0, rules.size()), it.rule());
        roles.put(it.role(), State.numbered(it.role(), rules));
    }

    private void remove(RemoveRule it) throws Rejection {
        List<Rule> rules = new ArrayList<>(get(roles, "role", it.role()));
        if (it.index() < 0 || it.index() >= rules.size()) {
            throw new Rejection("role " + it.role() + " has " + rules.size() + " rules");
        }
        rules.remove(it.index());
        roles.put(it.role(), State.numbered(it.role(), rules));
    }

    private static void usable(Rule rule) throws Rejection {
        String problem = RuleText.problem(rule).orElse("");
        if (!problem.isEmpty()) {
            throw new Rejection(problem);
        }
    }

    private State.User user(String name) throws Rejection {
        return get(users, "user", name);
    }

    private void edit(String name, UnaryOperator<State.User> change) throws Rejection {
        users.put(name, change.apply(user(name)));
    }

    private void knownRole(String role) throws Rejection {
        if (!roles.containsKey(role) && !rolesElsewhere.contains(role)) {
            throw new Rejection("there is no role " + role + ": create it first");
        }
    }

    private void knownGroup(String group) throws Rejection {
        if (!groups.containsKey(group) && !groupsElsewhere.contains(group)) {
            throw new Rejection("there is no group " + group + ": create it first");
        }
    }

    private static List<String> distinct(List<String> names) throws Rejection {
        if (Set.copyOf(names).size() != names.size()) {
            throw new Rejection("a name stands in the list twice");
        }
        return names;
    }

    private static List<String> with(List<String> names, String name, String already) throws Rejection {
        if (names.contains(name)) {
            throw new Rejection(already + name + " already");
        }
        List<String> next = new ArrayList<>(names);
        next.add(name);
        return List.copyOf(next);
    }

    private static List<String> without(List<String> names, String name, String none) throws Rejection {
        List<String> next = new ArrayList<>(names);
        if (!next.remove(name)) {
            throw new Rejection(none + name);
        }
        return List.copyOf(next);
    }

    private static void unused(Map<String, ?> all, String kind, String name) throws Rejection {
        if (name.isBlank() || name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new Rejection(
                    "the name of a " + kind + " has 1 to " + NAME_LENGTH_MAX + " characters and no control characters");
        }
        if (all.containsKey(name)) {
            throw new Rejection("there is a " + kind + " " + name + " already");
        }
    }

    private static <T> T get(Map<String, T> all, String kind, String name) throws Rejection {
        T found = all.get(name);
        if (found == null) {
            throw new Rejection("there is no " + kind + " " + name);
        }
        return found;
    }

    private static void remove(Map<String, ?> all, String kind, String name) throws Rejection {
        get(all, kind, name);
        all.remove(name);
    }
}
