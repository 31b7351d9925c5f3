package io.dunlin.server;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code dunlin clients events}. */
@Command(
        name = "events",
        description =
                "Lists what happened to a client lately: connections, subscriptions, messages, and what was refused.")
final class ClientEventsCommand extends Administers {
    @Parameters(paramLabel = "CLIENT", description = "The client id.")
    private String client = "";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How far to look back, such as 90s, 10m or 2h (default ${DEFAULT-VALUE}).")
    private String since = "";

    @Option(names = "--no-messages", description = "Only connections and subscriptions.")
    private boolean withoutMessages;

    @Override
    int run() {
        String messages = String.valueOf(!withoutMessages);
        ask("clients.events", Map.of("clientid", client, "since", since, "messages", messages))
                .ifPresent(this::show);
        return Main.OK;
    }

    private void show(JsonNode events) {
        TextTable table = new TextTable("WHEN", "WHAT", "TOPIC", "QOS", "WHY");
        for (JsonNode event : events.path("data")) {
            int count = event.path("count").asInt();
            boolean message =
                    event.path("packet_id").asInt() > 0 || event.path("qos").asInt() > 0;
            table.row(
                    WhyCommand.time(event.path("at").asString()),
                    event.path("event").asString().replace('_', ' ') + (count > 1 ? " (1 of " + count + ")" : ""),
                    dash(event.path("topic").asString()),
                    message ? event.path("qos").asInt() : "-",
                    event.path("reason").asString() + event.path("detail").asString());
        }
        print(table, "Nothing is known of " + TextTable.clean(client) + " in this time.");
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
