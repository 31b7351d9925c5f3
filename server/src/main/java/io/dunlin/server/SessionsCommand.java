package io.dunlin.server;

import io.dunlin.server.control.SessionRow;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin sessions}: what outlives connections. */
@Command(
        name = "sessions",
        description = "Lists the sessions of a running broker that outlive their connection, or ends one for good.",
        synopsisSubcommandLabel = "(list | clear)",
        subcommands = {SessionsCommand.Listing.class, SessionsCommand.Clear.class})
final class SessionsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin sessions list or dunlin sessions clear CLIENT");
    }

    /** {@code dunlin sessions list}. */
    @Command(name = "list", description = "Lists sessions that outlive their connection, and what waits in each.")
    static final class Listing extends Lists {
        @Mixin
        private SessionOptions which = new SessionOptions();

        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "all",
                description = "connected, disconnected (or away), or all (default ${DEFAULT-VALUE}).")
        private String state = "all";

        @Override
        int run() {
            Map<String, Object> arguments = which.arguments();
            arguments.put("conn_state", state);
            return list(
                    "sessions.list",
                    arguments,
                    "There is no such session.",
                    CsvText.fields(SessionRow.class),
                    Column.of("CLIENT", "clientid"),
                    Column.of("USER", "username"),
                    new Column("STATE", row -> row.path("connected").asBoolean() ? "connected" : "away"),
                    Column.of("AWAY SINCE", "disconnected_at"),
                    new Column(
                            "EXPIRES", row -> expiry(row.path("expiry_interval").asLong())),
                    Column.of("SUBS", "subscriptions_cnt"),
                    Column.of("IN FLIGHT", "inflight_cnt"),
                    Column.of("QUEUED", "mqueue_len"),
                    Column.of("BYTES", "mqueue_bytes"),
                    Column.of("DROPPED", "mqueue_dropped"));
        }

        private static String expiry(long seconds) {
            return seconds == 0xFFFF_FFFFL ? "never" : seconds + " s";
        }
    }

    /** {@code dunlin sessions clear}. */
    @Command(
            name = "clear",
            description =
                    "Ends a session for good, connected or not: its subscriptions and all that waits in it are lost.")
    static final class Clear extends Administers {
        @Parameters(paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Override
        int run() {
            ask("sessions.clear", Map.of("clientid", client))
                    .ifPresent(
                            answer -> out().println("OK: the session of " + TextTable.clean(client) + " is cleared"));
            return Main.OK;
        }
    }
}
