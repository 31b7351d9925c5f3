package io.dunlin.server.migrate;

import io.dunlin.security.acl.InvalidRule;
import io.dunlin.security.acl.RuleText;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.HashPolicy;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.users.UserChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;

/**
 * Users, groups and roles of Mosquitto's dynamic security plugin. What cannot be said here is said more strictly, or the user is
 * disabled. One thread.
 */
final class DynamicSecurity {
    private static final int PASSWORD_BYTES = 24;
    private static final int NAME_LENGTH_MAX = 256;

    private final Path file;
    private final Draft draft;
    private final Report report;
    private final Set<String> groupNames = new HashSet<>();
    private final Set<String> userNames = new HashSet<>();
    private final List<UserChange> changes = new ArrayList<>();
    private final Map<String, List<String>> rulesOfRoles = new LinkedHashMap<>();
    private boolean receiveByDefault = true;

    private DynamicSecurity(Path file, Draft draft, Report report) {
        this.file = file;
        this.draft = draft;
        this.report = report;
    }

    /**
     * Reads a file of the plugin and writes what does not belong to users into the draft.
     *
     * @return the changes that make its users, groups and roles in an empty store
     */
    static List<UserChange> read(Path file, Draft draft, Report report) throws NotImported {
        DynamicSecurity read = new DynamicSecurity(file, draft, report);
        try {
            read.all(JsonLine.read(Files.readString(file)));
        } catch (IOException | JacksonException e) {
            throw new NotImported("the dynamic security file " + file
                    + " cannot be read as JSON: run this as a user who may read it, or mend it");
        }
        return List.copyOf(read.changes);
    }

    private void all(JsonLine root) {
        draft.set("authentication.built-in", "true", file.toString());
        draft.set("authorization.no-match", "deny", "");
        JsonLine access = root.member("defaultACLAccess").orElse(root);
        receiveByDefault = access.flag("publishClientReceive", true);
        for (JsonLine role : root.items("roles")) {
            role(role);
        }
        Map<String, Set<String>> groupsOfUsers = new LinkedHashMap<>();
        for (JsonLine group : root.items("groups")) {
            group(group, groupsOfUsers);
        }
        for (JsonLine client : root.items("clients")) {
            client(client, groupsOfUsers);
        }
        general(root, access);
    }

    /** What concerns clients without a user name, and everybody about whom no role speaks. */
    private void general(JsonLine root, JsonLine access) {
        List<String> rules = new ArrayList<>();
        String anonymousGroup = root.text("anonymousGroup");
        for (JsonLine group : root.items("groups")) {
            if (!anonymousGroup.isEmpty() && group.text("groupname").equals(anonymousGroup)) {
                for (String role : names(group, "roles", "rolename")) {
                    for (String rule : rulesOfRoles.getOrDefault(role, List.of())) {
                        rules.add(rule.replaceFirst(" ", " anonymous=true "));
                    }
                }
                report.taken(place(group), "the anonymous group " + anonymousGroup + " -> rules with anonymous = true");
            }
        }
        if (access.flag("publishClientSend", false)) {
            rules.add("allow publish #");
        }
        if (access.flag("subscribe", false)) {
            rules.add("allow subscribe #");
        }
        if (!access.flag("unsubscribe", true)) {
            report.left(place(access), "everybody may unsubscribe from what they have subscribed to");
        }
        if (!rules.isEmpty()) {
            draft.set("authorization.chain", "[users, rules]", place(access));
            draft.set("authorization.rules", RuleHocon.list(rules), place(access));
        }
    }

    private void role(JsonLine role) {
        String name = role.text("rolename");
        List<String> rules = new ArrayList<>();
        List<JsonLine> acls = new ArrayList<>(role.items("acls"));
        acls.sort(Comparator.comparingInt((JsonLine acl) -> -acl.number("priority", 0)));
        boolean denies = false;
        for (String type :
                List.of("publishClientReceive", "publishClientSend", "subscribeLiteral", "subscribePattern", "")) {
            for (JsonLine acl : acls) {
                if (acl.text("acltype").equals(type) || type.isEmpty() && isOther(acl)) {
                    rule(acl, name).ifPresent(rules::add);
                    denies |= !acl.flag("allow", false) && !isOther(acl);
                }
            }
            if (type.equals("publishClientReceive") && !receiveByDefault && !acls.isEmpty()) {
                rules.add("deny receive # $SYS/#");
                denies = true;
            }
        }
        if (denies) {
            report.left(
                    place(role),
                    "role " + name + " denies something: what one role denies no other allows here, whatever the"
                            + " priorities, and what it denies to subscribe it denies to receive");
        }
        if (!role.flag("allowwildcardsubs", true)) {
            report.left(place(role), "role " + name + ": allowwildcardsubs is not there; limits.min-wildcard-depth is");
        }
        if (add(role, "role", name, rulesOfRoles.keySet())) {
            rulesOfRoles.put(name, rules);
            changes.add(new UserChange.CreateRole(
                    name,
                    rules.stream()
                            .map(rule -> RuleText.parse(rule, "role " + name))
                            .toList()));
        }
    }

