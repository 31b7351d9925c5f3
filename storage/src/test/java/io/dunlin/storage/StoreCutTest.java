package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a store that goes on. {@code -Ddunlin.seed=N} repeats a run. */
@Timeout(60)
class StoreCutTest {
    private static final int PIECE_BYTES = 1000;

    private static StoreCut cut(JournalWorld world) {
        CompletableFuture<StoreCut> cut = world.journal.cut().toCompletableFuture();
        world.steps.run();
        return cut.join();
    }

    /** All parts in a folder of their own; between the reads of them the store goes on. */
    private static MemoryDisk copy(JournalWorld world, StoreCut cut, Runnable between) throws IOException {
        MemoryDisk copy = new MemoryDisk();
        List<StoreCut.Part> parts = cut.parts();
        for (int i = 0; i < parts.size(); i++) {
            StoreCut.Part part = parts.get(i);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (bytes.size() < part.bytes()) {
                CompletableFuture<byte[]> piece =
                        cut.read(i, bytes.size(), PIECE_BYTES).toCompletableFuture();
                world.steps.run();
                bytes.writeBytes(piece.join());
                between.run();
            }
            assertThat(bytes.size()).isEqualTo((int) part.bytes());
            copy.create(part.name(), 0).close();
            copy.content(part.name()).bytes = bytes.toByteArray();
        }
        return copy;
    }

    @Test
    void aCopyStartsWithWhatTheStoreHadAndTheStoreIsNotTouched() throws IOException {
        JournalWorld world = new JournalWorld();
        for (int i = 0; i < 4; i++) {
            world.core.open("c" + i);
            world.core.retain("r" + i, "kept");
        }
        for (int i = 0; i < 500; i++) {
            world.core.publish("m" + i + "x".repeat(200), "c" + i % 4, "c" + (i + 1) % 4);
        }
        world.core.spill("c1");
        String before = world.core.text();
        StoreCut cut = cut(world);
        MemoryDisk copy = copy(world, cut, () -> {});
        cut.close();
        String after = world.core.text();
        assertThat(after).isEqualTo(before);
        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).as("the original").isEqualTo(before);
        world.reopen(copy);
        assertThat(world.core.text()).as("the copy").isEqualTo(before);
        assertThat(world.load("c2")).hasSize(250).doesNotContain("unreadable");
    }

    /** Segments that are deleted and compacted, checkpoints, full ones, too: while the parts are read. */
    @RepeatedTest(20)
    void whatTheStoreDoesMeanwhileDoesNotShow() throws IOException {
        long seed = Long.getLong("dunlin.seed", new SecureRandom().nextLong());
        Random random = new Random(seed);
        JournalWorld world =
                new JournalWorld(JournalWorld.SMALL.withCheckpoints(Duration.ofSeconds(30), Long.MAX_VALUE));
        for (int i = 0; i < 5; i++) {
            world.core.open("c" + i);
        }
        for (int i = 0; i < 300; i++) {
            life(world, random);
        }
        String atLeast = world.core.text();
        world.note();
        long asked = world.journal.end();
        CompletableFuture<StoreCut> taking = world.journal.cut().toCompletableFuture();
        while (!taking.isDone()) {
            if (!world.steps.one()) {
                world.steps.pass(Duration.ofMillis(100));
            }
            if (random.nextInt(4) == 0) {
                life(world, random);
                world.note();
            }
        }
        StoreCut cut = taking.join();
        MemoryDisk copy = copy(world, cut, () -> {
            if (random.nextInt(3) == 0) {
                life(world, random);
            }
            if (random.nextInt(40) == 0) {
                world.checkpoint();
                world.steps.pass(Duration.ofMinutes(2));
            }
        });
        cut.close();
        var possible = world.history.tailMap(asked, true).values();
        assertThat(possible).as("seed %s", seed).contains(atLeast);
        world.reopen(copy);
        assertThat(possible).as("seed %s", seed).contains(world.core.text());
        for (String clientId : world.core.sessions.keySet()) {
            assertThat(world.load(clientId)).as("seed %s", seed).doesNotContain("unreadable");
        }
    }

    private static void life(JournalWorld world, Random random) {
        String client = "c" + random.nextInt(5);
        switch (random.nextInt(8)) {
            case 0 -> world.core.retain("r" + random.nextInt(9), random.nextInt(4) == 0 ? "" : "v" + random.nextInt());
            case 1, 2, 3 -> world.core.settle(client);
            case 4 -> world.core.spill(client);
            default -> world.core.publish("m" + random.nextInt() + "x".repeat(random.nextInt(900)), client);
        }
    }

    @Test
    void whatWasGivenUpIsNotRead() throws IOException {
        JournalWorld world = new JournalWorld();
        StoreCut cut = cut(world);
        cut.close();
        cut.close();
        CompletableFuture<byte[]> read = cut.read(0, 0, 10).toCompletableFuture();
        world.steps.run();
        assertThatThrownBy(read::join).hasMessageContaining("given up");
    }

    @Test
    void aStoreThatIsClosedGivesNone() throws IOException {
        JournalWorld world = new JournalWorld();
        world.close();
        CompletableFuture<StoreCut> cut = world.journal.cut().toCompletableFuture();
        world.steps.run();
        assertThatThrownBy(cut::get).isInstanceOf(ExecutionException.class).hasMessageContaining("closed");
    }

    @Test
    void onADiskItIsReadAsAStreamByTheStoresThreads(@TempDir Path folder)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        JournalWorld quiet = new JournalWorld();
        try (StoreThreads threads = new StoreThreads(1)) {
            FileJournal journal = FileJournal.open(
                    new NioDisk(folder), new StoreId(1, 2), JournalWorld.SMALL, threads, quiet.steps, quiet);
            ModelCore core = new ModelCore();
            journal.recover(core);
            core.attach(journal);
            journal.checkpointsFrom(core);
            core.open("a");
            for (int i = 0; i < 100; i++) {
                core.publish("m" + i + "x".repeat(5_000), "a");
            }
            try (StoreCut cut = journal.cut().toCompletableFuture().get(20, TimeUnit.SECONDS)) {
                List<StoreCut.Part> parts = cut.parts();
                assertThat(parts)
                        .extracting(StoreCut.Part::name)
                        .startsWith("identity")
                        .contains("log-0000000001.seg");
                for (int i = 0; i < parts.size(); i++) {
                    try (InputStream in = cut.open(i)) {
                        assertThat(in.readAllBytes()).hasSize((int) parts.get(i).bytes());
                    }
                }
            }
            journal.close().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }
}
