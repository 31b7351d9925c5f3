package io.dunlin.console.api;

import io.dunlin.console.http.Call;
import io.dunlin.console.http.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that a request may give, and under which names the command knows them. Immutable. */
final class Fields {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, String> arguments; // by the name in the request

    private Fields(Map<String, String> arguments) {
        this.arguments = Map.copyOf(arguments);
    }

    /** @param names each a name, or {@code name=argument} where the command knows it by another */
    static Fields of(List<String> names) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (String name : names) {
            int equals = name.indexOf('=');
            arguments.put(equals < 0 ? name : name.substring(0, equals), name.substring(equals + 1));
        }
        return new Fields(arguments);
    }

    List<String> names() {
        return arguments.keySet().stream().sorted().toList();
    }

    private String argument(String name, String where) {
        String argument = arguments.get(name);
        if (argument == null) {
            throw Problem.badRequest("the " + where + " has " + name + ", and this knows "
                    + (arguments.isEmpty() ? "nothing of that kind" : "only " + String.join(", ", names())));
        }
        return argument;
    }

    /** Of a request whose fields stand in its query. */
    ObjectNode ofQuery(Call call) {
        ObjectNode all = ofPath(call);
        call.query().forEach((name, values) -> {
            String argument = argument(name, "query");
            if (values.size() == 1) {
                all.put(argument, values.getFirst());
            } else {
                ArrayNode list = all.putArray(argument);
                values.forEach(list::add);
            }
        });
        return all;
    }

    /** Of a request whose fields stand in its body. */
    ObjectNode ofBody(Call call) {
        ObjectNode all = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> field : call.object().properties()) {
            all.set(argument(field.getKey(), "body"), field.getValue());
        }
        all.setAll(ofPath(call)); // what the path names cannot be another one's
        return all;
    }

    private ObjectNode ofPath(Call call) {
        ObjectNode all = JSON.createObjectNode();
        call.variables().forEach((name, value) -> all.put(arguments.getOrDefault(name, name), value));
        return all;
    }
}
