package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Durability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the journal gives back after kills, power cuts and stops. {@code -Ddunlin.seed=N} repeats a run. */
class FileJournalTest {
    private static final int OPERATIONS = 400;

    @Test
    void allComesBackAfterAKillBehindEachRecord() throws IOException {
        JournalWorld world = new JournalWorld();
        List<MemoryDisk> disks = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 120; i++) {
            operate(world, random, i);
            world.steps.run();
            disks.add(world.disk.afterKill());
            texts.add(world.core.text());
        }
        for (int i = 0; i < disks.size(); i++) {
            JournalWorld next = new JournalWorld();
            next.reopen(disks.get(i));
            assertThat(next.core.text()).as("behind record %d", i).isEqualTo(texts.get(i));
        }
    }

    @Test
    void aCheckpointHoldsAllAndOnlyTheRestIsReplayed() throws IOException {
        JournalWorld world = new JournalWorld();
        Random random = new Random(2);
        for (int i = 0; i < 200; i++) {
            operate(world, random, i);
        }
        world.checkpoint();
        world.core.open("late");
        world.core.publish("late", "late");
        world.steps.run();
        String before = world.core.text();

        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).isEqualTo(before);
        assertThat(world.core.recordsReplayed).isEqualTo(2);
        assertThat(world.journal.figures().recovered().wasClean()).isFalse();
    }

    @Test
    void aSecondCheckpointWritesOnlyWhatHasChanged() throws IOException {
        JournalWorld world = new JournalWorld();
        for (int i = 0; i < 20; i++) {
            world.core.open("c" + i);
            world.core.retain("t" + i, "x");
        }
        world.checkpoint();
        assertThat(world.core.statesGiven).isEqualTo(20);
        world.core.publish("x", "c3");
        world.core.retain("t4", "y");
        world.core.retain("t5", "");
        long bytes = world.journal.figures().stateBytes();
        world.checkpoint();
        assertThat(world.core.statesGiven).isEqualTo(21);
        assertThat(world.journal.figures().stateBytes()).isBetween(bytes + 20, bytes + 300);

        String before = world.core.text();
        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).isEqualTo(before);
    }

    @Test
    void afterACleanStopNothingIsReplayed() throws IOException {
        JournalWorld world = new JournalWorld();
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            operate(world, random, i);
        }
        String before = world.core.text();
        world.close();
        assertThat(world.disk.isLocked).isFalse();

        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).isEqualTo(before);
        assertThat(world.core.recordsReplayed).isZero();
        assertThat(world.journal.figures().recovered().wasClean()).isTrue();
    }

    @Test
    void aSessionThatEndsAndComesBackDuringACheckpointStays() throws IOException {
        JournalWorld world = new JournalWorld();
        world.core.open("a");
        world.core.publish("old", "a");
        world.checkpoint();
        world.journal.checkpointNow();
        world.steps.one(); // the ends of sessions are taken; the visit has begun
        world.core.end("a");
        world.core.open("a");
        world.core.publish("new", "a");
        world.steps.run();
        world.checkpoint();
        world.checkpoint();
        String before = world.core.text();
        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void atAnyMomentNothingIsLost(int power) throws IOException {
        long seed = RandomState.seed();
        try {
            for (int run = 0; run < 60; run++) {
                runWithCrash(new Random(seed + run), power == 1);
            }
        } catch (AssertionError | RuntimeException | IOException failure) {
            throw new AssertionError("seed " + seed, failure);
        }
    }

    private static void runWithCrash(Random random, boolean power) throws IOException {
        JournalWorld world = new JournalWorld();
        for (int life = 0; life < 3; life++) {
            world.history.clear();
            world.note();
            int operations = random.nextInt(OPERATIONS);
            for (int i = 0; i < operations; i++) {
                operate(world, random, i);
                world.note();
                if (random.nextInt(40) == 0) {
                    world.journal.checkpointNow();
                }
                for (int steps = random.nextInt(4); steps > 0; steps--) {
                    world.steps.one();
                }
            }
            if (power) {
                world.assertNothingIsLost(world.disk.afterPowerCut(random), Durability.DISK);
            } else {
                world.assertNothingIsLost(world.disk.afterKill(), Durability.OS);
            }
        }
    }

    private static void operate(JournalWorld world, Random random, int number) {
        List<String> clients = new ArrayList<>(world.core.sessions.keySet());
        String client = "c" + random.nextInt(8);
        boolean isThere = clients.contains(client);
        int kind = random.nextInt(10);
        if (!isThere) {
            world.core.open(client);
        } else if (kind == 0) {
            world.core.end(client);
        } else if (kind < 3) {
            world.core.settle(client);
        } else if (kind == 3) {
            world.core.spill(client);
        } else if (kind < 6) {
            world.core.retain("t" + random.nextInt(6), random.nextInt(4) == 0 ? "" : "v" + number);
        } else {
            clients.removeIf(_ -> random.nextInt(3) > 0);
            world.core.publish("m" + number + "x".repeat(random.nextInt(600)), clients.toArray(String[]::new));
        }
    }
}
