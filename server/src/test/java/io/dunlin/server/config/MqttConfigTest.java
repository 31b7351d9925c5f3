package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.DurabilityRules;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every option of the core has a setting of its own, and the defaults are the core's. */
class MqttConfigTest {
    @Test
    void defaultsAreTheCoresOwn() throws InvalidConfig {
        assertThat(options(ConfigLoader.load(ConfigSources.NONE).value().mqtt()))
                .isEqualTo(BrokerOptions.DEFAULTS);
    }

    @Test
    void eachSettingMovesOneOptionAndEachOptionIsMoved() throws Exception {
        Map<String, String> movedBy = new HashMap<>();
        for (Tree.Entry entry : Tree.entries(Shape.of(MqttConfig.class))) {
            MqttConfig config = withOther(entry);
            List<String> moved = differences("", BrokerOptions.DEFAULTS, options(config));
            assertThat(moved).as(entry.path()).hasSize(1);
            assertThat(movedBy.put(moved.getFirst(), entry.path()))
                    .as(moved.getFirst())
                    .isNull();
        }
        assertThat(movedBy.keySet())
                .containsExactlyInAnyOrderElementsOf(leaves("", BrokerOptions.class).stream()
                        .filter(name -> !name.startsWith("durability") && !name.startsWith("abuse"))
                        .toList());
    }

    private static BrokerOptions options(MqttConfig config) throws InvalidConfig {
        LimitsConfig limits = ConfigLoader.load(ConfigSources.NONE).value().limits();
        return config.toBrokerOptions(limits, DurabilityRules.DEFAULTS);
    }

    private static MqttConfig withOther(Tree.Entry entry) throws InvalidConfig {
        String value = other(entry);
        ConfigSources.Given override = new ConfigSources.Given("mqtt." + entry.path(), value, "test");
        return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), List.of(override)))
                .value()
                .mqtt();
    }

    private static boolean isSize(Tree.Entry entry) {
        return entry.path().equals("memory-limit") || entry.path().endsWith("-bytes");
    }

    /** Another value than the default. */
    static String other(Tree.Entry entry) {
        return switch (entry.setting().byDefault()) {
            case "true" -> "false";
            case "false" -> "true";
            case "round-robin" -> "sticky";
            case "drop-newest" -> "drop-oldest";
            case "" -> isSize(entry) ? "77MiB" : "text";
            case "2" -> "1";
            default ->
                switch (Values.kind(((Shape.Leaf) entry.shape()).type())) {
                    case "time" -> "77s";
                    case "size" -> entry.setting().max().equals("65535") ? "77" : "70001";
                    default -> "77";
                };
        };
    }

    static List<String> differences(String path, Record a, Record b) throws ReflectiveOperationException {
        List<String> differences = new ArrayList<>();
        for (RecordComponent component : a.getClass().getRecordComponents()) {
            Object left = component.getAccessor().invoke(a);
            Object right = component.getAccessor().invoke(b);
            if (left instanceof Record inner && right instanceof Record other) {
                differences.addAll(differences(path + component.getName() + ".", inner, other));
            } else if (!left.equals(right)) {
                differences.add(path + component.getName());
            }
        }
        return differences;
    }

    static List<String> leaves(String path, Class<?> type) {
        List<String> leaves = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType().isRecord()) {
                leaves.addAll(leaves(path + component.getName() + ".", component.getType()));
            } else {
                leaves.add(path + component.getName());
            }
        }
        return leaves;
    }
}
