package io.dunlin.fleet.scenario;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.dunlin.fleet.model.Parameters;
import io.dunlin.fleet.model.Rng;
import io.dunlin.fleet.model.Span;
import io.dunlin.fleet.payload.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One object of a scenario file, read strictly: {@link #checkAllUsed} complains about keys that nobody asked for. Ranges are
 * drawn from this block's own generator.
 */
final class Block implements Parameters {
    private final Source source;
    private final ConfigObject object;
    private final Source.Key place;
    private final Rng rng;
    private final double secondOfDay;
    private final Set<String> used = new HashSet<>();
    private final List<Block> children = new ArrayList<>();

    Block(Source source, ConfigObject object, Source.Key place, Rng rng, double secondOfDay) {
        this.source = source;
        this.object = object;
        this.place = place;
        this.rng = rng;
        this.secondOfDay = secondOfDay;
    }

    /** The same text for another device. */
    Block with(Rng another, double startOfDay) {
        return new Block(source, object, place, another, startOfDay);
    }

    String name() {
        return place.name();
    }

    @Override
    public boolean has(String key) {
        return find(key) != null;
    }

    @Nullable
    ConfigValue find(String key) {
        used.add(key);
        return object.get(key);
    }

    /** The names within, in the order written. */
    List<Source.Key> keys() {
        return source.keys(object, place);
    }

    /** The block below a key, known to be there. */
    Block existing(String key) {
        Block block = block(key);
        if (block == null) {
            throw new IllegalStateException(key);
        }
        return block;
    }

    /** The block below a key, or null where there is none. */
    @Nullable
    Block block(String key) {
        if (find(key) == null) {
            return null;
        }
        for (Source.Key each : keys()) {
            if (each.name().equals(key)) {
                return block(each);
            }
        }
        throw new IllegalStateException(key);
    }

    /** The blocks below a key in the order written. */
    List<Block> blocks(String key) {
        Block parent = block(key);
        List<Block> blocks = new ArrayList<>();
        if (parent != null) {
            for (Source.Key each : parent.keys()) {
                blocks.add(parent.block(each));
            }
        }
        return blocks;
    }

    private Block block(Source.Key key) {
        used.add(key.name());
        if (!(object.get(key.name()) instanceof ConfigObject inner)) {
            throw source.error(key, "'" + key.name() + "' takes a block: write " + key.name() + " { ... }.");
        }
        Block child = new Block(source, inner, key, rng, secondOfDay);
        children.add(child);
        return child;
    }

    /** @throws ScenarioError for the first key, here or below, that has no meaning */
    void checkAllUsed() {
        for (Source.Key key : keys()) {
            if (!used.contains(key.name())) {
                String near = Nearest.of(key.name(), used);
                throw source.error(
                        key,
                        "There is no setting '" + key.name() + "' in '" + place.name() + "'"
                                + (near.isEmpty() ? ": " + known() : ": did you mean '" + near + "'?"));
            }
        }
        children.forEach(Block::checkAllUsed);
    }

    private String known() {
        return "take it out, or use one of "
                + String.join(", ", used.stream().sorted().toList()) + ".";
    }

    @Override
    public double number(String key, double absent) {
        String text = plain(key);
        return text == null
                ? absent
                : Quantities.span(text, Quantities::number, this, key).draw(rng);
    }

    @Override
    public double seconds(String key, double absent) {
        return secondsSpan(key, Span.of(absent)).draw(rng);
    }

    @Override
    public Span secondsSpan(String key, Span absent) {
        String text = plain(key);
        return text == null ? absent : Quantities.span(text, Quantities::seconds, this, key);
    }

    /** A share from 0 to 1, also written in percent. */
    double share(String key, double absent) {
        String text = plain(key);
        if (text == null) {
            return absent;
        }
        double share = Quantities.share(text);
        if (!(share >= 0 && share <= 1)) {
            throw wrong(key, "'" + key + "' is a share: write 0.5 % or 0.005, not '" + text + "'.");
        }
        return share;
    }

    int whole(String key, int low, int high, int absent) {
        double number = number(key, absent);
        if (number != Math.rint(number) || number < low || number > high) {
            throw wrong(key, "'" + key + "' is a whole number from " + low + " to " + high + ".");
        }
        return (int) number;
    }

    @Override
    public String text(String key, String absent) {
        String text = plain(key);
        return text == null ? absent : text;
    }

    @Override
    public boolean flag(String key, boolean absent) {
        String text = plain(key);
        if (text == null) {
            return absent;
        }
        return switch (text) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw wrong(key, "'" + key + "' is true or false, not '" + text + "'.");
        };
    }

    private @Nullable String plain(String key) {
        ConfigValue value = find(key);
        if (value == null) {
            return null;
        }
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> String.valueOf(value.unwrapped()).strip();
            case OBJECT, LIST, NULL -> throw wrong(key, "'" + key + "' takes a single value.");
        };
    }

    @Override
    public List<Value> values(String key) {
        ConfigValue found = find(key);
        if (found == null) {
            return List.of();
        }
        return found instanceof ConfigList list
                ? list.stream().map(each -> value(key, each)).toList()
                : List.of(value(key, found));
    }

    private Value value(String key, ConfigValue value) {
        return switch (value.valueType()) {
            case STRING -> Value.of((String) value.unwrapped());
            case BOOLEAN -> Value.of((boolean) value.unwrapped());
            case NUMBER -> Quantities.value((Number) value.unwrapped());
            case OBJECT, LIST, NULL -> throw wrong(key, "'" + key + "' takes texts, numbers, true or false.");
        };
    }

    @Override
    public double[] numbers(String key) {
        double[] numbers = values(key).stream().mapToDouble(Value::number).toArray();
        for (double number : numbers) {
            if (Double.isNaN(number)) {
                throw wrong(key, "'" + key + "' takes numbers: " + key + " = [1, 2.5].");
            }
        }
        return numbers;
    }

    @Override
    public List<double[]> rows(String key) {
        ConfigValue found = find(key);
        if (found == null) {
            return List.of();
        }
        List<double[]> rows = new ArrayList<>();
        if (found instanceof ConfigList list) {
            for (ConfigValue each : list) {
                if (each.unwrapped() instanceof List<?> row && row.stream().allMatch(Number.class::isInstance)) {
                    rows.add(row.stream()
                            .mapToDouble(n -> ((Number) n).doubleValue())
                            .toArray());
                }
            }
            if (rows.size() == list.size()) {
                return rows;
            }
        }
        throw wrong(key, "'" + key + "' takes rows of numbers: " + key + " = [[1, 2], [3, 4]].");
    }

    @Override
    public Map<String, Parameters> objects(String key) {
        Map<String, Parameters> objects = new LinkedHashMap<>();
        for (Block block : blocks(key)) {
            objects.put(block.name(), block);
        }
        return objects;
    }

    @Override
    public Rng rng() {
        return rng;
    }

    @Override
    public double secondOfDay() {
        return secondOfDay;
    }

    @Override
    public ScenarioError wrong(String key, String sentence) {
        ConfigValue value = object.get(key);
        return value == null ? source.error(place, sentence) : source.error(value.origin(), sentence);
    }

    @Override
    public ScenarioError wrongWord(String key, String word, List<String> words) {
        String near = Nearest.of(word, words);
        return wrong(
                key,
                (word.isEmpty() ? "'" + place.name() + "' has no " + key : "There is no " + key + " '" + word + "'")
                        + ": "
                        + (near.isEmpty()
                                ? "take one of " + String.join(", ", words) + "."
                                : "did you mean '" + near + "'?"));
    }

    /** A complaint about the block as a whole. */
    ScenarioError wrong(String sentence) {
        return source.error(place, sentence);
    }
}
