package io.dunlin.client.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a file: what it is, in which format, of which client, and the last token that was given out before it was
 * written. It is written once, before the file gets its name.
 */
record Header(int format, String clientId, long lastToken) {
    static final int FORMAT = 1;

    private static final byte[] MAGIC = "DUNLINCS".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_BYTES = MAGIC.length + Integer.BYTES + Long.BYTES + Short.BYTES;
    private static final int ID_BYTES_MAX = 65_535;

    /** Magic 8, format 4, last token 8, bytes of the client id 2, the client id, checksum of all before 4. */
    byte[] encoded() {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        if (id.length > ID_BYTES_MAX) {
            throw new StoreFailed("A client identifier has at most 65,535 bytes: choose a shorter one.", null);
        }
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + id.length + Integer.BYTES);
        out.put(MAGIC)
                .putInt(format)
                .putLong(lastToken)
                .putShort((short) id.length)
                .put(id);
        out.putInt(crc(out.array(), out.position()));
        return out.array();
    }

    /** Null where the file does not begin with an intact header; of a format that is not ours, only the format is read. */
    static @Nullable Header read(Disk.OpenFile file) throws IOException {
        byte[] fixed = new byte[FIXED_BYTES];
        if (file.read(0, fixed, 0, FIXED_BYTES) < FIXED_BYTES
                || !Arrays.equals(MAGIC, 0, MAGIC.length, fixed, 0, MAGIC.length)) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(fixed);
        int format = in.position(MAGIC.length).getInt();
        long lastToken = in.getLong();
        int idBytes = in.getShort() & 0xFFFF;
        int crcAt = FIXED_BYTES + idBytes;
        byte[] all = Arrays.copyOf(fixed, crcAt + Integer.BYTES);
        int rest = all.length - FIXED_BYTES;
        if (file.read(FIXED_BYTES, all, FIXED_BYTES, rest) < rest
                || ByteBuffer.wrap(all).getInt(crcAt) != crc(all, crcAt)) {
            return null;
        }
        return new Header(format, new String(all, FIXED_BYTES, idBytes, StandardCharsets.UTF_8), lastToken);
    }

    private static int crc(byte[] bytes, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, count);
        return (int) crc.getValue();
    }
}
