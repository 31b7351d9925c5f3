package io.dunlin.storage;

import io.dunlin.broker.port.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What holds for a start on any bytes: it succeeds or says what is wrong, and gives no record that was not written. */
final class ScanRules {
    private final MemoryDisk disk;
    private final Map<Long, byte[]> written;

    /** @param seed of a small log of a few segments that is damaged again and again */
    ScanRules(long seed) {
        Random random = new Random(seed);
        try {
            LogWorld world = new LogWorld();
            for (int i = 0; i < 60; i++) {
                world.append(LogWorld.body(random, random.nextInt(5_000)), Durability.values()[random.nextInt(3)]);
                if (random.nextInt(3) == 0) {
                    world.steps.run();
                }
            }
            world.steps.run();
            this.disk = world.disk.afterKill();
            this.written = new TreeMap<>(world.appended);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Map<Long, byte[]> written() {
        return written;
    }

    /** A copy to be damaged. */
    MemoryDisk copy() {
        return disk.afterKill();
    }

    /** Whether the log was taken. With no records given, any may be there: the bytes are made by one who knows the store's id. */
    static boolean check(MemoryDisk damaged, @Nullable Map<Long, byte[]> written) {
        try {
            LogWorld next = new LogWorld();
            next.reopen(damaged);
            for (Map.Entry<Long, byte[]> record : next.recovered.entrySet()) {
                byte[] expected = written == null ? record.getValue() : written.get(record.getKey());
                if (expected == null || !Arrays.equals(expected, record.getValue())) {
                    throw new AssertionError("an invented record at " + Position.text(record.getKey()));
                }
            }
            next.append("goes on", Durability.DISK);
            next.steps.run();
            return true;
        } catch (StoreDamaged | StoreRefused e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Any bytes as a segment of an empty store, and as the end of a good one. */
    void checkBytes(byte[] bytes) {
        MemoryDisk garbage = new MemoryDisk();
        garbage.files.put(Fence.FILE, copy().content(Fence.FILE));
        garbage.files.put(SegmentName.of(1), content(bytes));
        check(garbage, Map.of());

        byte[] withHeader = new byte[SegmentHeader.BYTES + bytes.length];
        new SegmentHeader(new StoreId(1, 2), 1, SegmentHeader.Kind.PLAIN)
                .encoded()
                .get(withHeader, 0, 64);
        System.arraycopy(bytes, 0, withHeader, SegmentHeader.BYTES, bytes.length);
        MemoryDisk plain = new MemoryDisk();
        plain.files.put(Fence.FILE, copy().content(Fence.FILE));
        plain.files.put(SegmentName.of(1), content(withHeader));
        check(plain, null);

        byte[] sparse = withHeader.clone();
        new SegmentHeader(new StoreId(1, 2), 1, SegmentHeader.Kind.SPARSE)
                .encoded()
                .get(sparse, 0, 64);
        MemoryDisk compacted = copy();
        compacted.files.put(SegmentName.of(1), content(sparse));
        checkReads(compacted);

        MemoryDisk overwritten = copy();
        byte[] last = overwritten.bytes(SegmentName.of(2));
        int at = last.length / 2;
        System.arraycopy(bytes, 0, last, at, Math.min(bytes.length, last.length - at));
        check(overwritten, written);
    }

    private void checkReads(MemoryDisk damaged) {
        try {
            LogWorld next = new LogWorld();
            long from = Position.of(2, SegmentHeader.BYTES);
            next.reopen(damaged, from, 0, Set.of(1));
            LogReader reader = next.log.reader();
            for (long position : written.keySet()) {
                read(reader, position);
            }
        } catch (StoreDamaged | StoreRefused e) {
            if (String.valueOf(e.getMessage()).isEmpty()) {
                throw new AssertionError("no reason", e);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void read(LogReader reader, long position) throws IOException {
        try {
            ByteBuffer body = reader.read(position).body();
            if (Position.segment(position) > 1
                    && !body.equals(ByteBuffer.wrap(written.getOrDefault(position, new byte[0])))) {
                throw new AssertionError("another record at " + Position.text(position));
            }
        } catch (StoreDamaged e) {
            if (String.valueOf(e.getMessage()).isEmpty()) {
                throw new AssertionError("no reason", e);
            }
        }
    }

    private static MemoryDisk.Content content(byte[] bytes) {
        MemoryDisk.Content content = new MemoryDisk.Content();
        content.bytes = bytes;
        content.synced = bytes;
        return content;
    }
}
