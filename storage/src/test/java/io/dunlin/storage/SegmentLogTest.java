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

class SegmentLogTest {
    @Test
    void aLoneRecordPaysOneWriteAndOneSyncAndWaitsForNothing() throws IOException {
        LogWorld world = new LogWorld();
        int writes = world.disk.writes;
        int syncs = world.disk.syncs;
        long position = world.append("one", Durability.DISK);
        assertThat(world.log.stored(Durability.DISK)).isLessThan(position);
        world.steps.run();
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(position);
        assertThat(world.disk.writes - writes).isEqualTo(1);
        assertThat(world.disk.syncs - syncs).isEqualTo(1);
        assertThat(world.log.syncTimes().count()).isEqualTo(1);
        assertThat(world.grown).isPositive();
    }

    @Test
    void thoseThatComeDuringACommitShareTheNext() throws IOException {
        LogWorld world = new LogWorld();
        int syncs = world.disk.syncs;
        world.append("first", Durability.DISK);
        world.steps.one();
        long last = 0;
        for (int i = 0; i < 50; i++) {
            last = world.append("later " + i, Durability.DISK);
        }
        world.steps.run();
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(last);
        assertThat(world.disk.syncs - syncs).isEqualTo(2);
    }

    @Test
    void nothingIsToldAsSyncedThatWasWrittenAfterTheSync() throws IOException {
        LogWorld world = new LogWorld();
        world.append("first", Durability.DISK);
        world.steps.one();
        long second = world.append("second", Durability.DISK);
        while (world.log.stored(Durability.DISK) < second) {
            assertThat(world.steps.one()).isTrue();
            if (world.log.stored(Durability.DISK) >= second) {
                assertThat(world.disk.content("log-0000000001.seg").unsynced).isEmpty();
            }
        }
    }

    @Test
    void levelOsIsWrittenAtOnceAndSyncedWithinASecond() throws IOException {
        LogWorld world = new LogWorld();
        long position = world.append("os", Durability.OS);
        world.steps.run();
        assertThat(world.log.stored(Durability.OS)).isGreaterThan(position);
        assertThat(world.log.stored(Durability.DISK)).isLessThan(position);
        world.steps.pass(Duration.ofSeconds(1));
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(position);
    }

    @Test
    void whatNobodyWaitsForIsWrittenSoonAndSyncedSoonAfter() throws IOException {
        LogWorld world = new LogWorld();
        long position = world.append("memory", Durability.MEMORY);
        world.steps.run();
        assertThat(world.log.stored(Durability.MEMORY)).isGreaterThan(position);
        assertThat(world.log.stored(Durability.OS)).isLessThan(position);
        world.steps.pass(Duration.ofMillis(20));
        assertThat(world.log.stored(Durability.OS)).isGreaterThan(position);
        world.steps.pass(Duration.ofMillis(1_100));
        assertThat(world.log.stored(Durability.DISK)).isGreaterThan(position);
    }

    @Test
    void aSyncThatIsAskedForTakesAll() throws IOException {
        LogWorld world = new LogWorld();
        world.append("memory", Durability.MEMORY);
        long end = world.log.end();
        world.log.sync();
        world.steps.run();
        assertThat(world.log.stored(Durability.DISK)).isGreaterThanOrEqualTo(end);
    }

    @Test
    void aFreshLogHasStoredAllThatItHas() throws IOException {
        LogWorld world = new LogWorld();
        assertThat(world.log.stored(Durability.DISK)).isGreaterThanOrEqualTo(world.log.end());
        world.append("x", Durability.DISK);
        world.close();
        world.reopen(world.disk.afterKill());
        assertThat(world.log.stored(Durability.DISK)).isGreaterThanOrEqualTo(world.log.end());
    }

