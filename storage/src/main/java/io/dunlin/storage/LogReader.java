package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records of the log by their positions. It reads ahead where positions grow in small steps, so ask for many in
 * ascending order. Thread: one at a time; make one for each reading thread.
 */
final class LogReader {
    private static final int WINDOW_BYTES = 1 << 16;
    private static final int SINGLE_BYTES = 1 << 12;

    private final SegmentFiles files;
    private final @Nullable PendingBatches pending;
    private final LongSupplier written;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES).limit(0);
    private @Nullable Segment windowSegment;
    private long windowAt;

    /** Reads what is in the files alone: nothing is written to them now. */
    LogReader(SegmentFiles files) {
        this.files = files;
        this.pending = null;
        this.written = () -> Long.MAX_VALUE;
    }

    /** @param written all below this position is in its file */
    LogReader(SegmentFiles files, PendingBatches pending, LongSupplier written) {
        this.files = files;
        this.pending = pending;
        this.written = written;
    }

    /**
     * The record at this position, from memory where it has not been written yet.
     *
     * @return its body is valid until the next call
     * @throws IOException where it cannot be read: {@link StoreDamaged} where it is not there or is not what was written
     */
    StoredRecord read(long position) throws IOException {
        ByteBuffer frame = frame(position);
        return new StoredRecord(position, RecordFrame.type(frame, 0), RecordFrame.body(frame, 0, frame.limit()));
    }

    /** All of the record as it stands in the log, from 0 to the limit; valid until the next call. */
    ByteBuffer frame(long position) throws IOException {
        @Nullable
        ByteBuffer unwritten = pending == null || position < written.getAsLong() ? null : pending.copy(position);
        return unwritten != null ? unwritten : stored(position);
    }

    private ByteBuffer stored(long position) throws IOException {
        int number = Position.segment(position);
        @Nullable Segment segment = files.acquireEarly(number);
        if (segment == null) {
            throw new StoreDamaged(SegmentName.of(number), Position.offset(position), "the file is missing");
        }
        try {
            long at = segment.locate(Position.offset(position));
            @Nullable ByteBuffer frame = at < SegmentHeader.BYTES ? null : find(segment, at);
            if (frame == null) {
                throw new StoreDamaged(
                        SegmentName.of(number), Position.offset(position), "there is no intact record at this place");
            }
            return frame;
        } finally {
            segment.release();
        }
    }

    /** The record at this place of the file; null where none is intact. */
    private @Nullable ByteBuffer find(Segment segment, long at) throws IOException {
        boolean isInWindow = segment == windowSegment && at >= windowAt && at < windowAt + window.limit();
        if (isInWindow) {
            @Nullable ByteBuffer frame = inWindow((int) (at - windowAt));
            if (frame != null) {
                return frame;
            }
        }
        boolean isNear = segment == windowSegment && at >= windowAt && at < windowAt + 2 * WINDOW_BYTES;
        load(segment, at, isNear ? WINDOW_BYTES : SINGLE_BYTES);
        if (window.limit() < RecordFrame.HEADER_BYTES) {
            return null;
        }
        @Nullable ByteBuffer frame = inWindow(0);
        return frame != null ? frame : large(segment, at);
    }

    private void load(Segment segment, long at, int bytes) throws IOException {
        windowSegment = null;
        window.clear().limit(bytes);
        int read = segment.read(window, at);
        window.position(0).limit(read);
        windowSegment = segment;
        windowAt = at;
    }

    private @Nullable ByteBuffer inWindow(int at) {
        if (window.limit() - at < RecordFrame.HEADER_BYTES) {
            return null;
        }
        int length = RecordFrame.length(window, at, window.limit());
        return length > 0 && RecordFrame.isIntact(window, at, length) ? window.slice(at, length) : null;
    }

    /** One that is larger than what was read; the window begins with it. */
    private @Nullable ByteBuffer large(Segment segment, long at) throws IOException {
        int limit = (int) Math.min(Integer.MAX_VALUE, segment.bytes() - at);
        int length = RecordFrame.length(window, 0, limit);
        if (length <= window.limit()) {
            return null;
        }
        ByteBuffer frame = ByteBuffer.allocate(length);
        return segment.read(frame, at) == length && RecordFrame.isIntact(frame.rewind(), 0, length) ? frame : null;
    }
}
