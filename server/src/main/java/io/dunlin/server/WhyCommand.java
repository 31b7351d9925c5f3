package io.dunlin.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin why}. */
@Command(
        name = "why",
        description = {
            "Says why a client got a message or not: of what is so now, and of what the broker's flight recorder knows.",
            "Exit code 0 where the last message was delivered, 2 where not."
        })
final class WhyCommand extends Administers {
    private static final int NOT_DELIVERED = 2;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    @Option(names = "--client", required = true, paramLabel = "CLIENT", description = "The client id.")
    private String client = "";

    @Option(
            names = {"-t", "--topic"},
            required = true,
            paramLabel = "TOPIC",
            description = "The topic of the message, without wildcards.")
    private String topic = "";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How far to look back, such as 90s, 10m or 2h (default ${DEFAULT-VALUE}).")
    private String since = "";

    @Override
    int run() {
        JsonNode answer = broker().call("why", Map.of("clientid", client, "topic", topic, "since", since));
        shown(answer).ifPresent(this::show);
        return answer.path("delivered").asBoolean() ? Main.OK : NOT_DELIVERED;
    }

    private void show(JsonNode answer) {
        boolean delivered = answer.path("delivered").asBoolean();
        line((delivered ? "DELIVERED: " : "NOT DELIVERED: ")
                + answer.path("verdict").asString());
        line("  what to do: " + answer.path("advice").asString());
        answer.path("rule").forEach(each -> line("  " + each.asString()));
        out().println();
        TextTable table = new TextTable("WHEN", "MESSAGES", "WHAT");
        for (JsonNode fact : answer.path("findings")) {
            long count = fact.path("count").asLong();
            table.row(
                    fact.path("at").isString() ? time(fact.path("at").asString()) : "now",
                    count == 0 ? "-" : count,
                    fact.path("what").asString());
        }
        print(table, "");
        Instant known = Instant.parse(answer.path("known_since").asString());
        if (known.isAfter(Instant.parse(answer.path("since").asString()))) {
            line("All is known since " + TIME.format(known) + " only.");
        }
        if (answer.path("one_in").asInt() > 1) {
            line("At this load one in " + answer.path("one_in").asInt()
                    + " messages is recorded: the counts are about right.");
        }
    }

    private void line(String text) {
        out().println(TextTable.clean(text));
    }

    /** In UTC with milliseconds, as lists have it and as logs of other machines can be compared with. */
    static String time(String instant) {
        return TIME.format(Instant.parse(instant));
    }
}
