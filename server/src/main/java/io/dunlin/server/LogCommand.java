package io.dunlin.server;

import io.dunlin.server.control.LogLines;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin log}. */
@Command(
        name = "log",
        description =
                "Lists the latest lines of a running broker's log, the newest first; it keeps up to 2,000 in memory.")
final class LogCommand extends Lists {
    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "Only of this level and worse: trace, debug, info, warn, error.")
    private @Nullable String level;

    @Option(names = "--like", paramLabel = "TEXT", description = "Only lines with this in their text.")
    private @Nullable String like;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only from then on: how long ago, such as 90s, 10m or 2h, or a moment.")
    private @Nullable String since;

    @Override
    int run() {
        Map<String, Object> filters = new LinkedHashMap<>();
        put(filters, "level", level);
        put(filters, "like_text", like);
        put(filters, "since", since);
        return list(
                "log.list",
                filters,
                "The log has nothing of that.",
                CsvText.fields(LogLines.Line.class),
                Column.of("TIME", "time"),
                Column.of("LEVEL", "level"),
                Column.of("FROM", "logger"),
                Column.of("TEXT", "text"));
    }
}
