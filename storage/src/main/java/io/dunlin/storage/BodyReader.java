package io.dunlin.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link BodyWriter} has written, and refuses to read beyond the end. Nothing is allocated for a length that is not there. */
final class BodyReader {
    private static final byte[] NO_BYTES = {};
    private static final long[] NO_NUMBERS = {};

    private final byte[] bytes;
    private final int limit;
    private int position;

    BodyReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.limit = to;
    }

    int position() {
        return position;
    }

    int oneByte() throws BadRecord {
        if (position >= limit) {
            throw ended();
        }
        return bytes[position++] & 0xFF;
    }

    long number() throws BadRecord {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = oneByte();
            value |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new BadRecord("a number has more than ten bytes");
    }

    long signed() throws BadRecord {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    /** A number from 0 to the largest that is allowed. */
    int upTo(int max) throws BadRecord {
        long value = number();
        if (value < 0 || value > max) {
            throw new BadRecord("a number is " + Long.toUnsignedString(value) + " where at most " + max + " can stand");
        }
        return (int) value;
    }

    /** A number that is not negative. */
    long natural() throws BadRecord {
        long value = number();
        if (value < 0) {
            throw new BadRecord("a number is too large");
        }
        return value;
    }

    /** How many things follow, each of which takes at least so many bytes. */
    int count(int bytesEachMin) throws BadRecord {
        long value = number();
        if (value < 0 || value > (limit - position) / bytesEachMin) {
            throw ended();
        }
        return (int) value;
    }

    long eightBytes() throws BadRecord {
        need(Long.BYTES);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | bytes[position++] & 0xFF;
        }
        return value;
    }

    String text() throws BadRecord {
        int length = count(1);
        position += length;
        return new String(bytes, position - length, length, StandardCharsets.UTF_8);
    }

    byte[] binary() throws BadRecord {
        int length = count(1);
        position += length;
        return length == 0 ? NO_BYTES : Arrays.copyOfRange(bytes, position - length, position);
    }

    /** Whether the text that stands next has these bytes; it is passed over. */
    boolean isText(byte[] utf8) throws BadRecord {
        int length = count(1);
        int from = position;
        position += length;
        return Arrays.equals(bytes, from, position, utf8, 0, utf8.length);
    }

    void skip(int length) throws BadRecord {
        need(length);
        position += length;
    }

    long[] growing() throws BadRecord {
        int count = count(1);
        if (count == 0) {
            return NO_NUMBERS;
        }
        long[] numbers = new long[count];
        long last = 0;
        for (int i = 0; i < count; i++) {
            last += signed();
            numbers[i] = last;
        }
        return numbers;
    }

    void expectEnd() throws BadRecord {
        if (position != limit) {
            throw new BadRecord("it is longer than its content");
        }
    }

    private void need(int length) throws BadRecord {
        if (length > limit - position) {
            throw ended();
        }
    }

    private static BadRecord ended() {
        return new BadRecord("it ends in the middle of a field");
    }
}
