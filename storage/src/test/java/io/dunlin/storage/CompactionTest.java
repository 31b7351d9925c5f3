package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Durability;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static LogWorld filled() throws IOException {
        LogWorld world = new LogWorld();
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            world.append(LogWorld.body(random, random.nextInt(300)), Durability.DISK);
            if (i % 10 == 0) {
                world.steps.run();
            }
        }
        world.steps.run();
        return world;
    }

    /** Every n-th record of the segment. */
    private static NavigableMap<Long, byte[]> every(LogWorld world, int segment, int n) {
        NavigableMap<Long, byte[]> chosen = new TreeMap<>();
        int index = 0;
        for (var entry : world.appended
                .subMap(Position.of(segment, 0), Position.of(segment + 1, 0))
                .entrySet()) {
            if (index++ % n == 0) {
                chosen.put(entry.getKey(), entry.getValue());
            }
        }
        return chosen;
    }

    private static long[] positions(NavigableMap<Long, byte[]> records) {
        return records.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void whatIsLeftKeepsItsPositionAlsoThroughASecondCompactionAndARestart() throws IOException {
        LogWorld world = filled();
        long before = world.log.bytes();
        NavigableMap<Long, byte[]> left = every(world, 2, 3);
        long freed = world.log.compact(2, positions(left));
        assertThat(freed).isGreaterThan(30_000);
        assertThat(world.log.bytes()).isEqualTo(before - freed);
        assertThat(world.log.segments().get(1).sparse()).isTrue();
        world.assertReads(left);
        NavigableMap<Long, byte[]> gone = every(world, 2, 1);
        gone.keySet().removeAll(left.keySet());
        for (long position : gone.keySet()) {
            assertThatThrownBy(() -> world.log.reader().read(position)).isInstanceOf(StoreDamaged.class);
        }
        NavigableMap<Long, byte[]> fewer = new TreeMap<>(every(world, 2, 9));
        world.log.compact(2, positions(fewer));
        world.assertReads(fewer);
        long from = world.log.end();
        world.close();
        world.reopen(world.disk.afterPowerCut(new Random(1)), from, from, Set.of(2, 3));
        world.assertReads(fewer);
        assertThat(world.log.segments().get(1).sparse()).isTrue();
    }

    @Test
    void aReaderNoticesNothing() throws IOException {
        LogWorld world = filled();
        LogReader reader = world.log.reader();
        NavigableMap<Long, byte[]> left = every(world, 2, 2);
        int read = 0;
        for (long position : left.keySet()) {
            if (read++ == 10) {
                world.log.compact(2, positions(left));
            }
            assertThat(reader.read(position).body()).isEqualTo(java.nio.ByteBuffer.wrap(left.get(position)));
        }
    }

    @Test
    void afterAFailureTheSegmentIsAsItWas() throws IOException {
        LogWorld world = filled();
        world.disk.roomBytes = world.disk.usedBytes() + 100;
        assertThatThrownBy(() -> world.log.compact(2, positions(every(world, 2, 2))))
                .isInstanceOf(DiskFull.class);
        world.disk.roomBytes = Long.MAX_VALUE;
        assertThat(world.disk.list()).doesNotContain(SegmentName.compacting(2));
        world.assertReads(world.appended);
    }

    @Test
    void whatIsWrittenNowIsNotTouched() throws IOException {
        LogWorld world = filled();
        int current = world.log.segments().getLast().number();
        assertThatThrownBy(() -> world.log.compact(current, new long[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> world.log.delete(Set.of(current))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> world.log.compact(2, new long[] {Position.of(3, 100)}))
                .isInstanceOf(IllegalArgumentException.class);
        world.assertReads(world.appended);
    }

    @Test
    void aDamagedIndexIsReportedAtTheStart() throws IOException {
        LogWorld world = filled();
        world.log.compact(2, positions(every(world, 2, 20)));
        long from = world.log.end();
        world.close();
        byte[] bytes = world.disk.bytes(SegmentName.of(2));
        for (int i = 1; i < 80; i++) {
            bytes[bytes.length - i] ^= 4;
            assertThatThrownBy(() -> new LogWorld().reopen(world.disk.afterKill(), from, from, Set.of(2)))
                    .as("byte %d from the end", i)
                    .isInstanceOf(StoreDamaged.class)
                    .hasMessageContaining("index");
            bytes[bytes.length - i] ^= 4;
        }
        new LogWorld().reopen(world.disk.afterKill(), from, from, Set.of(2));
    }

    @Test
    void aDamagedRecordIsReportedWhenItIsRead() throws IOException {
        LogWorld world = filled();
        long position = every(world, 2, 1).firstKey();
        world.disk.bytes(SegmentName.of(2))[Position.offset(position) + 4] ^= 1;
        assertThatThrownBy(() -> world.log.reader().read(position))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining("log-0000000002.seg");
        assertThatThrownBy(() -> world.log.reader().read(position + 3)).isInstanceOf(StoreDamaged.class);
        assertThatThrownBy(() -> world.log.reader().read(Position.of(99, 64))).isInstanceOf(StoreDamaged.class);
        assertThatThrownBy(() -> world.log.reader().read(world.log.end() + 500)).isInstanceOf(StoreDamaged.class);
    }
}
