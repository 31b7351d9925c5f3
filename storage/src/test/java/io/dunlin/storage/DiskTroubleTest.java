package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiskTroubleTest {
    @Test
    void aWriteThatFailsIsTriedAgainUntilItWorks() throws IOException {
        LogWorld world = new LogWorld();
        world.append("before", Durability.DISK);
        world.steps.run();
        world.disk.writeFailure = new IOException("Read-only file system");
        long position = world.append("during", Durability.DISK);
        world.steps.run();
        assertThat(world.log.condition()).isEqualTo(Condition.FULL);
        assertThat(world.lines).singleElement().asString().contains("Read-only file system", "tried again");
        world.steps.pass(Duration.ofSeconds(10));
        assertThat(world.lines).hasSize(1);
        assertThat(world.log.stored(Durability.OS)).isLessThan(position);
        world.append("during, too", Durability.DISK);
        world.assertReads(world.appended);
        world.disk.writeFailure = null;
        world.steps.pass(Duration.ofSeconds(1));
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(world.appended.lastKey());
        assertThat(world.log.condition()).isEqualTo(Condition.OPEN);
        assertThat(world.lines).hasSize(2);
        world.reopen(world.disk.afterPowerCut(new Random(1)));
        assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
    }

    @Test
    void aFullDiskRefusesNothingThatIsAppendedAndRecoversByItself() throws IOException {
        LogWorld world = new LogWorld(StoreOptions.DEFAULTS.withSegmentBytes(64 << 10, 4 << 10, 64 << 10));
        assertThat(world.disk.list()).contains("reserve");
        world.disk.roomBytes = world.disk.usedBytes() + (1 << 20) + (150 << 10);
        for (int i = 0; i < 70 && world.log.condition() == Condition.OPEN; i++) {
            world.append(LogWorld.body(new Random(i), 3_000), Durability.DISK);
            world.steps.run();
        }
        assertThat(world.log.condition()).isEqualTo(Condition.FULL);
        assertThat(world.disk.list()).doesNotContain("reserve");
        assertThat(world.lines).singleElement().asString().contains("no room", "make room");
        world.disk.roomBytes = world.disk.usedBytes() + (64 << 10);
        for (int i = 0; i < 80; i++) {
            world.append(LogWorld.body(new Random(i), 3_000), Durability.DISK);
            world.steps.run();
        }
        long stuck = world.log.stored(Durability.DISK);
        assertThat(stuck).isLessThan(world.log.end());
        world.assertReads(world.appended);
        world.disk.roomBytes = Long.MAX_VALUE;
        world.steps.pass(Duration.ofSeconds(2));
        assertThat(world.log.condition()).isEqualTo(Condition.OPEN);
        assertThat(world.log.stored(Durability.DISK)).isEqualTo(world.log.end());
        assertThat(world.disk.list()).contains("reserve");
        world.assertReads(world.appended);
        world.reopen(world.disk.afterPowerCut(new Random(1)));
        assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
    }

    @Test
    void theLimitOnAllFilesBehavesLikeAFullDisk() throws IOException {
        LogWorld world = new LogWorld(LogWorld.SMALL.withBytesMax(400_000));
        int appended = 0;
        while (world.log.condition() == Condition.OPEN) {
            world.append(LogWorld.body(new Random(1), 3_000), Durability.DISK);
            world.steps.run();
            appended++;
        }
        assertThat(appended).isBetween(60, 133);
        assertThat(world.lines).singleElement().asString().contains("400000");
        long position = world.append("frees room", Durability.DISK);
        world.steps.run();
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(position);
        world.log.delete(Set.of(1, 2));
        world.steps.pass(Duration.ofSeconds(1));
        assertThat(world.log.condition()).isEqualTo(Condition.OPEN);
    }

    @Test
    void aSyncThatFailsIsFinal() throws IOException {
        LogWorld world = new LogWorld();
        world.append("before", Durability.DISK);
        world.steps.run();
        long stored = world.log.stored(Durability.DISK);
        world.disk.syncFailure = new IOException("Input/output error");
        world.append("during", Durability.DISK);
        world.steps.run();
        world.disk.syncFailure = null;
        for (int i = 0; i < 10_000; i++) {
            world.append(new byte[1_000], Durability.DISK);
        }
        world.steps.pass(Duration.ofSeconds(10));
        assertThat(world.log.stored(Durability.DISK)).isEqualTo(stored);
        assertThat(world.log.condition()).isEqualTo(Condition.FAILED);
        assertThat(world.failures).isEqualTo(1);
        assertThat(world.lines).singleElement().asString().contains("Input/output error", "start again");
        assertThat(world.log.close().toCompletableFuture().isDone()).isFalse();
        world.steps.run();
        world.reopen(world.disk.afterPowerCut(new Random(1)));
        assertThat(world.recovered).containsKey(world.appended.firstKey());
    }

    @Test
    void aFaultInTheProgramEndsItRatherThanLettingAllWait() throws IOException {
        LogWorld world = new LogWorld();
        Runnable told = () -> {
            throw new IllegalStateException("a fault");
        };
        world.log.onGrown(told);
        world.append("x", Durability.DISK);
        assertThatThrownBy(world.steps::run).isInstanceOf(IllegalStateException.class);
        assertThat(world.failures).isEqualTo(1);
        assertThat(world.log.condition()).isEqualTo(Condition.FAILED);
    }

    @Test
    void aSlowSyncIsTold() throws IOException {
        LogWorld world = new LogWorld();
        MemoryDisk disk = world.disk;
        Disk slow = new SlowDisk(disk, () -> world.steps.during(Duration.ofSeconds(3)));
        disk.isLocked = false;
        Fence fence = Fence.open(slow, new StoreId(1, 1));
        SegmentLog log = SegmentLog.open(slow, fence, LogWorld.SMALL, world.steps, world.steps, world);
        log.recover(0, 0, Set.of(), (position, type, body) -> {});
        world.steps.run();
        log.append(1, new byte[1], 0, 1, Durability.DISK);
        world.steps.run();
        assertThat(world.lines).singleElement().asString().contains("3000 ms");
        assertThat(log.syncTimes().percentile(1))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void aFolderIsOfOneProcess() throws IOException {
        LogWorld world = new LogWorld();
        assertThatThrownBy(() -> Fence.open(world.disk, new StoreId(5, 6)))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("Another process");
        world.fence.close();
        try (Fence next = Fence.open(world.disk, new StoreId(5, 6))) {
            assertThat(next.epoch()).isEqualTo(2);
            assertThat(next.storeId()).isEqualTo(new StoreId(1, 2));
        }
    }

    @Test
    void aWriterThatWasDeposedWritesAndAcknowledgesNothing() throws IOException {
        LogWorld world = new LogWorld();
        world.append("before", Durability.DISK);
        world.steps.run();
        world.disk.isLocked = false;
        int writes = world.disk.writes;
        Fence.open(world.disk, new StoreId(5, 6));
        int more = world.disk.writes;
        assertThat(more).isGreaterThan(writes);
        long position = world.append("after", Durability.DISK);
        world.steps.run();
        assertThat(world.disk.writes).isEqualTo(more);
        assertThat(world.log.stored(Durability.OS)).isLessThan(position);
        assertThat(world.log.condition()).isEqualTo(Condition.FAILED);
        assertThat(world.lines).singleElement().asString().contains("Another process has opened");
    }

    @Test
    void aWriterThatIsDeposedBetweenItsWriteAndItsSyncDoesNotAcknowledge() throws IOException {
        LogWorld world = new LogWorld();
        long position = world.append("between", Durability.DISK);
        world.steps.one();
        assertThat(world.log.stored(Durability.OS)).isGreaterThan(position);
        world.disk.isLocked = false;
        Fence.open(world.disk, new StoreId(5, 6));
        world.steps.run();
        assertThat(world.log.stored(Durability.DISK)).isLessThan(position);
        assertThat(world.log.condition()).isEqualTo(Condition.FAILED);
    }

    @Test
    void theIdentityOutlivesATornWrite() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        Fence.open(disk, new StoreId(1, 2)).close();
        Fence.open(disk, new StoreId(1, 2)).close();
        Fence.open(disk, new StoreId(1, 2)).close();
        for (int place = 0; place < 2; place++) {
            MemoryDisk torn = disk.afterKill();
            torn.bytes(Fence.FILE)[place * 4_096 + 20] ^= 1;
            try (Fence fence = Fence.open(torn, new StoreId(3, 4))) {
                assertThat(fence.storeId()).isEqualTo(new StoreId(1, 2));
                assertThat(fence.epoch()).isBetween(3L, 4L);
                assertThat(fence.holds()).isTrue();
            }
            torn.bytes(Fence.FILE)[20] ^= 1;
            torn.bytes(Fence.FILE)[4_096 + 20] ^= 1;
            if (place == 0) {
                torn.bytes(Fence.FILE)[0] ^= 1;
                torn.bytes(Fence.FILE)[4_096] ^= 1;
                assertThatThrownBy(() -> Fence.open(torn, new StoreId(3, 4))).isInstanceOf(StoreDamaged.class);
            }
        }
    }
}
