package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal.Recovery;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints: a file to which each one adds the sessions and retained messages that have changed, and a mark. Of what has
 * the same name the last one holds; what stands behind the last mark is of a checkpoint that was not finished, and is not looked
 * at. A checkpoint that is <em>full</em> begins a new file, and the old one goes when it is finished.
 *
 * <p>The frames are synced before the mark is written: so a mark that stands behind a damage proves that something was lost. Thread:
 * the keeper, after {@link #recover} on the thread of the start.
 */
final class StateLog {
    private static final int FLUSH_BYTES = 256 << 10;
    /** Below this a file is not worth being written anew. */
    private static final long GARBAGE_BYTES = 16 << 20;
    /** After a peak most of a file may be of no use without anything having taken its place: so it is written anew now and then. */
    private static final long FULL_EVERY_NANOS = Duration.ofHours(1).toNanos();

    private final Disk disk;
    private final StoreId storeId;
    private final Clock clock;
    private final StateCodec codec;
    private final BodyWriter body = new BodyWriter();
    private final BodyWriter pending = new BodyWriter();

    // The file with the last mark.
    private DiskFile file;
    private int number;
    private long committedBytes;
    private Mark mark;
    private volatile long bytes;
    /** About how many bytes of it are no longer needed only since later frames replace them. */
    private long liveBytes;
    /** What the last full checkpoint wrote, and when. */
    private long fullBytes;

    private long fullNanos;

    // The checkpoint that is being made.
    private DiskFile target;
    private long writtenBytes;
    private boolean isFull;

    private @Nullable DiskFile old;
    private boolean mustBeFull;

    private StateLog(Disk disk, StoreId storeId, Clock clock, Found found) {
        this.disk = disk;
        this.storeId = storeId;
        this.clock = clock;
        this.codec = new StateCodec(clock);
        this.fullNanos = clock.nanos();
        this.file = found.file;
        this.target = found.file;
        this.number = found.number;
        this.committedBytes = found.end;
        this.bytes = found.end;
        this.mark = found.mark;
        this.liveBytes = found.end;
    }

    /** A file with a mark. */
    private record Found(DiskFile file, int number, Mark mark, long end) {}

    /**
     * Finds the last finished checkpoint, or begins the store where there is nothing at all.
     *
     * @throws StoreDamaged where a checkpoint was finished that can no longer be read
     * @throws StoreRefused where a file is of another store or a newer version
     */
    static StateLog open(Disk disk, StoreId storeId, long epoch, Clock clock) throws IOException {
        List<String> names = disk.list();
        List<Integer> numbers = names.stream()
                .map(StateName::number)
                .filter(number -> number > 0)
                .sorted(Comparator.reverseOrder())
                .toList();
        boolean hasLog = names.stream().anyMatch(SegmentName::isSegment);
        Found found = null;
        for (int number : numbers) {
            if (found == null) {
                found = find(disk, storeId, number);
            } else {
                disk.delete(StateName.of(number)); // the checkpoint after it was finished
            }
        }
        if (found == null && hasLog) {
            int number = numbers.isEmpty() ? 1 : numbers.getFirst();
            String what = numbers.isEmpty()
                    ? "the file is missing, though there are segments of the log"
                    : "no checkpoint in it is whole, though there are segments of the log";
            throw new StoreDamaged(StateName.of(number), 0, what);
        }
        if (found != null) {
            for (int number : numbers) {
                if (number > found.number) {
                    disk.delete(StateName.of(number)); // a checkpoint that was not finished
                }
            }
            found.file.truncate(found.end);
        } else {
            found = begin(
                    disk, storeId, numbers.isEmpty() ? 1 : numbers.getFirst(), Mark.first(epoch, clock.wallMillis()));
        }
        return new StateLog(disk, storeId, clock, found);
    }

    /** To write a new file after the one with this number, whatever is in that; 0 where there is none. Begin with a full checkpoint. */
    static StateLog after(Disk disk, StoreId storeId, int number, Clock clock) throws IOException {
        String name = StateName.of(number);
        DiskFile last = number == 0 ? disk.create(name, 0) : disk.open(name);
        return new StateLog(disk, storeId, clock, new Found(last, number, Mark.first(0, 0), last.size()));
    }

    private static Found begin(Disk disk, StoreId storeId, int number, Mark first) throws IOException {
        DiskFile file = disk.create(StateName.of(number), 0);
        file.write(new StateHeader(storeId, number).encoded(), 0);
        BodyWriter body = new BodyWriter();
        first.put(storeId, StateHeader.BYTES, body);
        ByteBuffer frame = frame(StateFrames.MARK, body);
        long end = (long) StateHeader.BYTES + frame.remaining();
        file.write(frame, StateHeader.BYTES);
        file.sync();
        disk.syncFolder();
        return new Found(file, number, first, end);
    }

    private static @Nullable Found find(Disk disk, StoreId storeId, int number) throws IOException {
        String name = StateName.of(number);
        DiskFile file = disk.open(name);
        boolean keep = false;
        try {
            long size = file.size();
            StateFrames frames = new StateFrames(file);
            boolean hasHeader = hasHeader(file, storeId, number);
            LastMark last = new LastMark(storeId);
            long end = hasHeader ? frames.each(StateHeader.BYTES, size, true, last) : 0;
            long beyond = end < size ? frames.markAfter(end, size, storeId) : -1;
            if (beyond >= 0) {
                throw new StoreDamaged(
                        name,
                        end,
                        "a checkpoint that was finished at byte " + beyond + " cannot be read from there on");
            }
            keep = last.mark != null;
            return last.mark == null ? null : new Found(file, number, last.mark, last.end);
        } finally {
            if (!keep) {
                file.close();
            }
        }
    }

    /** False where the file does not begin as one of the state log. */
    static boolean hasHeader(DiskFile file, StoreId storeId, int number) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(StateHeader.BYTES);
        file.read(bytes, 0);
        String name = StateName.of(number);
        return switch (StateHeader.read(bytes)) {
            case StateHeader.Read.Valid valid -> {
                if (!valid.header().storeId().equals(storeId)) {
                    throw new StoreRefused(name + " belongs to another store ("
                            + valid.header().storeId() + ", not " + storeId
                            + "): take it out of the folder, and put back the one that belongs here.");
                }
                if (valid.header().number() != number) {
                    throw new StoreRefused(name + " was renamed: it is "
                            + StateName.of(valid.header().number()) + ". Give it back its name.");
                }
                yield true;
            }
            case StateHeader.Read.Newer newer ->
                throw new StoreRefused(name + " has format " + newer.version()
                        + ", which a newer Dunlin wrote; this one knows" + " format " + StateHeader.VERSION
                        + ": run that newer one, or give this one a folder of its own.");
            case StateHeader.Read.Damaged _ -> false;
        };
    }

    private static final class LastMark implements StateFrames.Visitor {
        private final StoreId storeId;
        private @Nullable Mark mark;
        private long end;

        LastMark(StoreId storeId) {
            this.storeId = storeId;
        }

        @Override
        public void frame(long at, int type, byte[] bytes, int from, int to) {
            if (type == StateFrames.MARK) {
                try {
                    mark = Mark.read(storeId, at, bytes, from, to);
                    end = at + RecordFrame.HEADER_BYTES + (to - from);
                } catch (BadRecord e) {
                    mark = null; // the CRC holds, so it is no mark of this store: what it ends is not known
                }
            }
        }
    }

    Mark mark() {
        return mark;
    }

    /** What its files take on the disk. Thread: any. */
    long bytes() {
        return bytes;
    }

    /** What the last finished checkpoint has, each name once. @return how many sessions and retained messages that were */
    StateReading.Counts recover(Recovery recovery) throws IOException {
        StateReading reading = new StateReading(file, number, committedBytes, codec);
        StateReading.Counts counts = reading.give(recovery::session, recovery::retained);
        liveBytes = counts.liveBytes();
        return counts;
    }

    /** Whether so much in the file is replaced by later frames that the next checkpoint should be full. */
    boolean wantsFull() {
        return mustBeFull || committedBytes > 2 * liveBytes + GARBAGE_BYTES || isStale();
    }

    /** Whether a full checkpoint is worth its while even where nothing has changed since the last one. */
    boolean isStale() {
        return committedBytes > GARBAGE_BYTES
                && committedBytes > fullBytes
                && clock.nanos() - fullNanos >= FULL_EVERY_NANOS;
    }

    /** The next checkpoint has to be full. */
    void requireFull() {
        mustBeFull = true;
    }

    /** Begins a checkpoint. */
    void begin(boolean full) throws IOException {
        isFull = full;
        pending.clear();
        if (full) {
            mustBeFull = true; // until it is finished
            target = disk.create(StateName.of(number + 1), 0);
            target.write(new StateHeader(storeId, number + 1).encoded(), 0);
            writtenBytes = StateHeader.BYTES;
        } else {
            target = file;
            writtenBytes = committedBytes;
        }
    }

    void session(SessionState state) throws IOException {
        codec.put(state, body.clear());
        add(StateFrames.SESSION);
    }

    void sessionGone(String clientId) throws IOException {
        body.clear().text(clientId);
        add(StateFrames.SESSION_GONE);
    }

    /** A message with an empty payload says that there is none for its topic. */
    void retained(Message message) throws IOException {
        if (message.payload().length > 0) {
            codec.put(message, body.clear());
            add(StateFrames.RETAINED);
        } else {
            retainedGone(message.topic());
        }
    }

    private void retainedGone(TopicName topic) throws IOException {
        body.clear().binary(topic.utf8());
        add(StateFrames.RETAINED_GONE);
    }

    private void add(int type) throws IOException {
        int crc = RecordFrame.crc(type, body.array(), 0, body.size());
        pending.next(RecordFrame.HEADER_BYTES).putInt(body.size()).putInt(crc).put((byte) type);
        pending.raw(body.array(), 0, body.size());
        if (pending.size() >= FLUSH_BYTES) {
            flush();
        }
    }

    private static ByteBuffer frame(int type, BodyWriter body) {
        ByteBuffer frame = ByteBuffer.allocate(RecordFrame.HEADER_BYTES + body.size());
        frame.putInt(body.size())
                .putInt(RecordFrame.crc(type, body.array(), 0, body.size()))
                .put((byte) type);
        return frame.put(body.array(), 0, body.size()).flip();
    }

    /** Writes what has been collected. */
    void flush() throws IOException {
        write(ByteBuffer.wrap(pending.array(), 0, pending.size()));
        pending.clear();
    }

    private void write(ByteBuffer from) throws IOException {
        int length = from.remaining();
        target.write(from, writtenBytes);
        writtenBytes += length;
        bytes = isFull ? committedBytes + writtenBytes : writtenBytes;
    }

    /** Finishes the checkpoint: from now on it is what a start begins with. */
    void commit(Mark finished) throws IOException {
        flush();
        target.sync();
        finished.put(storeId, writtenBytes, body.clear());
        write(frame(StateFrames.MARK, body));
        target.sync();
        if (isFull) {
            disk.syncFolder();
            old = file;
            file = target;
            number++;
            liveBytes = writtenBytes;
            fullBytes = writtenBytes;
            fullNanos = clock.nanos();
        }
        committedBytes = writtenBytes;
        bytes = committedBytes;
        mark = finished;
        mustBeFull = false;
    }

    /** Deletes the file that a full checkpoint has taken the place of. Where that fails, the next start does it. */
    void dropOld() throws IOException {
        DiskFile replaced = old;
        if (replaced != null) {
            old = null;
            replaced.close();
            disk.delete(StateName.of(number - 1));
            disk.syncFolder();
        }
    }

    /** Keeps the last finished checkpoint open, whatever becomes of its file. */
    StoreCut.Held hold() throws IOException {
        String name = StateName.of(number);
        DiskFile own = disk.open(name);
        return new StoreCut.Held(new StoreCut.Part(name, committedBytes), new StoreCut.Source() {
            @Override
            public int read(ByteBuffer to, long at) throws IOException {
                return own.read(to, at);
            }

            @Override
            public void close() throws IOException {
                own.close();
            }
        });
    }

    /** Gives a checkpoint up. What it has brought is lost, so the next one has to be full. */
    void rollback() throws IOException {
        mustBeFull = true;
        pending.clear();
        if (isFull && target != file) {
            target.close();
            target = file;
            disk.delete(StateName.of(number + 1));
        } else {
            file.truncate(committedBytes);
        }
        writtenBytes = committedBytes;
        bytes = committedBytes;
    }

    void close() throws IOException {
        file.close();
    }
}
