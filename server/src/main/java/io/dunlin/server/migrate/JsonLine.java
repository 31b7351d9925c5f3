package io.dunlin.server.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON value that knows in which line it stands. What is not there, or is something else, reads as empty. Immutable. */
final class JsonLine {
    private static final int DEPTH_MAX = 20;
    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final int line;
    private final Object value; // Map of JsonLine, List of JsonLine, String (also numbers), Boolean

    private JsonLine(int line, Object value) {
        this.line = line;
        this.value = value;
    }

    /** @throws JacksonException where the text is no JSON */
    static JsonLine read(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            return read(parser, 0);
        }
    }

    private static JsonLine read(JsonParser parser, int depth) {
        int line = parser.currentTokenLocation().getLineNr();
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT && depth < DEPTH_MAX) {
            Map<String, JsonLine> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, read(parser, depth + 1));
            }
            return new JsonLine(line, members);
        }
        if (token == JsonToken.START_ARRAY && depth < DEPTH_MAX) {
            List<JsonLine> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
                items.add(read(parser, depth + 1));
            }
            return new JsonLine(line, items);
        }
        parser.skipChildren();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new JsonLine(line, token == JsonToken.VALUE_TRUE);
        }
        return new JsonLine(line, token != null && token.isScalarValue() ? parser.getString() : "");
    }

    int line() {
        return line;
    }

    Optional<JsonLine> member(String name) {
        return value instanceof Map<?, ?> map && map.get(name) instanceof JsonLine member
                ? Optional.of(member)
                : Optional.empty();
    }

    /** The items of a member that is a list; empty where there is none. */
    List<JsonLine> items(String name) {
        List<JsonLine> items = new ArrayList<>();
        member(name).ifPresent(member -> {
            if (member.value instanceof List<?> list) {
                list.forEach(item -> items.add((JsonLine) item));
            }
        });
        return items;
    }

    /** A text or number; "" where there is none. */
    String text(String name) {
        return member(name)
                .map(member -> member.value instanceof String text ? text : "")
                .orElse("");
    }

    boolean flag(String name, boolean absent) {
        return member(name)
                .map(member -> member.value instanceof Boolean flag ? flag : absent)
                .orElse(absent);
    }

    int number(String name, int absent) {
        try {
            return Integer.parseInt(text(name));
        } catch (NumberFormatException e) { // absent, or something else
            return absent;
        }
    }
}
