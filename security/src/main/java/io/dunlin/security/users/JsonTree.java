package io.dunlin.security.users;

import io.dunlin.security.users.UserFormat.Unreadable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON value out of a file whose checksum was right; whatever is not as expected is a fault of the file. Immutable. */
final class JsonTree {
    private static final int DEPTH_MAX = 8;

    private final Object value; // Map of JsonTree, List of JsonTree, String, Long, Boolean

    private JsonTree(Object value) {
        this.value = value;
    }

    static JsonTree read(JsonFactory json, String text) throws Unreadable {
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            return read(parser, 0);
        }
    }

    private static JsonTree read(JsonParser parser, int depth) throws Unreadable {
        JsonToken token = parser.currentToken();
        if (token == null || depth > DEPTH_MAX) {
            throw unexpected();
        }
        if (token == JsonToken.START_OBJECT) {
            Map<String, JsonTree> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (members.put(name, read(parser, depth + 1)) != null) {
                    throw unexpected();
                }
            }
            return new JsonTree(members);
        }
        if (token == JsonToken.START_ARRAY) {
            List<JsonTree> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(parser, depth + 1));
            }
            return new JsonTree(items);
        }
        if (token == JsonToken.VALUE_STRING) {
            return new JsonTree(parser.getString());
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return new JsonTree(parser.getLongValue());
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return new JsonTree(token == JsonToken.VALUE_TRUE);
        }
        throw unexpected();
    }

    private static Unreadable unexpected() {
        return new Unreadable("is not what a Dunlin writes");
    }

    JsonTree member(String name) throws Unreadable {
        JsonTree member = members().get(name);
        if (member == null) {
            throw unexpected();
        }
        return member;
    }

    Map<String, JsonTree> members() throws Unreadable {
        if (value instanceof Map<?, ?> map) {
            Map<String, JsonTree> members = new LinkedHashMap<>();
            map.forEach((key, item) -> members.put((String) key, (JsonTree) item));
            return members;
        }
        throw unexpected();
    }

    List<String> texts() throws Unreadable {
        if (!(value instanceof List<?> list)) {
            throw unexpected();
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list) {
            texts.add(((JsonTree) item).text());
        }
        return texts;
    }

    String text() throws Unreadable {
        if (value instanceof String text) {
            return text;
        }
        throw unexpected();
    }

    long number() throws Unreadable {
        if (value instanceof Long number) {
            return number;
        }
        throw unexpected();
    }

    boolean flag() throws Unreadable {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw unexpected();
    }
}
