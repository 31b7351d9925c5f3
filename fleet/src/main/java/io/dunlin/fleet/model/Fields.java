package io.dunlin.fleet.model;

import io.dunlin.fleet.payload.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects what a model shows. */
final class Fields {
    private final Map<String, Value> values = new LinkedHashMap<>();

    Fields real(String name, double value) {
        values.put(name, Value.of(value));
        return this;
    }

    Fields whole(String name, long value) {
        values.put(name, Value.of(value));
        return this;
    }

    Fields flag(String name, boolean value) {
        values.put(name, Value.of(value));
        return this;
    }

    Fields text(String name, String value) {
        values.put(name, Value.of(value));
        return this;
    }

    Value tree() {
        return new Value.Tree(values);
    }
}
