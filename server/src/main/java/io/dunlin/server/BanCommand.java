package io.dunlin.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin ban list}, {@code add} and {@code remove}. */
@Command(
        name = "ban",
        description = "Keeps clients, users, addresses and networks out of a running broker.",
        synopsisSubcommandLabel = "(list | add | remove)",
        subcommands = {BanCommand.Listing.class, BanCommand.Add.class, BanCommand.Remove.class})
final class BanCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin ban list, dunlin ban add or dunlin ban remove");
    }

    /** Whom a ban concerns: one of the three. */
    static final class Whom {
        @Option(
                names = {"-i", "--client"},
                paramLabel = "ID",
                description = "A client id.",
                required = true)
        private @Nullable String client;

        @Option(
                names = {"-u", "--user"},
                paramLabel = "NAME",
                description = "A user.",
                required = true)
        private @Nullable String user;

        @Option(
                names = {"-a", "--address"},
                paramLabel = "ADDRESS",
                description = "An address or a network, such as 10.0.0.0/8.",
                required = true)
        private @Nullable String address;

        Map<String, Object> arguments() {
            Map<String, Object> arguments = new HashMap<>();
            arguments.put("kind", client != null ? "client" : user != null ? "user" : "address");
            arguments.put("subject", client != null ? client : user != null ? user : String.valueOf(address));
            return arguments;
        }
    }

    /** {@code dunlin ban list}. */
    @Command(name = "list", description = "Lists who is kept out.")
    static final class Listing extends Administers {
        @Override
        int run() {
            ask("bans.list", Map.of()).ifPresent(bans -> {
                TextTable table = new TextTable("KIND", "WHO", "UNTIL", "SINCE", "BY", "REASON");
                for (JsonNode ban : bans) {
                    table.row(
                            ban.path("kind").asString(),
                            ban.path("subject").asString(),
                            ban.path("until").asString("for ever"),
                            ban.path("since").asString(),
                            ban.path("by").asString(),
                            ban.path("reason").asString());
                }
                print(table, "Nobody is banned.");
            });
            return Main.OK;
        }
    }

    /** {@code dunlin ban add}. */
    @Command(name = "add", description = "Bans somebody, and ends the connections of whom it concerns at once.")
    static final class Add extends Administers {
        @ArgGroup(multiplicity = "1")
        private Whom whom = new Whom();

        @Option(names = "--for", paramLabel = "TIME", description = "How long, such as 30m, 2h or 7d; else for ever.")
        private @Nullable String time;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the list and the logs.")
        private String reason = "";

        @Override
        int run() {
            Map<String, Object> arguments = whom.arguments();
            arguments.put("reason", reason);
            if (time != null) {
                arguments.put("time", time);
            }
            ask("bans.add", arguments)
                    .ifPresent(ban -> out().println("OK: " + ban.path("kind").asString() + " "
                            + TextTable.clean(ban.path("subject").asString()) + " is banned "
                            + (ban.path("until").isString()
                                    ? "until " + ban.path("until").asString()
                                    : "for ever")));
            return Main.OK;
        }
    }

    /** {@code dunlin ban remove}. */
    @Command(name = "remove", description = "Lifts a ban.")
    static final class Remove extends Administers {
        @ArgGroup(multiplicity = "1")
        private Whom whom = new Whom();

        @Override
        int run() {
            ask("bans.remove", whom.arguments())
                    .ifPresent(ban -> out().println("OK: " + TextTable.clean(ban.asString()) + " is no longer banned"));
            return Main.OK;
        }
    }
}
