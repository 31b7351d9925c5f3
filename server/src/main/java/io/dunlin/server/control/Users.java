package io.dunlin.server.control;

import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleText;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.Hashing;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.password.ScramKeys;
import io.dunlin.security.users.UserBase;
import io.dunlin.security.users.UserChange;
import io.dunlin.security.users.UserStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The users, groups and roles that are kept in the data folder. A change holds at once. Thread: any but the shards; waits for the disk. */
public final class Users {
    private final UserStore store;
    private final Hashing hashing;
    private final Changes changes;

    public Users(UserStore store, Hashing hashing, Changes changes) {
        this.store = store;
        this.hashing = hashing;
        this.changes = changes;
    }

    /** A role with its rules as lines. */
    public record Role(String name, List<String> rules) {}

    public List<UserBase.User> users() {
        return List.copyOf(store.snapshot().users().values());
    }

    public List<UserBase.Group> groups() {
        return List.copyOf(store.snapshot().groups().values());
    }

    public List<Role> roles() {
        return store.snapshot().roles().values().stream()
                .map(role -> new Role(
                        role.name(), role.rules().stream().map(RuleText::print).toList()))
                .toList();
    }

    /** Adds the commands {@code users.*}, {@code groups.*} and {@code roles.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("users.list", request -> users())
                .add("groups.list", request -> groups())
                .add("roles.list", request -> roles())
                .add("users.create", this::create)
                .add("users.password", this::password)
                .add("users.delete", it -> user(it, "user.deleted", new UserChange.DeleteUser(it.text("user"))))
                .add("users.enable", it -> user(it, "user.enabled", new UserChange.EnableUser(it.text("user"), true)))
                .add(
                        "users.disable",
                        it -> user(it, "user.disabled", new UserChange.EnableUser(it.text("user"), false)))
                .add(
                        "users.grant",
                        it -> user(it, "user.granted", new UserChange.AddUserRole(it.text("user"), it.text("role"))))
                .add(
                        "users.revoke",
                        it -> user(it, "user.revoked", new UserChange.RemoveUserRole(it.text("user"), it.text("role"))))
                .add(
                        "users.join",
                        it -> user(it, "user.joined", new UserChange.AddUserGroup(it.text("user"), it.text("group"))))
                .add(
                        "users.leave",
                        it -> user(it, "user.left", new UserChange.RemoveUserGroup(it.text("user"), it.text("group"))))
                .add(
                        "groups.create",
                        it -> group(
                                it, "group.created", new UserChange.CreateGroup(it.text("group"), it.texts("roles"))))
                .add("groups.delete", it -> group(it, "group.deleted", new UserChange.DeleteGroup(it.text("group"))))
                .add(
                        "groups.grant",
                        it -> group(
                                it, "group.granted", new UserChange.AddGroupRole(it.text("group"), it.text("role"))))
                .add(
                        "groups.revoke",
                        it -> group(
                                it, "group.revoked", new UserChange.RemoveGroupRole(it.text("group"), it.text("role"))))
                .add("roles.create", this::createRole)
                .add("roles.delete", it -> role(it, "role.deleted", new UserChange.DeleteRole(it.text("role"))))
                .add("roles.add", this::addRule)
                .add("roles.remove", this::removeRule);
    }

    private String create(Request it) {
        return user(
                it,
                "user.created",
                new UserChange.CreateUser(it.text("user"), credential(it), it.texts("roles"), it.texts("groups")));
    }

    private String password(Request it) {
        return user(it, "user.password", new UserChange.SetPassword(it.text("user"), credential(it)));
    }

    /** Out of a password, or of its stored form. */
    private Credential credential(Request it) {
        Optional<String> stored = it.optional("hash");
        try {
            if (stored.isPresent()) {
                return Credential.parse(stored.get());
            }
        } catch (InvalidCredential e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
        byte[] password = it.text("password").getBytes(StandardCharsets.UTF_8);
        if (password.length == 0) {
            throw new CommandFailed("the password is empty");
        }
        return it.flag("scram") ? ScramKeys.of(password) : hashing.policy().hash(password);
    }

    private String createRole(Request it) {
        List<Rule> rules = new ArrayList<>();
        it.texts("rules").forEach(rule -> rules.add(rule(rule, it.text("role"))));
        return role(it, "role.created", new UserChange.CreateRole(it.text("role"), List.copyOf(rules)));
    }

    private String addRule(Request it) {
        int at = Math.clamp(it.number("at", Integer.MAX_VALUE), 1, Integer.MAX_VALUE) - 1;
        String role = it.text("role");
        return role(it, "role.changed", new UserChange.AddRule(role, at, rule(it.text("rule"), role)));
    }

    private String removeRule(Request it) {
        int at = Math.clamp(it.number("at", 0), 0, Integer.MAX_VALUE) - 1;
        return role(it, "role.changed", new UserChange.RemoveRule(it.text("role"), at));
    }

    private static Rule rule(String line, String role) {
        try {
            return RuleText.parse(line, "role " + role);
        } catch (InvalidRule e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
    }

    private String user(Request it, String event, UserChange change) {
        return apply(it, event, "user", change);
    }

    private String group(Request it, String event, UserChange change) {
        return apply(it, event, "group", change);
    }

    private String role(Request it, String event, UserChange change) {
        return apply(it, event, "role", change);
    }

    private String apply(Request it, String event, String kind, UserChange change) {
        String name = it.text(kind);
        return changes.change(it.who(), event, Map.of(kind, name), () -> state(kind, name), () -> {
            if (store.apply(change) instanceof UserStore.Outcome.Rejected rejected) {
                throw new CommandFailed(rejected.sentence());
            }
            return name;
        });
    }

    /** What the audit log shows of it. */
    private Map<String, Object> state(String kind, String name) {
        UserBase base = store.snapshot();
        Map<String, Object> state = new LinkedHashMap<>();
        UserBase.User user = base.users().get(name);
        UserBase.Group group = base.groups().get(name);
        UserBase.Role role = base.roles().get(name);
        if (kind.equals("user") && user != null) {
            state.put("enabled", user.enabled());
            state.put("roles", user.roles());
            state.put("groups", user.groups());
            state.put("password", user.passwordKind());
        } else if (kind.equals("group") && group != null) {
            state.put("roles", group.roles());
        } else if (kind.equals("role") && role != null) {
            state.put("rules", role.rules().stream().map(RuleText::print).toList());
        }
        return state;
    }
}
