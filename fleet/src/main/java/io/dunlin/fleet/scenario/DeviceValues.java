package io.dunlin.fleet.scenario;

import io.dunlin.fleet.model.Signal;
import io.dunlin.fleet.payload.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All values of one device by the names that templates use: its signals ({@code signal} or {@code signal.field}), its labels,
 * and id, n, group, time, millis and seq. Not thread-safe.
 */
public final class DeviceValues {
    private final long startMillis;
    private final Map<String, Value> fixed = new LinkedHashMap<>();
    private final Map<String, Value> looked = new HashMap<>();
    private Map<String, Signal> signals = Map.of();
    private double seconds;
    private long sequence;

    DeviceValues(int index, String group, long startMillis) {
        this.startMillis = startMillis;
        fix("n", Value.of(index));
        fix("group", Value.of(group));
    }

    void fix(String name, Value value) {
        fixed.put(name, value);
    }

    void signals(Map<String, Signal> all) {
        this.signals = all;
    }

    /** The client id. */
    public String id() {
        return value("id").text();
    }

    /**
     * From now on values are those of this moment, seconds after the start; not earlier than before. Within one look a value
     * stays the same.
     *
     * @param messageSequence what {@code seq} says
     */
    public void look(double moment, long messageSequence) {
        this.seconds = Math.max(moment, seconds);
        this.sequence = messageSequence;
        looked.clear();
    }

    /** Since 1970, at the moment of the last look. */
    public long millis() {
        return startMillis + Math.round(seconds * 1000);
    }

    /** @throws IllegalArgumentException where there is no such value; a scenario that was read has only names that exist */
    public Value value(String name) {
        Value value = find(name);
        if (value == null) {
            throw new IllegalArgumentException(name);
        }
        return value;
    }

    @Nullable
    Value find(String name) {
        Value constant = fixed.get(name);
        if (constant != null) {
            return constant;
        }
        switch (name) {
            case "time":
                return Value.of(Instant.ofEpochMilli(millis()).toString());
            case "millis":
                return Value.of(millis());
            case "seq":
                return Value.of(sequence);
            default:
                break;
        }
        int dot = name.indexOf('.');
        Value whole = signal(dot < 0 ? name : name.substring(0, dot));
        if (dot < 0 || whole == null) {
            return whole;
        }
        return whole instanceof Value.Tree tree ? tree.fields().get(name.substring(dot + 1)) : null;
    }

    private @Nullable Value signal(String name) {
        Signal signal = signals.get(name);
        if (signal == null) {
            return null;
        }
        Value seen = looked.get(name);
        if (seen == null) {
            seen = signal.at(seconds);
            looked.put(name, seen);
        }
        return seen;
    }

    /** All names, for messages. */
    List<String> names() {
        List<String> names = new ArrayList<>(fixed.keySet());
        names.addAll(List.of("time", "millis", "seq"));
        signals.forEach((name, signal) -> {
            if (value(name) instanceof Value.Tree tree) {
                tree.fields().keySet().forEach(field -> names.add(name + "." + field));
            } else {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * Gives a command to the signal that it names ({@code furnace.setpoint}), or to the first that knows it.
     *
     * @return whether one knew it
     */
    public boolean command(String name, Value value) {
        looked.clear();
        int dot = name.indexOf('.');
        if (dot > 0) {
            Signal signal = signals.get(name.substring(0, dot));
            return signal != null && signal.command(name.substring(dot + 1), value);
        }
        if (signals.containsKey(name) && signals.get(name).command("value", value)) {
            return true;
        }
        return signals.values().stream().anyMatch(signal -> signal.command(name, value));
    }
}
