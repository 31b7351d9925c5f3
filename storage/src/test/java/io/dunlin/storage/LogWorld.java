package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A log on a {@link MemoryDisk}, driven by hand. Each life of it ends with a kill, a power cut or a close. */
final class LogWorld implements StoreEvents {
    static final StoreOptions SMALL = StoreOptions.DEFAULTS.withSegmentBytes(64 << 10, 4 << 10, 0);

    final StoreOptions options;
    final Steps steps = new Steps();
    final List<String> lines = new ArrayList<>();
    final List<Condition> conditions = new ArrayList<>();
    /** What was appended and where. */
    final TreeMap<Long, byte[]> appended = new TreeMap<>();
    /** What the last recovery gave. */
    final TreeMap<Long, byte[]> recovered = new TreeMap<>();

    MemoryDisk disk = new MemoryDisk();
    Fence fence;
    SegmentLog log;
    int failures;
    int grown;

    LogWorld() throws IOException {
        this(SMALL);
    }

    LogWorld(StoreOptions options) throws IOException {
        this.options = options;
        this.fence = Fence.open(disk, new StoreId(1, 2));
        this.log = opened();
        log.recover(0, 0, Set.of(), this::take);
        steps.run();
    }

    private SegmentLog opened() {
        SegmentLog opened = SegmentLog.open(disk, fence, options, steps, steps, this);
        opened.onGrown(() -> grown++);
        return opened;
    }

    private void take(long position, int type, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        assertThat(type).isEqualTo(typeOf(bytes));
        recovered.put(position, bytes);
    }

    static int typeOf(byte[] body) {
        return 1 + body.length % 255;
    }

    static byte[] body(Random random, int length) {
        byte[] body = new byte[length];
        random.nextBytes(body);
        return body;
    }

    long append(byte[] body, Durability wanted) {
        long position = log.append(typeOf(body), body, 0, body.length, wanted);
        assertThat(appended.isEmpty() || position > appended.lastKey())
                .as("positions grow")
                .isTrue();
        appended.put(position, body);
        return position;
    }

    long append(String body, Durability wanted) {
        return append(body.getBytes(java.nio.charset.StandardCharsets.UTF_8), wanted);
    }

    /** Another process on this disk. */
    SegmentLog.Recovered reopen(MemoryDisk found, long from, long durable, Set<Integer> live) throws IOException {
        disk = found;
        fence = Fence.open(disk, new StoreId(3, 4));
        log = opened();
        recovered.clear();
        SegmentLog.Recovered result = log.recover(from, durable, live, this::take);
        steps.run();
        return result;
    }

    SegmentLog.Recovered reopen(MemoryDisk found) throws IOException {
        return reopen(found, 0, 0, Set.of());
    }

    void close() throws IOException {
        CompletableFuture<Void> done = log.close().toCompletableFuture();
        steps.run();
        assertThat(done).isCompleted();
        fence.close();
    }

    void assertReads(Map<Long, byte[]> records) throws IOException {
        LogReader reader = log.reader();
        for (Map.Entry<Long, byte[]> entry : records.entrySet()) {
            StoredRecord read = reader.read(entry.getKey());
            byte[] bytes = new byte[read.body().remaining()];
            read.body().get(bytes);
            assertThat(bytes).isEqualTo(entry.getValue());
            assertThat(read.type()).isEqualTo(typeOf(bytes));
        }
    }

    @Override
    public void notice(String line) {
        lines.add(line);
    }

    @Override
    public void warning(String line) {
        lines.add(line);
    }

    @Override
    public void failed(String line) {
        failures++;
        lines.add(line);
    }

    @Override
    public void condition(Condition now) {
        conditions.add(now);
    }
}
