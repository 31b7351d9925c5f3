package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import io.dunlin.broker.port.LatencyHistogram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log in files of limited size (segments), with group commit. A record is named by its position, which never
 * changes, and can be read alone. Life: {@link #open}, {@link #recover} once, then all else, {@link #close}.
 */
final class SegmentLog {
    /** The longest body of a record. */
    static final int BODY_BYTES_MAX = 1 << 29;

    private final Fence fence;
    private final StoreOptions options;
    private final StoreExecutor executor;
    private final Clock clock;
    private final StoreEvents events;
    private final SegmentFiles files;
    private final SegmentSupply supply;
    private final PendingBatches pending;
    private final Health health;
    private Runnable grown = () -> {};
    private LongSupplier otherBytes = () -> 0;
    private @Nullable LogWriter writer;

    private SegmentLog(
            Disk disk, Fence fence, StoreOptions options, StoreExecutor executor, Clock clock, StoreEvents events) {
        this.fence = fence;
        this.options = options;
        this.executor = executor;
        this.clock = clock;
        this.events = events;
        this.files = new SegmentFiles(disk, fence.storeId());
        this.health = new Health(events, () -> executor.writer(this::tellGrown));
        this.supply = new SegmentSupply(files, options, executor, health, () -> otherBytes.getAsLong());
        this.pending = new PendingBatches(options, new PendingBatches.Wakes() {
            @Override
            public void commit() {
                writer().start();
            }

            @Override
            public void commitLater() {
                writer().startLater();
            }

            @Override
            public void behind(boolean isBehind) {
                health.behind(isBehind);
            }
        });
    }

    /** Opens the log in a folder that the fence holds; reads and changes nothing yet. */
    static SegmentLog open(
            Disk disk, Fence fence, StoreOptions options, StoreExecutor executor, Clock clock, StoreEvents events) {
        return new SegmentLog(disk, fence, options, executor, clock, events);
    }

    /**
     * Gives the records from this position on, in order, cuts off what was never synced and is not whole, and makes the log
     * ready for {@link #append}. Blocks; thread: the caller's.
     *
     * @param fromPosition what {@link #end} told at the last checkpoint; 0 for all
     * @param knownDurable the highest position that is known to have been synced; 0 for none
     * @param live segments that must be there
     * @throws StoreDamaged where something that was synced is missing or changed
     * @throws StoreRefused where a file is of another store or of a newer version
     */
    Recovered recover(long fromPosition, long knownDurable, Set<Integer> live, RecordVisitor visitor)
            throws IOException {
        try {
            LogScan scan = new LogScan(files.disk(), fence.storeId());
            files.allIsPut();
            // Pages may be read while records are told.
            for (Map.Entry<Integer, SegmentHeader.Kind> segment : scan.headers().entrySet()) {
                files.put(files.open(segment.getKey(), segment.getValue()));
            }
            LogScan.Found found = scan.run(fromPosition, knownDurable, live, visitor);
            if (found.epoch() >= fence.epoch()) {
                throw new StoreDamaged(
                        Fence.FILE,
                        0,
                        "it is older than the log (epoch " + fence.epoch() + ", the log has " + found.epoch() + ")");
            }
            makeReady(found, Position.segment(fromPosition));
            if (found.bytesCut() > 0) {
                events.notice("The end of the store's log was being written when the last run ended: "
                        + found.bytesCut() + " bytes that nothing relied on are cut off at "
                        + Position.text(Position.of(found.last(), found.end())) + ".");
            }
            return new Recovered(found.records(), pending.end(), found.bytesCut());
        } catch (IOException | RuntimeException e) {
            try {
                files.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void makeReady(LogScan.Found found, int firstRead) throws IOException {
        removeLeftOvers(found);
        if (found.last() > 0) {
            cut(found, firstRead);
        }
        int limit = pending.firstLimit();
        @Nullable Segment last = found.lastIsEmpty() ? files.acquire(found.last()) : null;
        Segment current = last != null ? last : files.create(found.last() + 1, limit);
        if (last != null) {
            SegmentFiles.extend(last, limit);
            last.release();
        } else {
            files.put(current);
        }
        pending.begin(current.number(), SegmentHeader.BYTES, limit);
        LogWriter.Parts parts = new LogWriter.Parts(
                files, supply, pending, fence, options, executor, clock, events, health, this::tellGrown);
        writer = new LogWriter(parts, current, found.lastEnd());
        supply.want(current.number() + 1, pending.nextLimit(limit));
    }

    private void removeLeftOvers(LogScan.Found found) throws IOException {
        Disk disk = files.disk();
        files.delete(Set.copyOf(found.segments().tailMap(found.last() + 1).keySet()));
        for (String name : disk.list()) {
            int number = SegmentName.number(name);
            if (SegmentName.isCompacting(name)
                    || number > found.last()
                    || number > 0 && !found.segments().containsKey(number)) {
                disk.delete(name);
            } else if (name.equals(SegmentName.RESERVE)) {
                try (DiskFile reserve = disk.open(name)) {
                    supply.reserveIsThere(reserve.size());
                }
            }
        }
        disk.syncFolder();
    }

    /** What is relied on from now on is to be on the disk, and nothing behind it. */
    private void cut(LogScan.Found found, int firstRead) throws IOException {
        SortedMap<Integer, SegmentHeader.Kind> read = found.segments().subMap(Math.max(1, firstRead), found.last() + 1);
        for (int number : read.keySet()) {
            @Nullable Segment segment = files.acquire(number);
            if (segment != null) {
                if (number == found.last()) {
                    segment.truncate(found.end());
                }
                segment.sync();
                segment.release();
            }
        }
    }

    /**
     * What {@link #recover} found.
     *
     * @param bytesCut how many bytes at the end were cut off: what was being written when the last run ended
     */
    record Recovered(long records, long end, long bytesCut) {}

    /**
     * Appends a record and returns its position, which is above all before. Never blocks and never refuses. Thread: any; the
     * bytes may be reused at once.
     *
     * @param type 1 to 255
     * @param length 0 to {@link #BODY_BYTES_MAX}
     */
    long append(int type, byte[] bytes, int from, int length, Durability wanted) {
        if (type < 1 || type > 255 || length < 0 || length > BODY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "A record of type " + type + " and " + length + " bytes is out of bounds.");
        }
        return pending.append(type, RecordFrame.crc(type, bytes, from, length), bytes, from, length, wanted);
    }

    /** All records at or below this position are stored at this level. Thread: any. */
    long stored(Durability level) {
        return switch (level) {
            case MEMORY -> Long.MAX_VALUE;
            case OS -> writer().storedOs();
            case DISK -> writer().storedDisk();
        };
    }

    /**
     * Calls this on the writer after {@link #stored} has grown and after {@link #condition} has changed; before
     * {@link #recover}, once. It must not block.
     */
    void onGrown(Runnable grown) {
        this.grown = grown;
    }

    private void tellGrown() {
        grown.run();
    }

    private LogWriter writer() {
        @Nullable LogWriter ready = writer;
        if (ready == null) {
            throw new IllegalStateException("The log is not recovered yet.");
        }
        return ready;
    }

    /** Thread: any. */
    Condition condition() {
        return health.condition();
    }

    /** Where the last appended record ends: later records have positions at or above it. Thread: any. */
    long end() {
        return pending.end();
    }

    /** Makes the writer write and sync all that was appended until now. {@link #onGrown} tells when it is done. Thread: any. */
    void sync() {
        writer().sync();
    }

    /** A reader of its own for one thread; until {@link #recover} has ended it reads what is in the files. */
    LogReader reader() {
        return new LogReader(files, pending, () -> writer == null ? Long.MAX_VALUE : writer.storedOs());
    }

    /** All files of the log, by number; the one that was made ahead of need is not among them. Thread: any. */
    List<SegmentInfo> segments() {
        return files.infos();
    }

    /**
     * Keeps open what a start needs that begins with this mark: its segments, and the log after it as far as it is on the disk. Thread:
     * the keeper.
     *
     * @throws IOException where a segment is not there
     */
    void hold(Mark mark, List<StoreCut.Held> held) throws IOException {
        long end = writer().storedDisk();
        int last = Position.segment(end);
        Set<Integer> numbers = new TreeSet<>(mark.live());
        for (int number = Math.max(1, Position.segment(mark.replayFrom())); number <= last; number++) {
            numbers.add(number);
        }
        for (int number : numbers) {
            @Nullable Segment segment = files.acquire(number);
            if (segment == null) {
                throw new IOException(SegmentName.of(number) + " is missing");
            }
            long bytes = number == last ? Math.min(Position.offset(end), segment.bytes()) : segment.bytes();
            held.add(new StoreCut.Held(new StoreCut.Part(SegmentName.of(number), bytes), new HeldSegment(segment)));
        }
    }

    /** A segment that a copy is made of. */
    private record HeldSegment(Segment segment) implements StoreCut.Source {
        @Override
        public int read(ByteBuffer to, long at) throws IOException {
            return segment.read(to, at);
        }

        @Override
        public void close() throws IOException {
            segment.release();
        }
    }

    /** Deletes segments, which must be below that of {@link #end}. Thread: the keeper. */
    void delete(Set<Integer> segments) throws IOException {
        for (int number : segments) {
            requireOld(number);
        }
        files.delete(segments);
    }

    private void requireOld(int segment) {
        if (segment >= writer().currentSegment()) {
            throw new IllegalArgumentException("Segment " + segment + " is still written.");
        }
    }

    /**
     * Leaves only these records in a segment below that of {@link #end}. Readers notice nothing; after a failure the segment is
     * as it was. Thread: the keeper.
     *
     * @param positions of this segment, ascending
     * @return how many bytes that freed
     */
    long compact(int segment, long[] positions) throws IOException {
        requireOld(segment);
        long before = files.bytes();
        Compaction.write(files, reader(), segment, positions);
        return before - files.bytes();
    }

    /** What the files of the log take on the disk, those made ahead of need included. Thread: any. */
    long bytes() {
        return files.bytes() + supply.bytes();
    }

    /** The limit on bytes counts these too: what else of the store is in the folder. Before {@link #recover}, once. */
    void alsoCount(LongSupplier otherBytes) {
        this.otherBytes = otherBytes;
    }

    /** How many bytes were handed to the operating system since the start. Thread: any. */
    long bytesWritten() {
        return writer().bytesWritten();
    }

    /** Of all syncs since the start. Thread: any. */
    LatencyHistogram syncTimes() {
        return writer().syncs();
    }

    /**
     * Writes and syncs all that was appended, cuts the last file to what is used, and closes the files; nothing may be appended
     * any more.
     *
     * @return done when that has happened; with the error where it could not
     */
    CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer().close(done);
        return done;
    }
}
