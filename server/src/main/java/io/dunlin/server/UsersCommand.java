package io.dunlin.server;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin users}: the users that a running broker keeps itself. */
@Command(
        name = "users",
        description = "Users that a running broker keeps in its data folder (authentication.built-in).",
        synopsisSubcommandLabel =
                "(list | create | password | delete | enable | disable | grant | revoke | join | leave)",
        subcommands = {
            UsersCommand.Listing.class,
            UsersCommand.Create.class,
            UsersCommand.Password.class,
            UsersCommand.Delete.class,
            UsersCommand.Enable.class,
            UsersCommand.Disable.class,
            UsersCommand.Grant.class,
            UsersCommand.Revoke.class,
            UsersCommand.Join.class,
            UsersCommand.Leave.class
        })
final class UsersCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(
                spec, "dunlin users list, create, password, delete, enable, disable, grant, revoke, join or leave");
    }

    /** One that changes a user. */
    abstract static class OfUser extends Administers {
        @Parameters(index = "0", paramLabel = "USER", description = "The user.")
        private String user = "";

        /** Has it done, and says so. */
        int change(String command, Map<String, Object> more, String done) {
            Map<String, Object> arguments = new HashMap<>(more);
            arguments.put("user", user);
            ask(command, arguments)
                    .ifPresent(answer -> out().println("OK: user " + TextTable.clean(user) + " " + done));
            return Main.OK;
        }
    }

    /** {@code dunlin users list}. */
    @Command(name = "list", description = "Lists the users.")
    static final class Listing extends Administers {
        @Override
        int run() {
            ask("users.list", Map.of()).ifPresent(users -> {
                TextTable table = new TextTable("USER", "STATE", "ROLES", "GROUPS", "PASSWORD");
                for (JsonNode user : users) {
                    table.row(
                            user.path("name").asString(),
                            user.path("enabled").asBoolean() ? "enabled" : "disabled",
                            joined(user.path("roles")),
                            joined(user.path("groups")),
                            user.path("passwordKind").asString()
                                    + (user.path("weak").asBoolean() ? " (weak)" : ""));
                }
                print(table, "There are no users.");
            });
            return Main.OK;
        }
    }

    static String joined(JsonNode names) {
        StringBuilder text = new StringBuilder();
        for (JsonNode name : names) {
            text.append(text.isEmpty() ? "" : ", ").append(name.asString());
        }
        return text.toString();
    }

    /** {@code dunlin users create}. */
    @Command(name = "create", description = "Creates a user; asks for the password, or reads it from standard input.")
    static final class Create extends OfUser {
        @Mixin
        private PasswordInput input = new PasswordInput();

        @Option(
                names = {"-r", "--role"},
                paramLabel = "ROLE",
                description = "A role of the user (repeatable).")
        private List<String> roles = List.of();

        @Option(
                names = {"-g", "--group"},
                paramLabel = "GROUP",
                description = "A group of the user (repeatable).")
        private List<String> groups = List.of();

        @Option(names = "--scram", description = "Keep SCRAM-SHA-256 keys instead of an argon2id hash.")
        private boolean scram;

        @Override
        int run() {
            return change(
                    "users.create",
                    Map.of("password", text(input), "roles", roles, "groups", groups, "scram", scram),
                    "is created");
        }
    }

    /** {@code dunlin users password}. */
    @Command(
            name = "password",
            description = "Gives a user another password; clients that came in with the old one are disconnected.")
    static final class Password extends OfUser {
        @Mixin
        private PasswordInput input = new PasswordInput();

        @Option(names = "--scram", description = "Keep SCRAM-SHA-256 keys instead of an argon2id hash.")
        private boolean scram;

        @Override
        int run() {
            return change("users.password", Map.of("password", text(input), "scram", scram), "has a new password");
        }
    }

    private static String text(PasswordInput input) {
        return new String(input.twice(), StandardCharsets.UTF_8);
    }

    /** {@code dunlin users delete}. */
    @Command(name = "delete", description = "Deletes a user and disconnects its clients.")
    static final class Delete extends OfUser {
        @Override
        int run() {
            return change("users.delete", Map.of(), "is deleted");
        }
    }

    /** {@code dunlin users enable}. */
    @Command(name = "enable", description = "Lets a user in again.")
    static final class Enable extends OfUser {
        @Override
        int run() {
            return change("users.enable", Map.of(), "is enabled");
        }
    }

    /** {@code dunlin users disable}. */
    @Command(name = "disable", description = "Locks a user out and disconnects its clients.")
    static final class Disable extends OfUser {
        @Override
        int run() {
            return change("users.disable", Map.of(), "is disabled");
        }
    }

    /** One about a user and a role. */
    abstract static class OfUserAndRole extends OfUser {
        @Parameters(index = "1", paramLabel = "ROLE", description = "The role.")
        private String role = "";

        int changeRole(String command, String done) {
            return change(command, Map.of("role", role), done + " role " + TextTable.clean(role));
        }
    }

    /** {@code dunlin users grant}. */
    @Command(name = "grant", description = "Gives a user a role.")
    static final class Grant extends OfUserAndRole {
        @Override
        int run() {
            return changeRole("users.grant", "has");
        }
    }

    /** {@code dunlin users revoke}. */
    @Command(name = "revoke", description = "Takes a role from a user.")
    static final class Revoke extends OfUserAndRole {
        @Override
        int run() {
            return changeRole("users.revoke", "no longer has");
        }
    }

    /** One about a user and a group. */
    abstract static class OfUserAndGroup extends OfUser {
        @Parameters(index = "1", paramLabel = "GROUP", description = "The group.")
        private String group = "";

        int changeGroup(String command, String done) {
            return change(command, Map.of("group", group), done + " group " + TextTable.clean(group));
        }
    }

    /** {@code dunlin users join}. */
    @Command(name = "join", description = "Puts a user into a group.")
    static final class Join extends OfUserAndGroup {
        @Override
        int run() {
            return changeGroup("users.join", "is in");
        }
    }

    /** {@code dunlin users leave}. */
    @Command(name = "leave", description = "Takes a user out of a group.")
    static final class Leave extends OfUserAndGroup {
        @Override
        int run() {
            return changeGroup("users.leave", "is no longer in");
        }
    }
}
