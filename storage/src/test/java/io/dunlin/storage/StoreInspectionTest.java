package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking into stopped stores, whole and damaged ones, and repairing these. {@code -Ddunlin.seed=N} repeats a run. */
class StoreInspectionTest {
    @TempDir
    private Path folder;

    /** A store with a checkpoint, several segments behind it, and pages. */
    private static JournalWorld world(boolean clean) throws IOException {
        JournalWorld world = new JournalWorld();
        for (int i = 0; i < 5; i++) {
            world.core.open("c" + i);
            world.core.retain("r" + i, "kept");
        }
        for (int i = 0; i < 400; i++) {
            world.core.publish("m" + i + "x".repeat(200), "c" + i % 5, "c" + (i + 1) % 5);
        }
        world.core.spill("c1");
        world.checkpoint();
        for (int i = 0; i < 600; i++) {
            world.core.publish("n" + i + "x".repeat(200), "c" + i % 5);
            world.steps.run();
        }
        if (clean) {
            world.close();
        }
        return world;
    }

    private void save(MemoryDisk disk) throws IOException {
        try (Stream<Path> old = Files.list(folder)) {
            for (Path file : old.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        for (String name : disk.list()) {
            Files.write(folder.resolve(name), disk.bytes(name));
        }
    }

    private MemoryDisk loaded() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals("lock")) {
                    disk.create(name, 0).close();
                    disk.content(name).bytes = Files.readAllBytes(file);
                }
            }
        }
        return disk;
    }

    private List<StoreFinding> check() throws IOException {
        try (StoreInspection inspection = StoreInspection.open(folder)) {
            return inspection.check(StoreProgress.SILENT);
        }
    }

    @Test
    void aStoreInOrderHasNoFindings() throws IOException {
        save(world(true).disk);
        assertThat(check()).isEmpty();
        save(world(false).disk.afterKill());
        assertThat(check()).noneMatch(StoreFinding::isDamage);
    }

    @Test
    void statsSayWhatItHolds() throws IOException {
        save(world(true).disk);
        try (StoreInspection inspection = StoreInspection.open(folder)) {
            StoreStats stats = inspection.stats(2, StoreProgress.SILENT);
            assertThat(stats.sessions()).isEqualTo(5);
            assertThat(stats.queued()).isEqualTo(1400);
            assertThat(stats.retained()).isEqualTo(5);
            assertThat(stats.isClean()).isTrue();
            assertThat(stats.records()).isZero();
            assertThat(stats.largest())
                    .containsExactly(new StoreStats.Client("c0", 280), new StoreStats.Client("c1", 280));
            assertThat(stats.logBytes()).isGreaterThan(200_000);
        }
    }

    @Test
    void aDumpIsFilteredByClientAndTopic() throws IOException {
        save(world(false).disk.afterKill());
        try (StoreInspection inspection = StoreInspection.open(folder)) {
            List<String> all = new ArrayList<>();
            inspection.dump(null, null, all::add, StoreProgress.SILENT);
            assertThat(all).hasSizeGreaterThan(1000).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
            List<String> one = new ArrayList<>();
            inspection.dump("c3", null, one::add, StoreProgress.SILENT);
            assertThat(one).hasSizeBetween(200, 400).allMatch(line -> line.contains("\"c3\""));
            List<String> retained = new ArrayList<>();
            inspection.dump(null, "r2", retained::add, StoreProgress.SILENT);
            assertThat(retained).hasSize(2).allMatch(line -> line.contains("\"payload\":\"kept\""));
        }
    }

    @Test
    void whatIsNoStoreOrInUseIsRefused() throws IOException {
        assertThatThrownBy(() -> StoreInspection.open(folder))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("no store");
        save(world(true).disk);
        try (StoreInspection first = StoreInspection.open(folder)) {
            assertThat(first.check(StoreProgress.SILENT)).isEmpty();
            assertThatThrownBy(() -> StoreInspection.open(folder))
                    .isInstanceOf(StoreRefused.class)
                    .hasMessageContaining("stop that broker");
        }
    }

    @Test
    void aDamagedStoreStartsAfterARepair() throws IOException {
        long seed = RandomState.seed();
        Random random = new Random(seed);
        MemoryDisk whole = world(false).disk;
        int repaired = 0;
        for (int run = 0; run < 15; run++) {
            MemoryDisk disk = whole.afterKill();
            String damage = damage(disk, random);
            save(disk);
            boolean isDamaged = check().stream().anyMatch(StoreFinding::isDamage);
            boolean starts = starts(disk.afterKill());
            assertThat(isDamaged || starts)
                    .as("seed %d: %s is found", seed, damage)
                    .isTrue();
            if (!isDamaged) {
                continue;
            }
            repaired++;
            try (StoreInspection inspection = StoreInspection.open(folder)) {
                assertThat(inspection.repair(StoreProgress.SILENT)).as(damage).isNotEmpty();
                assertThat(inspection.check(StoreProgress.SILENT))
                        .as("seed %d: %s", seed, damage)
                        .noneMatch(StoreFinding::isDamage);
            }
            JournalWorld world = new JournalWorld();
            world.reopen(loaded());
            for (String client : world.core.sessions.keySet()) {
                assertThat(world.load(client)).doesNotContain("unreadable");
            }
            assertThat(world.core.sessions.size() + world.core.retained.size())
                    .as("seed %d: %s leaves something", seed, damage)
                    .isPositive();
        }
        assertThat(repaired).isGreaterThan(4);
    }

    private static boolean starts(MemoryDisk disk) {
        try {
            new JournalWorld().reopen(disk);
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** Does something bad to one file. */
    private static String damage(MemoryDisk disk, Random random) {
        List<String> names = disk.list().stream()
                .filter(name -> SegmentName.isSegment(name) || StateName.number(name) > 0)
                .toList();
        String name = names.get(random.nextInt(names.size()));
        byte[] bytes = disk.bytes(name);
        if (random.nextInt(6) == 0 && SegmentName.isSegment(name)) {
            disk.delete(name);
            return name + " deleted";
        }
        int at = random.nextInt(Math.max(1, bytes.length));
        int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 5_000));
        for (int i = at; i < at + length; i++) {
            bytes[i] ^= (byte) (1 + random.nextInt(255));
        }
        return name + " changed from " + at + " to " + (at + length);
    }
}
