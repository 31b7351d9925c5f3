package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the frames of a file of the state log; they look like the records of the log. */
final class StateFrames {
    static final int SESSION = 1;
    static final int SESSION_GONE = 2;
    static final int RETAINED = 3;
    static final int RETAINED_GONE = 4;
    static final int MARK = 5;

    private static final int BUFFER_BYTES = 1 << 20;

    private final DiskFile file;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private long bufferAt;
    private int buffered;

    StateFrames(DiskFile file) {
        this.file = file;
    }

    /** Takes frames in their order. */
    @FunctionalInterface
    interface Visitor {
        /** @param bytes the body is there between the two indexes; valid only during the call */
        void frame(long at, int type, byte[] bytes, int from, int to) throws IOException;
    }

    /**
     * Gives the frames between two places.
     *
     * @param verify whether to look at the CRC of each
     * @return where the last frame ends that is what was written: where that is not the end, something else follows
     */
    long each(long start, long end, boolean verify, Visitor visitor) throws IOException {
        long at = start;
        while (end - at >= RecordFrame.HEADER_BYTES) {
            int index = load(at, RecordFrame.HEADER_BYTES, end);
            int length = index < 0 ? 0 : length(index, end - at);
            if (length == 0) {
                return at;
            }
            index = load(at, length, end);
            ByteBuffer bytes = ByteBuffer.wrap(buffer);
            if (index < 0 || verify && !RecordFrame.isIntact(bytes, index, length)) {
                return at;
            }
            int type = RecordFrame.type(bytes, index);
            visitor.frame(at, type, buffer, index + RecordFrame.HEADER_BYTES, index + length);
            at += length;
        }
        return at;
    }

    /** Is told what cannot be read. */
    @FunctionalInterface
    interface Damage {
        void lost(long from, long to);
    }

    /** Gives all frames between two places that are what was written, whatever stands between them. */
    void eachReadable(long start, long end, Visitor visitor, Damage damage) throws IOException {
        long at = each(start, end, true, visitor);
        while (at < end) {
            long next = next(at + 1, end);
            damage.lost(at, next);
            at = each(next, end, true, visitor);
        }
    }

    /** Where at or after this place a frame stands that is what was written; the end where none does. */
    private long next(long start, long end) throws IOException {
        for (long at = start; end - at >= RecordFrame.HEADER_BYTES; at++) {
            int index = load(at, RecordFrame.HEADER_BYTES, end);
            int length = index < 0 || buffer[index + RecordFrame.AT_TYPE] > MARK ? 0 : length(index, end - at);
            if (length > 0) {
                index = load(at, length, end);
                if (index >= 0 && RecordFrame.isIntact(ByteBuffer.wrap(buffer), index, length)) {
                    return at;
                }
            }
        }
        return end;
    }

    private int length(int index, long rest) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer);
        int limit = (int) Math.min(index + rest, Integer.MAX_VALUE);
        return RecordFrame.length(bytes, index, limit);
    }

    /** Brings so many bytes from this place into the buffer; returns where in it they are, -1 where the file ends before. */
    private int load(long at, int length, long end) throws IOException {
        if (at >= bufferAt && at + length <= bufferAt + buffered) {
            return (int) (at - bufferAt);
        }
        if (length > buffer.length) {
            buffer = new byte[length];
        }
        int wanted = (int) Math.min(buffer.length, end - at);
        buffered = file.read(ByteBuffer.wrap(buffer, 0, wanted), at);
        bufferAt = at;
        return buffered >= length ? 0 : -1;
    }

    /** Where behind this place a mark stands that is whole; -1 where none does. */
    long markAfter(long start, long end, StoreId storeId) throws IOException {
        byte[] sought = new byte[1 + StoreId.BYTES];
        sought[0] = MARK;
        storeId.write(ByteBuffer.wrap(sought), 1);
        byte[] window = new byte[BUFFER_BYTES];
        long at = start;
        while (end - at >= sought.length) {
            int length = file.read(ByteBuffer.wrap(window, 0, (int) Math.min(window.length, end - at)), at);
            for (int i = 0; i <= length - sought.length; i++) {
                if (window[i] == MARK && Arrays.equals(window, i, i + sought.length, sought, 0, sought.length)) {
                    long frameAt = at + i - RecordFrame.AT_TYPE;
                    if (frameAt >= start && markAt(frameAt, end, storeId) != null) {
                        return frameAt;
                    }
                }
            }
            at += Math.max(1, length - sought.length + 1);
        }
        return -1;
    }

    @Nullable
    Mark markAt(long frameAt, long end, StoreId storeId) throws IOException {
        int index = load(frameAt, RecordFrame.HEADER_BYTES, end);
        int length = index < 0 ? 0 : length(index, end - frameAt);
        index = length == 0 ? -1 : load(frameAt, length, end);
        if (index < 0 || !RecordFrame.isIntact(ByteBuffer.wrap(buffer), index, length)) {
            return null;
        }
        try {
            return Mark.read(storeId, frameAt, buffer, index + RecordFrame.HEADER_BYTES, index + length);
        } catch (BadRecord e) {
            return null;
        }
    }
}