    private static boolean isOther(JsonLine acl) {
        return switch (acl.text("acltype")) {
            case "publishClientReceive", "publishClientSend", "subscribeLiteral", "subscribePattern" -> false;
            default -> true;
        };
    }

    private Optional<String> rule(JsonLine acl, String role) {
        String topic = acl.text("topic");
        String type = acl.text("acltype");
        boolean allow = acl.flag("allow", false);
        if (topic.startsWith("$CONTROL/")) {
            report.left(
                    place(acl),
                    "role " + role + ": " + topic + " means nothing here: users are administered with dunlin users");
            return Optional.empty();
        }
        String action =
                switch (type) {
                    case "publishClientSend" -> "publish ";
                    case "publishClientReceive" -> "receive ";
                    case "subscribeLiteral" -> "subscribe eq ";
                    case "subscribePattern" -> "subscribe ";
                    default -> "";
                };
        if (action.isEmpty()) {
            if (!allow || !type.startsWith("unsubscribe")) {
                report.left(place(acl), "role " + role + ": " + type + " " + topic + " is not asked about here");
            }
            return Optional.empty();
        }
        String text = (allow ? "allow " : "deny ") + action + RuleHocon.word(topic);
        try {
            RuleText.parse(text, "role " + role);
            return Optional.of(text);
        } catch (InvalidRule e) {
            report.left(place(acl), "role " + role + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void group(JsonLine group, Map<String, Set<String>> groupsOfUsers) {
        String name = group.text("groupname");
        if (add(group, "group", name, groupNames)) {
            groupNames.add(name);
            changes.add(new UserChange.CreateGroup(name, known(group, "group " + name)));
            for (String user : names(group, "clients", "username")) {
                groupsOfUsers
                        .computeIfAbsent(user, absent -> new LinkedHashSet<>())
                        .add(name);
            }
        }
    }

    private void client(JsonLine client, Map<String, Set<String>> groupsOfUsers) {
        String name = client.text("username");
        if (!add(client, "user", name, userNames)) {
            return;
        }
        userNames.add(name);
        List<String> groups = List.copyOf(groupsOfUsers.getOrDefault(name, Set.of()));
        changes.add(new UserChange.CreateUser(name, credential(client, name), known(client, "user " + name), groups));
        String clientId = client.text("clientid");
        if (!clientId.isEmpty()) {
            report.left(
                    place(client),
                    "user " + name + " may come as client " + clientId
                            + " only, which cannot be said here: it is disabled"
                            + " until you let it in as any client (dunlin users enable)");
        }
        if (client.flag("disabled", false) || !clientId.isEmpty()) {
            changes.add(new UserChange.EnableUser(name, false));
        }
    }

    /** The roles of a user or group that have been taken. */
    private List<String> known(JsonLine owner, String what) {
        List<String> roles = new ArrayList<>();
        for (String role : names(owner, "roles", "rolename")) {
            if (rulesOfRoles.containsKey(role)) {
                roles.add(role);
            } else {
                report.left(place(owner), what + " has the role " + role + ", which is none");
            }
        }
        return roles;
    }

    private Credential credential(JsonLine client, String name) {
        String stored = client.text("encoded_password");
        if (stored.isEmpty() && !client.text("password").isEmpty()) {
            stored = "$7$" + client.number("iterations", 101) + "$" + client.text("salt") + "$"
                    + client.text("password");
        }
        try {
            if (!stored.isEmpty()) {
                return Credential.parse(stored);
            }
            report.left(place(client), "user " + name + " has no password: give it one with dunlin users password");
        } catch (InvalidCredential e) {
            report.left(place(client), "user " + name + ": the password cannot be used, " + e.getMessage());
        }
        byte[] unknown = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(unknown);
        return HashPolicy.DEFAULT.hash(unknown);
    }

    /** The names in a list of objects. */
    private static List<String> names(JsonLine owner, String list, String key) {
        Set<String> names = new LinkedHashSet<>();
        owner.items(list).forEach(item -> names.add(item.text(key)));
        return List.copyOf(names);
    }

    /** Whether it can have this name. */
    private boolean add(JsonLine from, String kind, String name, Set<String> taken) {
        String problem = "";
        if (name.isBlank() || name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(c -> c < ' ' || c == 127)) {
            problem = "a name has 1 to " + NAME_LENGTH_MAX + " characters and no control characters";
        } else if (taken.contains(name)) {
            problem = "it stands in the file twice: the first one counts";
        }
        if (problem.isEmpty()) {
            report.taken(place(from), kind + " " + name);
        } else {
            report.left(place(from), kind + " " + name + ": " + problem);
        }
        return problem.isEmpty();
    }

    private String place(JsonLine at) {
        return file + ":" + at.line();
    }
}
