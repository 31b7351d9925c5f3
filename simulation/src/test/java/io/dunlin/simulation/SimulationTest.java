package io.dunlin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Seeds in plenty; docs/simulation.md says how to choose them and how to look into one. */
class SimulationTest {
    private static final Store.Factory MODEL = random -> new DelayedStore(random, UnaryOperator.identity());

    @Test
    void keepsItsPromisesOverAModelOfTheStore() {
        run(MODEL, 20);
    }

    @Test
    void keepsItsPromisesOverTheStoreAndAModelOfTheDisk() {
        run(DiskStore.factory(), 40);
    }

    private static void run(Store.Factory stores, int defaultSeconds) {
        if (!text("simulation.seed").isEmpty()) {
            long seed = Long.parseLong(text("simulation.seed"));
            Simulation.transcript(seed, stores).forEach(System.out::println);
            return;
        }
        long seconds = text("seconds").isEmpty() ? defaultSeconds : Long.parseLong(text("seconds"));
        long seeds = text("seeds").isEmpty() ? 10_000 : Long.parseLong(text("seeds"));
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        long first = text("simulation.first").isEmpty() ? 1 : Long.parseLong(text("simulation.first"));
        AtomicLong next = new AtomicLong();
        AtomicLong messages = new AtomicLong();
        IntStream.range(0, 2).parallel().forEach(worker -> {
            for (long i = next.getAndIncrement(); i < seeds && System.nanoTime() < until; i = next.getAndIncrement()) {
                messages.addAndGet(Simulation.run(first + i, stores).messages());
            }
        });
        System.out.println(
                "simulated seeds " + first + " to " + (first + next.get() - 1) + ", " + messages + " messages");
        assertThat(next.get()).isGreaterThan(0);
    }

    private static String text(String property) {
        return System.getProperty(property, "");
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        for (long seed = 0; seed < 10; seed++) {
            assertThat(Simulation.run(seed, MODEL)).isEqualTo(Simulation.run(seed, MODEL));
            assertThat(Simulation.run(seed, DiskStore.factory())).isEqualTo(Simulation.run(seed, DiskStore.factory()));
        }
    }
}
