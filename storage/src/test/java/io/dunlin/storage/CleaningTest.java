package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Durability;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk gets back what nobody refers to. {@code -Ddunlin.seed=N} repeats a run. */
class CleaningTest {
    private static final int MESSAGES = 12_000;
    private static final int STUCK_EACH = 100;

    private final String padding = "x".repeat(200);

    @Test
    void aDrainedQueueTakesNoRoom() throws IOException {
        JournalWorld world = new JournalWorld();
        world.core.open("fast");
        publish(world, MESSAGES);
        world.steps.run();
        long full = world.journal.figures().logBytes();
        assertThat(full).isGreaterThan(MESSAGES * 200L);
        drain(world, "fast");
        world.checkpoint();
        assertThat(world.journal.figures().logBytes()).isLessThan(4 * 64 << 10);
        assertThat(world.journal.figures().segmentsDeleted()).isGreaterThan(10);
        assertThat(world.journal.figures().cleanedBytes()).isGreaterThan(full / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"in memory", "on pages"})
    void aStuckSessionHoldsOnlyWhatItHas(String place) throws IOException {
        JournalWorld world = new JournalWorld();
        world.core.open("fast");
        world.core.open("stuck");
        publish(world, MESSAGES);
        if (place.equals("on pages")) {
            world.core.spill("stuck");
        }
        world.steps.run();
        List<String> before = world.load("stuck");
        assertThat(before).hasSize(MESSAGES / STUCK_EACH).doesNotContain("unreadable");
        drain(world, "fast");
        for (int i = 0; i < 5; i++) {
            publish(world, 1);
            drain(world, "fast");
            world.checkpoint();
        }
        long live = MESSAGES / STUCK_EACH * 250L;
        assertThat(world.journal.figures().logBytes()).isLessThan(4 * live + (4 * 64 << 10));
        assertThat(world.load("stuck"))
                .startsWith(before.toArray(String[]::new))
                .doesNotContain("unreadable");

        world.reopen(world.disk.afterKill());
        assertThat(world.load("stuck"))
                .startsWith(before.toArray(String[]::new))
                .doesNotContain("unreadable");
        drain(world, "stuck");
        drain(world, "fast");
        world.checkpoint();
        world.checkpoint();
        assertThat(world.journal.figures().logBytes()).isLessThan(4 * 64 << 10);
    }

    @Test
    void manySessionsWithTheSameBacklogCountItOnce() throws IOException {
        JournalWorld world = new JournalWorld();
        String[] clients = new String[50];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = "c" + i;
            world.core.open(clients[i]);
        }
        for (int i = 0; i < 2_000; i++) {
            world.core.publish(i + padding, i % 40 == 0 ? clients : new String[] {"c0"});
        }
        while (world.core.size("c0") > 50) {
            world.core.settle("c0");
        }
        for (int i = 0; i < 3; i++) {
            world.core.publish("more", "c0");
            world.checkpoint();
        }
        assertThat(world.journal.figures().logBytes()).isLessThan(5 * 64 << 10);
        for (String client : clients) {
            assertThat(world.load(client)).doesNotContain("unreadable");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void nothingThatIsNeededIsCleanedAway(int power) throws IOException {
        long seed = RandomState.seed();
        try {
            for (int run = 0; run < 12; run++) {
                run(new Random(seed + run), power == 1);
            }
        } catch (AssertionError | RuntimeException | IOException failure) {
            throw new AssertionError("seed " + seed, failure);
        }
    }

    /** Two sessions take nearly all and settle it soon; others take little and settle it seldom. */
    private void run(Random random, boolean power) throws IOException {
        JournalWorld world = new JournalWorld();
        long cleaned = 0;
        for (int life = 0; life < 3; life++) {
            world.history.clear();
            world.note();
            int turns = 1_500 + random.nextInt(1_500);
            for (int i = 0; i < turns; i++) {
                turn(world, random);
                if (random.nextInt(150) == 0) {
                    world.journal.checkpointNow();
                }
                for (int steps = random.nextInt(5); steps > 0; steps--) {
                    world.steps.one();
                }
                if (i > turns - 40) {
                    world.note(); // enough: what is older is stored
                }
            }
            cleaned += world.journal.figures().cleanedBytes();
            MemoryDisk found = power ? world.disk.afterPowerCut(random) : world.disk.afterKill();
            assertThat(world.history.firstKey()).isLessThanOrEqualTo(world.journal.stored(Durability.DISK));
            world.assertNothingIsLost(found, power ? Durability.DISK : Durability.OS);
        }
        assertThat(cleaned).isPositive();
    }

    private void turn(JournalWorld world, Random random) {
        String fast = "fast" + random.nextInt(2);
        String slow = "slow" + random.nextInt(4);
        if (!world.core.sessions.containsKey(fast)) {
            world.core.open(fast);
        }
        if (!world.core.sessions.containsKey(slow)) {
            world.core.open(slow);
        }
        switch (random.nextInt(40)) {
            case 0 -> world.core.publish("both" + padding, fast, slow);
            case 1 -> world.core.settle(slow);
            case 2 -> world.core.spill(slow);
            case 3 -> world.core.spill(fast);
            case 4 -> world.core.retain("t" + random.nextInt(3), "v" + random.nextInt());
            default -> {
                world.core.publish(padding, fast);
                while (world.core.size(fast) > 3) {
                    world.core.settle(fast);
                }
            }
        }
    }

    private void publish(JournalWorld world, int messages) {
        for (int i = 0; i < messages; i++) {
            if (i % STUCK_EACH == 0 && world.core.sessions.containsKey("stuck") && messages > 1) {
                world.core.publish(i + padding, "fast", "stuck");
            } else {
                world.core.publish(i + padding, "fast");
            }
        }
    }

    private static void drain(JournalWorld world, String clientId) {
        while (world.core.size(clientId) > 0) {
            world.core.settle(clientId);
        }
        world.steps.run();
    }
}
