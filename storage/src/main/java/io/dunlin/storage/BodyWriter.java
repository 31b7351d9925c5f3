package io.dunlin.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects the body of a record in an array that is used again for the next one. Thread: one. */
final class BodyWriter {
    private static final int START_BYTES = 1024;
    private static final int KEPT_BYTES_MAX = 1 << 20;
    private static final int NUMBER_BYTES_MAX = 10;

    private byte[] bytes = new byte[START_BYTES];
    private int size;

    /** Begins anew; an array that one huge record has made is let go. */
    BodyWriter clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[START_BYTES];
        }
        return this;
    }

    /** The body is in its first {@link #size} bytes. Only until the next call. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** A copy of what was written. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void oneByte(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    /** An unsigned number in groups of seven bits, the lowest first: 1 to 10 bytes. */
    void number(long value) {
        room(NUMBER_BYTES_MAX);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A number of which small ones of both signs are short. */
    void signed(long value) {
        number(value << 1 ^ value >> 63);
    }

    /** Eight bytes, the highest first. */
    void eightBytes(long value) {
        room(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    /** UTF-8 with its length in front. */
    void text(String text) {
        int length = text.length();
        int start = size;
        number(length);
        room(length);
        byte[] to = bytes;
        int at = size;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size = start;
                binary(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
            to[at++] = (byte) c;
        }
        size = at;
    }

    /** Bytes with their number in front. */
    void binary(byte[] data) {
        number(data.length);
        raw(data, 0, data.length);
    }

    void raw(byte[] data, int from, int length) {
        room(length);
        System.arraycopy(data, from, bytes, size, length);
        size += length;
    }

    /** Room for so many bytes that the caller fills at once. */
    ByteBuffer next(int length) {
        room(length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes, size, length);
        size += length;
        return buffer;
    }

    /** Numbers that mostly grow by little, with their count in front. */
    void growing(long[] numbers) {
        number(numbers.length);
        long last = 0;
        for (long number : numbers) {
            signed(number - last);
            last = number;
        }
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max(2L * bytes.length, (long) size + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
        }
    }
}
