package io.dunlin.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A batch in memory: room for its header, then records. It knows where in the log it will stand. Guarded by {@link PendingBatches}. */
final class BatchBuffer {
    private final ByteBuffer bytes;
    private int segment;
    private int start;
    private int segmentLimit;
    private boolean wantsDisk;

    /** Off the heap, so that writing it copies nothing. */
    static BatchBuffer reusable(int bytes) {
        return new BatchBuffer(ByteBuffer.allocateDirect(bytes));
    }

    /** For a record that is larger than a batch. */
    static BatchBuffer once(int bytes) {
        return new BatchBuffer(ByteBuffer.allocate(bytes));
    }

    private BatchBuffer(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** @param segmentLimit how far the segment may be filled */
    void begin(int segment, int start, int segmentLimit) {
        this.segment = segment;
        this.start = start;
        this.segmentLimit = segmentLimit;
        this.wantsDisk = false;
        bytes.clear().position(BatchHeader.BYTES);
    }

    boolean isReusable() {
        return bytes.isDirect();
    }

    boolean fits(int recordBytes) {
        return recordBytes <= bytes.remaining() && recordBytes <= segmentLimit - start - bytes.position();
    }

    /** Where the record begins. */
    long add(int type, int crc, byte[] from, int at, int length) {
        int offset = start + bytes.position();
        bytes.putInt(length).putInt(crc).put((byte) type).put(from, at, length);
        return Position.of(segment, offset);
    }

    void wantDisk() {
        wantsDisk = true;
    }

    boolean wantsDisk() {
        return wantsDisk;
    }

    int segment() {
        return segment;
    }

    int start() {
        return start;
    }

    int segmentLimit() {
        return segmentLimit;
    }

    /** The offset after its last record. */
    int end() {
        return start + bytes.position();
    }

    long endPosition() {
        return Position.of(segment, end());
    }

    int recordBytes() {
        return bytes.position() - BatchHeader.BYTES;
    }

    boolean has(long position) {
        int offset = Position.offset(position);
        return Position.segment(position) == segment && offset >= start + BatchHeader.BYTES && offset < end();
    }

    /** A copy of the record at this position, which is in it; null where none begins there. */
    @Nullable
    ByteBuffer copy(long position) {
        int at = Position.offset(position) - start;
        int limit = bytes.position();
        int length = at + RecordFrame.HEADER_BYTES > limit ? 0 : RecordFrame.length(bytes, at, limit);
        return length == 0 ? null : ByteBuffer.allocate(length).put(0, bytes, at, length);
    }

    /** All of it with this header, to be written at {@link #start}. */
    ByteBuffer sealed(StoreId storeId, long epoch, long durableUpTo, long previousEnd) {
        new BatchHeader(Position.of(segment, start), recordBytes(), epoch, durableUpTo, previousEnd, 0)
                .write(bytes, 0, storeId);
        return bytes.duplicate().flip();
    }
}
