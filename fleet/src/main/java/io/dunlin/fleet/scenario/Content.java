package io.dunlin.fleet.scenario;

import io.dunlin.fleet.payload.Cbor;
import io.dunlin.fleet.payload.Json;
import io.dunlin.fleet.payload.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The payload of a message as the scenario writes it, and the format that it travels in. */
public final class Content {
    private final Node root;
    private final Format format;

    /** How a payload is written. */
    public enum Format {
        JSON,
        CBOR,
        /** As it stands; objects and lists as JSON. */
        TEXT
    }

    /** A payload before its values are filled in. */
    sealed interface Node {
        /** Text with placeholders. */
        record Leaf(Template template) implements Node {}

        /** A number or flag. */
        record Fixed(Value value) implements Node {}

        /** Fields in the order written. */
        record Branch(Map<String, Node> fields) implements Node {}

        /** A list. */
        record Items(List<Node> nodes) implements Node {}
    }

    Content(Node root, Format format) {
        this.root = root;
        this.format = format;
    }

    public Format format() {
        return format;
    }

    /** With the values filled in, as it goes over the wire. */
    public byte[] bytes(Function<String, Value> values) {
        Value value = value(root, values);
        return switch (format) {
            case JSON -> Json.bytes(value);
            case CBOR -> Cbor.bytes(value);
            case TEXT -> value.text().getBytes(StandardCharsets.UTF_8);
        };
    }

    private static Value value(Node node, Function<String, Value> values) {
        return switch (node) {
            case Node.Leaf leaf -> leaf.template().value(values);
            case Node.Fixed fixed -> fixed.value();
            case Node.Branch branch -> {
                Map<String, Value> fields = new LinkedHashMap<>();
                branch.fields().forEach((name, each) -> fields.put(name, value(each, values)));
                yield new Value.Tree(fields);
            }
            case Node.Items items -> {
                List<Value> row = new ArrayList<>();
                items.nodes().forEach(each -> row.add(value(each, values)));
                yield new Value.Row(row);
            }
        };
    }
}
