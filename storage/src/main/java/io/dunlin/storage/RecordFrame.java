package io.dunlin.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** How a record stands in the log: length of the body, CRC32C of type and body, type, body. */
final class RecordFrame {
    static final int HEADER_BYTES = 9;
    static final int AT_CRC = 4;
    static final int AT_TYPE = 8;

    private RecordFrame() {}

    static int crc(int type, byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /**
     * The length of the whole record at this index; 0 where there is none, or where it does not end before the limit.
     *
     * @param at there are at least {@link #HEADER_BYTES} before the limit
     */
    static int length(ByteBuffer bytes, int at, int limit) {
        int body = bytes.getInt(at);
        boolean sound = body >= 0
                && body <= SegmentLog.BODY_BYTES_MAX
                && body <= limit - at - HEADER_BYTES
                && bytes.get(at + AT_TYPE) != 0;
        return sound ? HEADER_BYTES + body : 0;
    }

    /** Whether the record at this index is what was written. @param length of all of it, which is there */
    static boolean isIntact(ByteBuffer bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + AT_TYPE, length - AT_TYPE));
        return (int) crc.getValue() == bytes.getInt(at + AT_CRC);
    }

    static int type(ByteBuffer bytes, int at) {
        return bytes.get(at + AT_TYPE) & 0xFF;
    }

    static ByteBuffer body(ByteBuffer bytes, int at, int length) {
        return bytes.slice(at + HEADER_BYTES, length - HEADER_BYTES);
    }
}
