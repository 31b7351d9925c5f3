package io.dunlin.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that lists what a running broker has: a table for people, JSON or CSV for programs. */
abstract class Lists extends Administers {
    private static final int PAGE = 1_000;

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "At most so many (default ${DEFAULT-VALUE}).")
    private int max;

    @Option(
            names = "--sort",
            paramLabel = "FIELD",
            parameterConsumer = SortField.class,
            description = "By this field of --json; with a - before it, the largest first: --sort=-mqueue_len.")
    private @Nullable String sort;

    @Option(names = "--csv", description = "Print all fields as CSV.")
    private boolean csv;

    /** Takes whatever follows: {@code -clientid} is a field here, not the option {@code -c} with a value. */
    static final class SortField implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            if (words.isEmpty()) {
                throw new ParameterException(command.commandLine(), "--sort lacks its FIELD");
            }
            option.setValue(words.pop());
        }
    }

    /** A column of the table. */
    record Column(String heading, Function<JsonNode, String> cell) {
        static Column of(String heading, String field) {
            return new Column(heading, row -> text(row.path(field)));
        }
    }

    static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "-" : value.asString();
    }

    /** Adds an argument where there is a value. */
    static void put(Map<String, Object> arguments, String name, @Nullable String value) {
        if (value != null) {
            arguments.put(name, value);
        }
    }

    /**
     * Asks for as many pages as are needed, and shows them.
     *
     * @param none what to say where there is nothing
     * @param fields of a row, for CSV
     */
    int list(String command, Map<String, ?> filters, String none, List<String> fields, Column... columns) {
        Map<String, Object> arguments = new LinkedHashMap<>(filters);
        int limit = Math.min(Numbers.atLeast(1, max, "number of rows", spec()), PAGE);
        arguments.put("limit", limit);
        if (sort != null) {
            arguments.put("sort", sort);
        }
        List<JsonNode> rows = new ArrayList<>();
        JsonNode answer = broker().call(command, arguments);
        answer.path("data").forEach(rows::add);
        for (int page = 2; answer.path("meta").path("hasnext").asBoolean() && rows.size() < max; page++) {
            arguments.put("page", page);
            answer = broker().call(command, arguments);
            answer.path("data").forEach(rows::add);
        }
        show(rows.subList(0, Math.min(rows.size(), max)), answer.path("meta"), none, fields, columns);
        return Main.OK;
    }

    /** A row as CSV has it. */
    JsonNode csvRow(JsonNode row) {
        return row;
    }

    private void show(List<JsonNode> rows, JsonNode meta, String none, List<String> fields, Column... columns) {
        long count = meta.path("count").asLong();
        if (isJson()) {
            out().println(pretty(Map.of("data", rows, "meta", Map.of("count", count))));
            return;
        }
        if (csv) {
            printCsv(fields, rows.stream().map(this::csvRow).toList());
            return;
        }
        String[] headings = new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            headings[i] = columns[i].heading();
        }
        TextTable table = new TextTable(headings);
        for (JsonNode row : rows) {
            Object[] cells = new Object[columns.length];
            for (int i = 0; i < columns.length; i++) {
                cells[i] = columns[i].cell().apply(row);
            }
            table.row(cells);
        }
        print(table, none);
        if (count > rows.size()) {
            err().println("dunlin: " + (count - rows.size()) + " more are not shown: --max " + count + " shows them");
        }
    }

    /** Into a file or a pipe they go as they are; a terminal would obey the control characters in them. */
    private void printCsv(List<String> fields, List<JsonNode> rows) {
        boolean terminal = isTerminal();
        CsvText.lines(fields, rows).forEach(line -> out().println(terminal ? TextTable.clean(line) : line));
    }

    /** What a field says, as people read it. */
    String cell(String field, JsonNode value) {
        return CsvText.cell(value);
    }

    /** The fields of one object, each on a line; as JSON or CSV where that is wanted. */
    int show(String command, Map<String, ?> arguments) {
        JsonNode answer = broker().call(command, arguments);
        if (csv) {
            printCsv(List.of(), List.of(answer));
        } else {
            shown(answer).ifPresent(shown -> {
                if (shown instanceof ObjectNode fields) {
                    fields.properties()
                            .forEach(field -> out().println(field.getKey() + ": "
                                    + TextTable.clean(cell(field.getKey(), field.getValue()))));
                }
            });
        }
        return Main.OK;
    }
}
