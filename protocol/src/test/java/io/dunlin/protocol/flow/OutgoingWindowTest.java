package io.dunlin.protocol.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

// [MQTT-2.2.1-4] [MQTT-4.6.0-1]
class OutgoingWindowTest {
    private static final long SEED = Long.getLong("seed", 20261122);

    @Test
    void givesEachMessageAnIdentifierThatIsNotInUse() {
        OutgoingWindow<String> window = new OutgoingWindow<>();
        Map<Integer, String> model = new LinkedHashMap<>();
        Random random = new Random(SEED);
        for (int i = 0; i < 300_000; i++) {
            if (model.size() < 2_000 && random.nextInt(100) < 51) {
                String message = "m" + i;
                int announced = window.nextId();
                int id = window.add(message);
                assertThat(id).as("seed %d", SEED).isEqualTo(announced).isBetween(1, 65_535);
                assertThat(model).as("seed %d, step %d", SEED, i).doesNotContainKey(id);
                model.put(id, message);
            } else if (!model.isEmpty()) {
                int id = random.nextInt(4) == 0
                        ? new ArrayList<>(model.keySet()).get(random.nextInt(model.size()))
                        : model.keySet().iterator().next();
                assertThat(window.remove(id)).as("seed %d, step %d", SEED, i).isEqualTo(model.remove(id));
                assertThat(window.get(id)).isNull();
            }
            assertThat(window.size()).isEqualTo(model.size());
        }
        assertThat(window.idsInOrder()).as("seed %d", SEED).containsExactly(ints(model));
    }

    private static int[] ints(Map<Integer, String> model) {
        return model.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void knowsWhenTheOldestWasAdded() {
        OutgoingWindow<Integer> window = new OutgoingWindow<>();
        Map<Integer, Long> model = new LinkedHashMap<>();
        Random random = new Random(SEED);
        assertThat(window.oldestAt()).isEqualTo(-1);
        long at = 0;
        for (int i = 0; i < 100_000; i++) {
            at += random.nextInt(50) == 0 ? random.nextInt(1_000) : 0;
            if (model.size() < 500 && random.nextInt(100) < 51) {
                model.put(window.add(i, at), at);
            } else if (!model.isEmpty()) {
                int id = random.nextInt(4) == 0
                        ? new ArrayList<>(model.keySet()).get(random.nextInt(model.size()))
                        : model.keySet().iterator().next();
                window.remove(id);
                model.remove(id);
            }
            long expected = model.isEmpty() ? -1 : model.values().iterator().next();
            assertThat(window.oldestAt()).as("seed %d, step %d", SEED, i).isEqualTo(expected);
        }
        assertThat(window.idsInOrder())
                .as("seed %d", SEED)
                .containsExactly(
                        model.keySet().stream().mapToInt(Integer::intValue).toArray());
        while (!model.isEmpty()) {
            int id = model.keySet().iterator().next();
            window.remove(id);
            model.remove(id);
        }
        int last = window.add(1, (1L << 35) - 1);
        window.add(2, (1L << 35) - 1);
        assertThat(window.oldestAt()).isEqualTo((1L << 35) - 1);
        assertThat(window.idsInOrder()[0]).isEqualTo(last);
    }

    @Test
    void isFullBeforeItRunsOutOfIdentifiers() {
        OutgoingWindow<Integer> window = new OutgoingWindow<>();
        while (!window.isFull()) {
            window.add(window.size());
        }
        assertThat(window.size()).isEqualTo(OutgoingWindow.MESSAGES_MAX - 1);
        assertThatThrownBy(window::nextId).isInstanceOf(IllegalStateException.class);
        window.remove(4711);
        assertThat(window.isFull()).isFalse();
        assertThat(window.add(0)).isIn(List.of(4711, 65_535));
    }

    @Test
    void restoresIdentifiersInTheOrderGiven() {
        OutgoingWindow<String> window = new OutgoingWindow<>();
        window.restore(65_535, "a");
        window.restore(7, "b");
        window.restore(15, "c");
        assertThat(window.idsInOrder()).containsExactly(65_535, 7, 15);
        assertThat(window.get(15)).isEqualTo("c");
        assertThat(window.add("d")).isEqualTo(16);
        assertThatThrownBy(() -> window.restore(7, "e")).isInstanceOf(IllegalStateException.class);
    }
}
