package io.dunlin.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Readers meet each value that is there the whole time, whatever writers do beside it. */
class TopicTreeConcurrencyTest {
    private static final int STEADY = 64;
    private static final int ROUNDS = 60_000;
    private static final long SEED = Long.getLong("dunlin.seed", System.nanoTime());

    private final TopicTree<Integer> tree = new TopicTree<>();

    @Test
    void steadyFiltersAreAlwaysFound() throws Exception {
        for (int i = 0; i < STEADY; i++) {
            int value = i;
            tree.update(new String[] {"x", "s" + i, "t"}, old -> value);
            tree.update(new String[] {"x", "s" + i, "#"}, old -> value + STEADY);
            tree.update(new String[] {"+", "s" + i, "t"}, old -> value + 2 * STEADY);
        }
        race(random -> {
            int i = random.nextInt(STEADY);
            BitSet found = new BitSet();
            AtomicInteger count = new AtomicInteger();
            tree.forEachMatching(TopicName.of("x/s" + i + "/t"), value -> {
                if (value >= 0) {
                    found.set(value);
                    count.incrementAndGet();
                }
            });
            assertThat(count).hasValue(3);
            assertThat(found.get(i) && found.get(i + STEADY) && found.get(i + 2 * STEADY))
                    .isTrue();
            assertThat(tree.get(new String[] {"x", "s" + i, "#"})).isEqualTo(i + STEADY);
        });
    }

    @Test
    void steadyNamesAreAlwaysFoundOnce() throws Exception {
        for (int i = 0; i < STEADY; i++) {
            int value = i;
            tree.update(new String[] {"x", "s" + i, "t"}, old -> value);
        }
        TopicFilter[] filters = {TopicFilter.of("x/#"), TopicFilter.of("+/+/t"), TopicFilter.of("#")};
        race(random -> {
            BitSet found = new BitSet();
            TopicTree.Cursor<Integer> cursor = tree.cursor(filters[random.nextInt(filters.length)]);
            boolean more;
            do {
                more = cursor.next(8, value -> {
                    if (value >= 0) {
                        assertThat(found.get(value)).isFalse();
                        found.set(value);
                    }
                });
            } while (more);
            assertThat(found.cardinality()).isEqualTo(STEADY);
        });
    }

    /** Two writers make tables grow, shrink, fill with gaps and go; two readers check until the writers are done. */
    private void race(Consumer<Random> check) throws Exception {
        int steady = tree.size();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger checks = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            List<Future<?>> readers = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                long seed = SEED + thread;
                int own = thread;
                writers.add(threads.submit(() -> write(new Random(seed), own)));
                readers.add(threads.submit(() -> {
                    Random random = new Random(seed + 100);
                    while (!done.get()) {
                        check.accept(random);
                        checks.incrementAndGet();
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            done.set(true);
            for (Future<?> reader : readers) {
                reader.get(60, TimeUnit.SECONDS);
            }
        } catch (ExecutionException failure) {
            throw new AssertionError("-Ddunlin.seed=" + SEED, failure.getCause());
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(checks.get()).isPositive();
        assertThat(tree.size()).isEqualTo(steady);
    }

    private void write(Random random, int own) {
        int spread = 1;
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2_000 == 0) {
                spread = 1 << random.nextInt(9);
            }
            String name = own + "w" + random.nextInt(spread);
            String[][] keys = {
                {"x", name, "t"}, {"x", "s" + random.nextInt(STEADY), name}, {"x", name, "t", "u"}, {name}, {"x"}
            };
            String[] key = keys[random.nextInt(own == 0 ? 5 : 4)];
            tree.update(key, old -> old == null ? -1 : null);
        }
        for (int i = 0; i < 1 << 9; i++) {
            String name = own + "w" + i;
            tree.update(new String[] {"x", name, "t"}, old -> null);
            tree.update(new String[] {"x", name, "t", "u"}, old -> null);
            tree.update(new String[] {name}, old -> null);
            for (int s = 0; s < STEADY; s++) {
                tree.update(new String[] {"x", "s" + s, name}, old -> null);
            }
        }
        if (own == 0) {
            tree.update(new String[] {"x"}, old -> null);
        }
    }
}
