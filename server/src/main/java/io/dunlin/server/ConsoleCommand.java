package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.Accounts;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditLog;
import io.dunlin.security.password.Hashing;
import io.dunlin.server.control.Changes;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ConsoleAccounts;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.storage.FolderHold;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin console}: who may use the console. Works on the data folder where no broker runs. */
@Command(
        name = "console",
        description = "Users and API keys of the console; works without a running broker, too.",
        synopsisSubcommandLabel = "(password | users | keys)",
        subcommands = {ConsoleCommand.Password.class, ConsoleCommand.Users.class, ConsoleCommand.Keys.class})
final class ConsoleCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin console password, users or keys");
    }

    /** One that asks the running broker, or works on the files of one that does not run. */
    abstract static class OnAccounts extends Administers {
        Optional<JsonNode> have(String command, Map<String, ?> arguments) {
            Optional<ControlClient> running = broker().connect();
            if (running.isPresent()) {
                try (ControlClient client = running.get()) {
                    return shown(client.call(command, arguments));
                }
            }
            Path folder = broker().dataFolder();
            if (!Files.isDirectory(folder)) {
                throw new CommandFailed("no broker runs, and there is no data folder " + folder
                        + ": start the broker once, or say which it is with --data DIR or -c FILE");
            }
            if (command.endsWith(".list")) {
                return shown(offline(folder, command, arguments));
            }
            try (FolderHold _ = held(folder)) {
                return shown(offline(folder, command, arguments));
            } catch (IOException e) {
                throw new CommandFailed("the data folder " + folder + " cannot be used: " + e.getMessage());
            }
        }

        /** A broker that cannot be asked would go on with what it has read, and write that again. */
        private static FolderHold held(Path folder) throws IOException {
            return FolderHold.take(folder)
                    .orElseThrow(() -> new CommandFailed("a broker uses " + folder
                            + ", and it has no control socket there: say which it is with -c FILE or --socket PATH, change it"
                            + " in the console, or stop the broker first"));
        }

        private static JsonNode offline(Path folder, String command, Map<String, ?> arguments) {
            Clock clock = Clock.system();
            ControlCommands commands = new ControlCommands();
            new ConsoleAccounts(
                            () -> Accounts.open(Optional.of(folder), new Hashing(Hashing.Limits.DEFAULT, clock), clock),
                            new Changes(AuditLog.none(clock)))
                    .addTo(commands);
            return commands.run(command, arguments, new Actor(System.getProperty("user.name"), "command line"));
        }
    }

    /** {@code dunlin console password}. */
    @Command(
            name = "password",
            description = "Sets the password of a user of the console, who is made where there is none of that name.")
    static final class Password extends OnAccounts {
        @Parameters(index = "0", arity = "0..1", paramLabel = "USER", description = "The user (default: admin).")
        private String user = Accounts.FIRST;

        @Option(names = "--role", paramLabel = "ROLE", description = "viewer, operator or admin; a new user is viewer.")
        private @Nullable String role;

        @Mixin
        private PasswordInput input = new PasswordInput();

        @Override
        int run() {
            Map<String, Object> arguments = new HashMap<>();
            arguments.put("username", user);
            arguments.put("password", new String(input.twice(), StandardCharsets.UTF_8));
            if (role != null) {
                arguments.put("role", role);
            }
            have("console.password", arguments)
                    .ifPresent(
                            is -> out().println("OK: " + TextTable.clean(user) + " has a new password at the console ("
                                    + is.path("role").asString("") + ")"));
            return Main.OK;
        }
    }

    /** {@code dunlin console users}. */
    @Command(name = "users", description = "Lists the users of the console, or deletes one.")
    static final class Users extends OnAccounts {
        @Option(names = "--delete", paramLabel = "USER", description = "Delete this user.")
        private @Nullable String delete;

        @Override
        int run() {
            if (delete != null) {
                have("console.users.delete", Map.of("username", delete))
                        .ifPresent(name -> out().println("OK: " + TextTable.clean(name.asString()) + " is deleted"));
                return Main.OK;
            }
            have("console.users.list", Map.of()).ifPresent(users -> {
                TextTable table = new TextTable("USER", "ROLE");
                users.forEach(user -> table.row(
                        user.path("username").asString(), user.path("role").asString()));
                print(table, "The console has no users yet: the broker makes the first when it starts.");
            });
            return Main.OK;
        }
    }

    /** {@code dunlin console keys}. */
    @Command(name = "keys", description = "Lists API keys, makes one or deletes one.")
    static final class Keys extends OnAccounts {
        @Option(names = "--create", paramLabel = "NAME", description = "Make a key of this name; it is printed once.")
        private @Nullable String create;

        @Option(names = "--delete", paramLabel = "NAME", description = "Delete the key of this name.")
        private @Nullable String delete;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                defaultValue = "viewer",
                description = "Of a new key: viewer, operator or admin (default: viewer).")
        private String role = "viewer";

        @Option(names = "--time", paramLabel = "TIME", description = "How long a new key holds, such as 30d.")
        private @Nullable String time;

        @Override
        int run() {
            if (create != null) {
                Map<String, Object> arguments = new HashMap<>(Map.of("name", create, "role", role));
                if (time != null) {
                    arguments.put("time", time);
                }
                have("console.keys.create", arguments)
                        .ifPresent(key -> out().println(key.path("key").asString()));
                return Main.OK;
            }
            if (delete != null) {
                have("console.keys.delete", Map.of("name", delete))
                        .ifPresent(name -> out().println("OK: " + TextTable.clean(name.asString()) + " is deleted"));
                return Main.OK;
            }
            have("console.keys.list", Map.of()).ifPresent(keys -> {
                TextTable table = new TextTable("NAME", "ROLE", "MADE", "BY", "UNTIL");
                keys.forEach(key -> table.row(
                        key.path("name").asString(),
                        key.path("role").asString(),
                        key.path("created").asString(),
                        key.path("by").asString(),
                        key.path("expires").asString("for ever")));
                print(table, "There are no API keys.");
            });
            return Main.OK;
        }
    }
}
