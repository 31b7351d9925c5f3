package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Checkpoints that are damaged, foreign, newer, not finished, or cannot be made. */
class StateLogTest {
    private static final String FIRST = StateName.of(1);

    /** A store with two checkpoints in one file, and something after them. */
    private static JournalWorld world() throws IOException {
        JournalWorld world = new JournalWorld();
        for (int i = 0; i < 10; i++) {
            world.core.open("c" + i);
            world.core.publish("m" + i, "c" + i);
        }
        world.checkpoint();
        world.core.publish("second", "c1", "c2");
        world.core.retain("t", "v");
        world.checkpoint();
        world.core.publish("third", "c3");
        world.steps.run();
        return world;
    }

    @Test
    void afterAPeakTheFileIsSmallAgainWithinAnHour() throws IOException {
        JournalWorld world = new JournalWorld(StoreOptions.DEFAULTS.withCheckpoints(Duration.ofSeconds(30), 1 << 20));
        String big = "x".repeat(1 << 20);
        for (int i = 0; i < 30; i++) {
            world.core.retain("t" + i, big);
        }
        world.checkpoint();
        world.checkpoint(); // a full one, as the first found no use in the file before it
        for (int i = 0; i < 30; i++) {
            world.core.retain("t" + i, "");
        }
        world.checkpoint();
        assertThat(world.journal.figures().stateBytes()).isGreaterThan(30 << 20);
        world.steps.pass(Duration.ofMinutes(61)); // nothing happens in it
        assertThat(world.journal.figures().stateBytes()).isLessThan(1 << 20);
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        MemoryDisk disk = world().disk.afterKill();
        ByteBuffer header = ByteBuffer.wrap(disk.bytes(FIRST));
        header.putInt(8, 2);
        sign(header);
        assertThatThrownBy(() -> new JournalWorld().reopen(disk))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("newer");
    }

    @Test
    void aFileOfAnotherStoreIsRefused() throws IOException {
        MemoryDisk disk = world().disk.afterKill();
        ByteBuffer header = ByteBuffer.wrap(disk.bytes(FIRST));
        header.putLong(16, 99);
        sign(header);
        assertThatThrownBy(() -> new JournalWorld().reopen(disk))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("another store");
    }

    private static void sign(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, StateHeader.BYTES - 4));
        header.putInt(StateHeader.BYTES - 4, (int) crc.getValue());
    }

    @Test
    void aCheckpointThatWasFinishedAndCannotBeReadStopsTheStart() throws IOException {
        JournalWorld world = world();
        int bytes = world.disk.bytes(FIRST).length;
        for (int at = 0; at < bytes - 60; at += 7) {
            MemoryDisk disk = world.disk.afterKill();
            disk.bytes(FIRST)[at] ^= 0x10;
            JournalWorld next = new JournalWorld();
            assertThatThrownBy(() -> next.reopen(disk))
                    .as("byte %d", at)
                    .satisfies(failure -> assertThat(failure).isInstanceOfAny(StoreDamaged.class, StoreRefused.class));
        }
    }

    @Test
    void withoutItsLastMarkTheOneBeforeHolds() throws IOException {
        JournalWorld world = world();
        byte[] bytes = world.disk.bytes(FIRST);
        for (int cut = 1; cut < 40; cut++) {
            MemoryDisk disk = world.disk.afterKill();
            disk.content(FIRST).bytes = Arrays.copyOf(bytes, bytes.length - cut);
            JournalWorld next = new JournalWorld();
            next.reopen(disk);
            assertThat(next.core.text()).isEqualTo(world.core.text());
        }
    }

    @Test
    void withoutTheFileTheStartIsRefused() throws IOException {
        MemoryDisk disk = world().disk.afterKill();
        disk.delete(FIRST);
        assertThatThrownBy(() -> new JournalWorld().reopen(disk))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining(FIRST)
                .hasMessageContaining("missing");
    }

    @Test
    void aStoreThatCameToNothingIsBegunAnew() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        Fence.open(disk, new StoreId(7, 8)).close();
        disk.create(FIRST, 30).close();
        JournalWorld world = new JournalWorld();
        world.reopen(disk);
        world.core.open("a");
        world.steps.run();
        world.reopen(world.disk.afterKill());
        assertThat(world.core.sessions).containsOnlyKeys("a");
    }

    @Test
    void aFileThatIsMostlyReplacedIsWrittenAnew() throws IOException {
        JournalWorld world = new JournalWorld();
        String large = "x".repeat(3_000_000);
        for (int i = 0; i < 12; i++) {
            world.core.retain("t", i + large);
            world.checkpoint();
        }
        assertThat(world.journal.figures().stateBytes()).isLessThan(26_000_000);
        assertThat(world.disk.files.keySet())
                .filteredOn(name -> StateName.number(name) > 0)
                .hasSize(1);
        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).startsWith("t=11x");
    }

    @Test
    void aFullDiskKeepsTheLastCheckpointAndIsToldOnce() throws IOException {
        JournalWorld world = world();
        world.disk.roomBytes = world.disk.usedBytes();
        world.core.publish("fourth", "c4");
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Void> failed = world.journal.checkpointNow().toCompletableFuture();
            world.steps.run();
            assertThat(failed).isCompletedExceptionally();
        }
        assertThat(world.lines)
                .filteredOn(line -> line.contains("A checkpoint could not be made"))
                .hasSize(1);
        assertThat(world.journal.figures().checkpointFailures()).isEqualTo(3);
        MemoryDisk found = world.disk.afterKill();
        found.roomBytes = Long.MAX_VALUE;
        String before = world.core.text();
        JournalWorld next = new JournalWorld();
        next.reopen(found);
        assertThat(next.core.text()).isEqualTo(before);

        world.disk.roomBytes = Long.MAX_VALUE;
        world.checkpoint();
        world.reopen(world.disk.afterKill());
        assertThat(world.core.text()).isEqualTo(before);
        assertThat(world.core.recordsReplayed).isZero();
    }
}
