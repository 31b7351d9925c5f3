package io.dunlin.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rows of JSON as comma-separated values (RFC 4180), with the names of all fields first. */
final class CsvText {
    private CsvText() {}

    static List<String> lines(List<JsonNode> rows) {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.propertyNames()));
        List<String> lines = new ArrayList<>();
        if (!names.isEmpty()) {
            lines.add(String.join(",", names));
        }
        for (JsonNode row : rows) {
            lines.add(names.stream().map(name -> quoted(cell(row.path(name)))).collect(Collectors.joining(",")));
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

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
