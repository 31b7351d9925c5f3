package io.dunlin.server;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin stats}: all figures of a running broker. */
@Command(
        name = "stats",
        description =
                "Prints the figures of a running broker: how much there is now, and what was counted since the start.")
final class StatsCommand extends Administers {
    @Option(names = "--like", paramLabel = "TEXT", description = "Only those with this in their name.")
    private String like = "";

    @Override
    int run() {
        Map<String, JsonNode> figures = new LinkedHashMap<>();
        broker().call("metrics", Map.of()).properties().forEach(figure -> {
            if (figure.getKey().contains(like.toLowerCase(Locale.ROOT))) {
                figures.put(figure.getKey(), figure.getValue());
            }
        });
        if (isJson()) {
            out().println(pretty(figures));
            return Main.OK;
        }
        TextTable table = new TextTable("FIGURE", "VALUE");
        figures.forEach((name, value) -> table.row(name, HistoryCommand.number(value.asDouble())));
        print(table, "No figure has " + like + " in its name.");
        return Main.OK;
    }
}
