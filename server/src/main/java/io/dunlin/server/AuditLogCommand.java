package io.dunlin.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin audit log}: who has changed what. */
@Command(
        name = "log",
        description =
                "Lists the audit log of a running broker, the newest first: who has changed what, who was refused what.")
final class AuditLogCommand extends Lists {
    /** The same for every event; what each has of its own is the JSON of the last one. */
    private static final List<String> CSV = List.of("time", "event", "who", "through", "client", "fields");

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only from then on: how long ago, such as 90s, 2h or 7d, or a moment.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only until then.")
    private @Nullable String until;

    @Option(names = "--event", paramLabel = "TEXT", description = "Only events with this in their name, such as user.")
    private @Nullable String event;

    @Option(names = "--who", paramLabel = "NAME", description = "Only what this administrator has done.")
    private @Nullable String who;

    @Override
    int run() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        put(arguments, "since", since);
        put(arguments, "until", until);
        put(arguments, "like_event", event);
        put(arguments, "who", who);
        return list(
                "audit_log.list",
                arguments,
                "The audit log has nothing of that.",
                CSV,
                Column.of("TIME", "time"),
                Column.of("EVENT", "event"),
                new Column("WHO", row -> text(row.path(actor(row)))),
                new Column("WHAT", AuditLogCommand::what));
    }

    @Override
    JsonNode csvRow(JsonNode entry) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        ObjectNode fields = row.objectNode();
        entry.properties()
                .forEach(field -> (CSV.contains(field.getKey()) ? row : fields).set(field.getKey(), field.getValue()));
        return row.set("fields", fields);
    }

    /** The field with the administrator, or with the client where none had a hand in it. */
    private static String actor(JsonNode entry) {
        return entry.has("who") ? "who" : "client";
    }

    private static String what(JsonNode entry) {
        Set<String> shownBefore = Set.of("time", "event", actor(entry));
        return entry.properties().stream()
                .filter(field -> !shownBefore.contains(field.getKey()))
                .map(field -> field.getKey() + "=" + CsvText.cell(field.getValue()))
                .collect(Collectors.joining(" "));
    }
}
