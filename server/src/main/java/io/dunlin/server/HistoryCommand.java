package io.dunlin.server;

import io.dunlin.server.control.CommandFailed;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code dunlin history}: what figures of a running broker were. */
@Command(
        name = "history",
        description =
                "Prints what figures were: each 10 s of the last hour, each 2 minutes of a day, each 15 minutes of a week."
                        + " What only grows comes as its rate in a second. dunlin stats lists the figures.")
final class HistoryCommand extends Administers {
    private static final MathContext SHOWN = new MathContext(4);
    private static final double WHOLE_MAX = 1e15;
    private static final double FRACTION_BELOW = 1000;
    private static final int STEP_SECONDS_MAX = 7 * 86_400;

    @Parameters(
            arity = "0..*",
            paramLabel = "FIGURE",
            description =
                    "Names of figures (default: connections_count publishes_received publishes_sent queued_messages).")
    private List<String> figures = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "1h",
            description =
                    "How far to look back, such as 10m, 24h or 7d, or from which moment (default ${DEFAULT-VALUE}).")
    private String since = "";

    @Option(
            names = "--step",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "At least so far from each other (default ${DEFAULT-VALUE}).")
    private int step;

    @Option(names = "--csv", description = "Print the values as CSV.")
    private boolean csv;

    @Override
    int run() {
        Numbers.between(1, STEP_SECONDS_MAX, step, "number of seconds for --step", spec());
        List<String> names = figures.isEmpty()
                ? List.of("connections_count", "publishes_received", "publishes_sent", "queued_messages")
                : figures;
        JsonNode answer =
                broker().call("history", Map.of("metric", String.join(",", names), "since", since, "step", step));
        checkKnown(names, answer.path("data"));
        if (isJson()) {
            out().println(pretty(answer));
            return Main.OK;
        }
        SortedMap<Instant, Double[]> rows = rows(names, answer.path("data"));
        if (csv) {
            out().println("time," + String.join(",", names));
            rows.forEach((time, values) ->
                    out().println(time + "," + String.join(",", cells(values, "", HistoryCommand::exact))));
            return Main.OK;
        }
        List<String> headings = new ArrayList<>(List.of("TIME"));
        headings.addAll(names);
        TextTable table = new TextTable(headings.toArray(String[]::new));
        rows.forEach((time, values) -> {
            List<String> row =
                    new ArrayList<>(List.of(time.truncatedTo(ChronoUnit.SECONDS).toString()));
            row.addAll(cells(values, "-", HistoryCommand::number));
            table.row(row.toArray());
        });
        print(table, "Nothing is known of that time.");
        return Main.OK;
    }

    /** The broker answers nothing for a figure that it does not have. */
    private void checkKnown(List<String> names, JsonNode data) {
        if (names.stream().noneMatch(name -> data.path(name).isEmpty())) {
            return;
        }
        JsonNode known = broker().call("metrics", Map.of());
        for (String name : names) {
            if (!known.has(name)) {
                throw new CommandFailed(name + " is no figure: dunlin stats says which there are");
            }
        }
    }

    private static SortedMap<Instant, Double[]> rows(List<String> names, JsonNode data) {
        SortedMap<Instant, Double[]> rows = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            for (JsonNode point : data.path(names.get(i))) {
                rows.computeIfAbsent(Instant.ofEpochMilli(point.path(0).asLong()), _ -> new Double[names.size()])[i] =
                        point.path(1).asDouble();
            }
        }
        return rows;
    }

    private static List<String> cells(Double[] values, String none, DoubleFunction<String> text) {
        List<String> cells = new ArrayList<>();
        for (Double value : values) {
            cells.add(value == null ? none : text.apply(value));
        }
        return cells;
    }

    /** For people: without a fraction from a thousand on, below that with four digits that count. */
    static String number(double value) {
        boolean whole = value == Math.rint(value) || Math.abs(value) >= FRACTION_BELOW;
        return whole && Math.abs(value) < WHOLE_MAX
                ? Long.toString(Math.round(value))
                : BigDecimal.valueOf(value).round(SHOWN).toPlainString();
    }

    /** For programs: all that is known. */
    static String exact(double value) {
        BigDecimal exact = BigDecimal.valueOf(value);
        return (exact.stripTrailingZeros().scale() <= 0 ? exact.setScale(0) : exact).toPlainString();
    }
}
