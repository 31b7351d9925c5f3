package io.dunlin.console.api;

import io.dunlin.console.http.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A page of a short list that its command gives as a whole: filtered, sorted and cut here. */
final class Rows {
    static final int LIMIT_DEFAULT = 100;
    static final int LIMIT_MAX = 1_000;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String LIKE = "like_";

    private Rows() {}

    /** @param wanted page, limit, sort, and fields of the rows with what they are to be, or to hold where {@code like_} is before */
    static ObjectNode page(JsonNode all, ObjectNode wanted) {
        int page = number(wanted, "page", 1, 1_000_000);
        int limit = number(wanted, "limit", LIMIT_DEFAULT, LIMIT_MAX);
        List<JsonNode> rows = new ArrayList<>(StreamSupport.stream(all.spliterator(), false)
                .filter(row -> fits(row, wanted))
                .toList());
        sort(rows, wanted.path("sort").asString(""));
        int from = (int) Math.min(rows.size(), (long) (page - 1) * limit);
        int to = Math.min(rows.size(), from + limit);
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode data = answer.putArray("data");
        rows.subList(from, to).forEach(data::add);
        answer.putObject("meta")
                .put("page", page)
                .put("limit", limit)
                .put("count", rows.size())
                .put("hasnext", to < rows.size());
        return answer;
    }

    private static int number(ObjectNode wanted, String name, int otherwise, int max) {
        Optional<String> text = wanted.path(name).stringValueOpt();
        try {
            int number = text.map(Integer::parseInt).orElse(otherwise);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw outOfBounds(name, max);
        }
        throw outOfBounds(name, max);
    }

    private static Problem outOfBounds(String name, int max) {
        return Problem.badRequest(name + " is a number from 1 to " + max);
    }

    private static boolean fits(JsonNode row, ObjectNode wanted) {
        return wanted.properties().stream().allMatch(field -> {
            String name = field.getKey();
            String text = field.getValue().asString("");
            return switch (name) {
                case "page", "limit", "sort" -> true;
                default ->
                    name.startsWith(LIKE)
                            ? lower(text(row.path(name.substring(LIKE.length()))))
                                    .contains(lower(text))
                            : text(row.path(name)).equals(text);
            };
        });
    }

    private static void sort(List<JsonNode> rows, String by) {
        if (by.isEmpty()) {
            return;
        }
        boolean down = by.startsWith("-");
        String field = down ? by.substring(1) : by;
        Comparator<JsonNode> order = Comparator.comparing(
                row -> row.path(field),
                (a, b) -> a.isNumber() && b.isNumber()
                        ? Double.compare(a.doubleValue(), b.doubleValue())
                        : text(a).compareTo(text(b)));
        rows.sort(down ? order.reversed() : order);
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
