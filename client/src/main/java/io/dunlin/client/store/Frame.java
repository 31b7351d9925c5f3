package io.dunlin.client.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands around the body of a record: its length, a checksum of place and length, a checksum of the body, and after it one
 * byte that is never 0. The two checksums tell a record that was cut short (intact head, too few bytes) from one that was
 * changed; the last byte tells it from one that the device had not written when the power went (zeros).
 */
final class Frame {
    /** Length 4, checksum of the head 4, checksum of the body 4. */
    static final int HEAD_BYTES = 12;

    static final int BYTES = HEAD_BYTES + 1;
    static final byte END = (byte) 0xA5;

    private Frame() {}

    /** Fills in what stands around a body, which begins {@link #HEAD_BYTES} after {@code start}, to be written at {@code at}. */
    static void close(byte[] record, int start, int bodyBytes, long at) {
        int bodyAt = start + HEAD_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(record, bodyAt, bodyBytes);
        putHead(record, start, bodyBytes, (int) crc.getValue(), at);
        record[bodyAt + bodyBytes] = END;
    }

    static void putHead(byte[] record, int start, int bodyBytes, int bodyCrc, long at) {
        ByteBuffer.wrap(record, start, HEAD_BYTES)
                .putInt(bodyBytes)
                .putInt(headCrc(at, bodyBytes))
                .putInt(bodyCrc);
    }

    /** The length of the body where the head is intact, else -1. */
    static int bodyBytes(byte[] head, int from, long at) {
        ByteBuffer buffer = ByteBuffer.wrap(head, from, HEAD_BYTES);
        int bodyBytes = buffer.getInt();
        return bodyBytes > 0 && buffer.getInt() == headCrc(at, bodyBytes) ? bodyBytes : -1;
    }

    static int bodyCrc(byte[] head, int from) {
        return ByteBuffer.wrap(head, from, HEAD_BYTES).getInt(from + 8);
    }

    private static int headCrc(long at, int bodyBytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(at)
                .putInt(bodyBytes)
                .flip());
        return (int) crc.getValue();
    }
}
