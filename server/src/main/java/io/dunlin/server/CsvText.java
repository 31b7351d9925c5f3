package io.dunlin.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rows of JSON as comma-separated values (RFC 4180), with the names of all fields first. */
final class CsvText {
    /** What a spreadsheet takes for a formula where a cell begins with it. */
    private static final String FORMULA_BEGINS = "=+-@\t\r";

    /** Base64, in which no formula can be called, and which a script decodes. */
    private static final String PAYLOAD = "payload";

    private CsvText() {}

    /** The names of the fields that rows of such a record have, in their order. */
    static List<String> fields(Class<? extends Record> row) {
        return Arrays.stream(row.getRecordComponents())
                .map(component -> component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT))
                .toList();
    }

    /** @param fields that come first, whether the rows have them or not; what a broker of another version has besides comes after */
    static List<String> lines(Collection<String> fields, List<JsonNode> rows) {
        Set<String> names = new LinkedHashSet<>(fields);
        rows.forEach(row -> names.addAll(row.propertyNames()));
        List<String> lines = new ArrayList<>();
        lines.add(String.join(",", names));
        for (JsonNode row : rows) {
            lines.add(names.stream()
                    .map(name -> quoted(safe(name, row.path(name))))
                    .collect(Collectors.joining(",")));
        }
        return lines;
    }

    /** Empty for null; the elements of a list with blanks between. */
    static String cell(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            List<String> elements = new ArrayList<>();
            value.forEach(element -> elements.add(cell(element)));
            return String.join(" ", elements);
        }
        return value.isObject() ? value.toString() : value.asString();
    }

    /** Clients choose their ids and topics: an apostrophe makes a spreadsheet show them where it would compute them. */
    private static String safe(String name, JsonNode value) {
        String text = cell(value);
        boolean computed = !value.isNumber()
                && !name.equals(PAYLOAD)
                && !text.isEmpty()
                && FORMULA_BEGINS.indexOf(text.charAt(0)) >= 0;
        return computed ? "'" + text : text;
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
