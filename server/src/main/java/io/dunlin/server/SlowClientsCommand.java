package io.dunlin.server;

import io.dunlin.server.control.SlowSubscribers;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin clients slow}: who is behind. */
@Command(
        name = "slow",
        description = "Lists the clients that are behind with what is sent to them: messages wait for them, or are not"
                + " acknowledged. The longest queue first.")
final class SlowClientsCommand extends Lists {
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
                "slow_subscribers.list",
                arguments,
                "No client is behind.",
                CsvText.fields(SlowSubscribers.Slow.class),
                Column.of("CLIENT", "clientid"),
                Column.of("USER", "username"),
                new Column("STATE", row -> row.path("connected").asBoolean() ? "connected" : "away"),
                Column.of("QUEUED", "mqueue_len"),
                new Column("OLDEST", row -> seconds(row.path("mqueue_oldest_seconds"))),
                Column.of("IN FLIGHT", "inflight_cnt"),
                new Column("UNACKNOWLEDGED", row -> seconds(row.path("inflight_oldest_seconds"))),
                Column.of("DROPPED", "mqueue_dropped"));
    }

    /** As people say it, in two units at most. */
    static String seconds(JsonNode value) {
        long seconds = Math.round(value.asDouble());
        if (seconds < 1) {
            return value.asDouble() == 0 ? "-" : "< 1 s";
        }
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 120
                ? minutes + " min"
                : minutes < 2_880 ? minutes / 60 + " h " + minutes % 60 + " min" : minutes / 1_440 + " days";
    }
}
