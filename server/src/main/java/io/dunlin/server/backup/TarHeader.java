package io.dunlin.server.backup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What stands before each part of a backup: a header of the form ustar, as {@code tar} knows it. It is written in one way only, and
 * only what is written so is read: a byte that was changed shows.
 *
 * @param name of ASCII, at most 100 characters
 * @param bytes how long the part is
 * @param seconds when it was made, since 1970
 */
record TarHeader(String name, long bytes, long seconds) {
    /** Headers take one, and parts are filled up with zeros to whole ones. */
    static final int BLOCK_BYTES = 512;

    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int TIME_AT = 136;
    private static final int SUM_AT = 148;
    private static final int SUM_BYTES = 8;
    /** Larger sizes do not fit as octal digits and stand there in binary, as GNU's tar writes them. */
    private static final long OCTAL_END = 1L << 33;

    byte[] encoded() {
        byte[] block = new byte[BLOCK_BYTES];
        put(block, 0, name);
        put(block, 100, "0000600");
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        if (bytes < OCTAL_END) {
            put(block, SIZE_AT, "%011o".formatted(bytes));
        } else {
            block[SIZE_AT] = (byte) 0x80;
            ByteBuffer.wrap(block).putLong(SIZE_AT + SIZE_BYTES - Long.BYTES, bytes);
        }
        put(block, TIME_AT, "%011o".formatted(seconds));
        put(block, 156, "0");
        put(block, 257, "ustar");
        put(block, 263, "00");
        Arrays.fill(block, SUM_AT, SUM_AT + SUM_BYTES, (byte) ' ');
        int sum = 0;
        for (byte one : block) {
            sum += one & 0xFF;
        }
        put(block, SUM_AT, "%06o\0".formatted(sum));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, block, at, ascii.length);
    }

    /** Empty where these bytes are none that {@link #encoded} gives. */
    static Optional<TarHeader> read(byte[] block) {
        int end = 0;
        while (end < NAME_BYTES && block[end] != 0) {
            end++;
        }
        String name = new String(block, 0, end, StandardCharsets.US_ASCII);
        long bytes = block[SIZE_AT] == (byte) 0x80
                ? ByteBuffer.wrap(block).getLong(SIZE_AT + SIZE_BYTES - Long.BYTES)
                : octal(block, SIZE_AT);
        long seconds = octal(block, TIME_AT);
        if (name.isEmpty() || bytes < 0 || seconds < 0) {
            return Optional.empty();
        }
        TarHeader header = new TarHeader(name, bytes, seconds);
        return Arrays.equals(header.encoded(), block) ? Optional.of(header) : Optional.empty();
    }

    /** Eleven octal digits; below 0 where there are none. */
    private static long octal(byte[] block, int at) {
        long value = 0;
        for (int i = at; i < at + SIZE_BYTES - 1; i++) {
            if (block[i] < '0' || block[i] > '7') {
                return -1;
            }
            value = value * 8 + (block[i] - '0');
        }
        return value;
    }

    /** How many zeros follow a part. */
    int padding() {
        return (int) ((BLOCK_BYTES - bytes % BLOCK_BYTES) % BLOCK_BYTES);
    }
}
