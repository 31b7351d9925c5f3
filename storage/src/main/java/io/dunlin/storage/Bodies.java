package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.ShardExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads messages and pages of queues back from the log, on the reading threads. Thread: any. */
final class Bodies {
    private static final long[] NO_REFERENCES = {};

    private static final int ATTEMPTS = 3;
    private static final long BYTES_AT_ONCE = 256 << 10;
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final SegmentLog log;
    private final RecordCodec codec;
    private final StoreExecutor executor;
    private final StoreEvents events;
    private final ConcurrentLinkedQueue<Desk> idle = new ConcurrentLinkedQueue<>();

    Bodies(SegmentLog log, RecordCodec codec, StoreExecutor executor, StoreEvents events) {
        this.log = log;
        this.codec = codec;
        this.executor = executor;
        this.events = events;
    }

    /** What one reading thread needs for itself. */
    private static final class Desk {
        private final LogReader reader;
        private byte[] body = new byte[4096];

        Desk(LogReader reader) {
            this.reader = reader;
        }

        /** Leaves the body in the array; returns the record for its type and length. */
        StoredRecord read(long position) throws IOException {
            StoredRecord record = reader.read(position);
            ByteBuffer bytes = record.body();
            if (bytes.limit() > body.length) {
                body = new byte[Math.max(bytes.limit(), 2 * body.length)];
            }
            bytes.get(0, body, 0, bytes.limit());
            return record;
        }
    }

    private Desk desk() {
        Desk desk = idle.poll();
        return desk == null ? new Desk(log.reader()) : desk;
    }

    void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer) {
        executor.reader(() -> read(clientId, references, shard, answer, ATTEMPTS));
    }

    private void read(
            String clientId,
            long[] references,
            ShardExecutor shard,
            Consumer<List<@Nullable Loaded>> answer,
            int attempts) {
        List<@Nullable Loaded> found;
        Desk desk = desk();
        try {
            found = load(desk, clientId, references, attempts == 1);
        } catch (IOException e) { // of the disk, not of what is on it: it may pass
            executor.keeperAfter(
                    AGAIN_AFTER, () -> executor.reader(() -> read(clientId, references, shard, answer, attempts - 1)));
            return;
        } catch (OutOfMemoryError e) { // others use it at this moment; the session waits for an answer in any case
            executor.keeperAfter(
                    AGAIN_AFTER, () -> executor.reader(() -> read(clientId, references, shard, answer, attempts)));
            return;
        } finally {
            idle.add(desk);
        }
        shard.execute(() -> answer.accept(found));
    }

    /** @throws IOException where the disk refused a read, unless this is the last attempt */
    private List<@Nullable Loaded> load(Desk desk, String clientId, long[] references, boolean isLast)
            throws IOException {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        List<@Nullable Loaded> found = new ArrayList<>(references.length);
        int missing = 0;
        long bytes = 0;
        String why = "";
        for (long reference : references) {
            if (bytes > BYTES_AT_ONCE) {
                break;
            }
            try {
                StoredRecord record = desk.read(Reference.position(reference));
                found.add(codec.load(record.type(), desk.body, 0, record.body().limit(), id, reference));
                bytes += record.body().limit();
            } catch (IOException | BadRecord e) {
                if (e instanceof IOException refused && !(e instanceof StoreDamaged) && !isLast) {
                    throw refused;
                }
                found.add(null);
                missing++;
                why = Position.text(Reference.position(reference)) + ": " + e.getMessage();
            }
        }
        if (missing > 0) {
            events.warning(
                    missing + " stored message(s) for client " + clientId + " cannot be read; the last one at " + why);
        }
        return found;
    }

    void readPage(long position, ShardExecutor shard, Consumer<long[]> answer) {
        executor.reader(() -> readPage(position, shard, answer, ATTEMPTS));
    }

    private void readPage(long position, ShardExecutor shard, Consumer<long[]> answer, int attempts) {
        long[] page;
        try {
            page = page(position);
        } catch (IOException e) {
            if (!(e instanceof StoreDamaged) && attempts > 1) {
                executor.keeperAfter(
                        AGAIN_AFTER, () -> executor.reader(() -> readPage(position, shard, answer, attempts - 1)));
                return;
            }
            events.warning("A page of a queue at " + Position.text(position) + " cannot be read: " + e.getMessage());
            page = NO_REFERENCES;
        }
        long[] references = page;
        shard.execute(() -> answer.accept(references));
    }

    /** The references of a page at once. Thread: any. */
    long[] page(long position) throws IOException {
        Desk desk = desk();
        try {
            StoredRecord record = desk.read(position);
            return RecordCodec.page(record.type(), desk.body, 0, record.body().limit());
        } catch (BadRecord e) {
            throw new StoreDamaged(
                    SegmentName.of(Position.segment(position)),
                    Position.offset(position),
                    String.valueOf(e.getMessage()));
        } finally {
            idle.add(desk);
        }
    }
}
