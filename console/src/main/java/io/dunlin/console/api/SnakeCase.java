package io.dunlin.console.api;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of commands whose fields are named as in Java, with the names that this API has: {@code data_folder}. */
final class SnakeCase {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern INNER_CAPITAL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private SnakeCase() {}

    static JsonNode of(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            ObjectNode renamed = JSON.createObjectNode();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                renamed.set(name(field.getKey()), of(field.getValue()));
            }
            return renamed;
        }
        if (tree instanceof ArrayNode array) {
            ArrayNode renamed = JSON.createArrayNode();
            array.forEach(element -> renamed.add(of(element)));
            return renamed;
        }
        return tree;
    }

    private static String name(String camel) {
        return INNER_CAPITAL.matcher(camel).replaceAll("_").toLowerCase(Locale.ROOT);
    }
}
