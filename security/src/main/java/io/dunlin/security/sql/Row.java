package io.dunlin.security.sql;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One row of an answer.
 *
 * @param columns the names of all columns, in lower case
 * @param values those that are not null: Boolean, Number, a list of texts, or a text
 */
record Row(Set<String> columns, Map<String, Object> values) {

    /** Reads the row on which the cursor stands. */
    static Row read(ResultSet results) throws SQLException {
        ResultSetMetaData about = results.getMetaData();
        Map<String, Object> values = new LinkedHashMap<>();
        Set<String> columns = new LinkedHashSet<>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
            String column = about.getColumnLabel(i).toLowerCase(Locale.ROOT);
            columns.add(column);
            Object value = results.getObject(i);
            if (value instanceof Boolean || value instanceof Number) {
                values.put(column, value);
            } else if (value instanceof Array array) {
                values.put(column, texts(array));
            } else if (value != null) {
                values.put(column, Objects.requireNonNullElse(results.getString(i), ""));
            }
        }
        return new Row(columns, values);
    }

    private static List<String> texts(Array array) throws SQLException {
        return array.getArray() instanceof Object[] elements
                ? Arrays.stream(elements)
                        .filter(Objects::nonNull)
                        .map(String::valueOf)
                        .toList()
                : List.of();
    }

    /** The value as a text; empty for null, and where there is no such column. */
    Optional<String> text(String column) {
        return Optional.ofNullable(values.get(column)).map(String::valueOf);
    }

    /** Whether it says yes clearly: true, a number but 0, or one of the texts that PostgreSQL takes for true. */
    boolean isTrue(String column) {
        return switch (values.get(column)) {
            case null -> false;
            case Boolean flag -> flag;
            case Number number -> number.longValue() != 0;
            case Object other ->
                Set.of("t", "true", "y", "yes", "on", "1")
                        .contains(other.toString().strip().toLowerCase(Locale.ROOT));
        };
    }

    /** An array, or a text with commas. */
    List<String> list(String column) {
        Object value = values.get(column);
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        List<String> found = new ArrayList<>();
        for (String part : text(column).orElse("").split(",", -1)) {
            if (!part.isBlank()) {
                found.add(part.strip());
            }
        }
        return found;
    }
}