    @Test
    void recordsAreReadBeforeAndAfterTheyAreWrittenOverManySegments() throws IOException {
        LogWorld world = new LogWorld();
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            int length = i % 500 == 499 ? 100_000 : random.nextInt(700);
            world.append(LogWorld.body(random, length), Durability.values()[random.nextInt(3)]);
            if (i % 100 == 50) {
                world.assertReads(world.appended.tailMap(world.log.stored(Durability.OS)));
                world.steps.run();
            }
        }
        world.assertReads(world.appended);
        assertThat(world.log.segments().size()).isGreaterThan(10);
        world.close();
        SegmentLog.Recovered result = world.reopen(world.disk.afterKill());
        assertThat(result.bytesCut()).isZero();
        assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
        world.assertReads(world.appended);
    }

    @Test
    void aRecordLargerThanASegmentGetsOneOfItsOwn() throws IOException {
        LogWorld world = new LogWorld();
        world.append(LogWorld.body(new Random(1), 1_000_000), Durability.DISK);
        world.append("after", Durability.DISK);
        world.steps.run();
        world.assertReads(world.appended);
        world.reopen(world.disk.afterPowerCut(new Random(1)));
        assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
    }

    @Test
    void fullSegmentsTakeNoMoreThanTheyHold() throws IOException {
        LogWorld world = new LogWorld();
        for (int i = 0; i < 100; i++) {
            world.append(LogWorld.body(new Random(i), 3_000), Durability.DISK);
            world.steps.run();
        }
        SegmentInfo first = world.log.segments().getFirst();
        assertThat(first.bytes()).isLessThan(64 << 10);
        assertThat(world.disk.bytes("log-0000000001.seg")).hasSize((int) first.bytes());
        long used = world.log.segments().stream().mapToLong(SegmentInfo::bytes).sum();
        assertThat(world.log.bytes()).isEqualTo(used + (64 << 10));
        world.close();
        assertThat(world.disk.usedBytes()).isLessThan(315_000);
    }

    @Test
    void itIsBehindWhileTooMuchWaitsInMemory() throws IOException {
        LogWorld world = new LogWorld(LogWorld.SMALL.withUnwrittenBytesMax(50_000));
        for (int i = 0; i < 100; i++) {
            world.append(LogWorld.body(new Random(i), 1_000), Durability.MEMORY);
        }
        assertThat(world.log.condition()).isEqualTo(Condition.BEHIND);
        int grown = world.grown;
        world.steps.run();
        assertThat(world.log.condition()).isEqualTo(Condition.OPEN);
        assertThat(world.grown).isGreaterThan(grown);
        assertThat(world.conditions).containsExactly(Condition.BEHIND, Condition.OPEN);
    }

    @Test
    void replayBeginsWhereItIsToldTo() throws IOException {
        LogWorld world = new LogWorld();
        for (int i = 0; i < 200; i++) {
            world.append(LogWorld.body(new Random(i), 1_000), Durability.DISK);
            if (i % 7 == 0) {
                world.steps.run();
            }
        }
        long from = world.log.end();
        long next = world.append("after", Durability.DISK);
        world.steps.run();
        assertThat(next).isGreaterThanOrEqualTo(from);
        world.log.delete(Set.of(1));
        world.close();
        SegmentLog.Recovered result =
                world.reopen(world.disk.afterKill(), from, from, Set.of(2, Position.segment(from)));
        assertThat(world.recovered.keySet()).containsExactly(next);
        assertThat(result.records()).isEqualTo(1);
        world.assertReads(world.appended.tailMap(Position.of(2, 0)));
        assertThatThrownBy(() -> world.log.reader().read(world.appended.firstKey()))
                .isInstanceOf(StoreDamaged.class);
    }

    @Test
    void aCleanStopLeavesNothingToCutAndStartsDoNotPileUpFiles() throws IOException {
        LogWorld world = new LogWorld();
        world.append("x", Durability.MEMORY);
        world.close();
        for (int i = 0; i < 5; i++) {
            assertThat(world.reopen(world.disk.afterKill()).bytesCut()).isZero();
            assertThat(world.recovered).hasSize(1);
            world.close();
        }
        assertThat(world.log.segments()).isEmpty();
        assertThat(world.disk.list()).containsExactly("identity", "log-0000000001.seg", "log-0000000002.seg");
    }

    @Test
    void theLastBatchIsToldToBeDurableOnceItIsQuiet() throws IOException {
        LogWorld world = new LogWorld();
        world.append("x", Durability.DISK);
        world.steps.run();
        int writes = world.disk.writes;
        world.steps.pass(Duration.ofSeconds(60));
        assertThat(world.disk.writes).isEqualTo(writes + 1);
    }
}
