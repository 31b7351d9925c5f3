package io.dunlin.fleet.payload;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The wire format of Protocol Buffers, as far as Sparkplug needs it: varints, fixed 32 and 64 bits, and lengths. */
final class Protobuf {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;

    private Protobuf() {}

    /** Collects the fields of one message. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

        Writer varint(int field, long value) {
            key(field, VARINT);
            raw(value);
            return this;
        }

        Writer fixed32(int field, int bits) {
            key(field, FIXED32);
            little(bits, 4);
            return this;
        }

        Writer fixed64(int field, long bits) {
            key(field, FIXED64);
            little(bits, 8);
            return this;
        }

        Writer text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Writer bytes(int field, byte[] bytes) {
            key(field, LENGTH);
            raw(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void key(int field, int type) {
            raw((long) field << 3 | type);
        }

        private void raw(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        private void little(long bits, int count) {
            for (int i = 0; i < count; i++) {
                out.write((int) (bits >>> 8 * i));
            }
        }
    }

    /** Walks through the fields of one message. Everything malformed is an IllegalArgumentException. */
    static final class Reader {
        private final byte[] bytes;
        private int at;
        private int type;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        /** The number of the next field, or 0 at the end. */
        int next() {
            if (at == bytes.length) {
                return 0;
            }
            long key = raw();
            type = (int) (key & 7);
            return (int) (key >>> 3);
        }

        /** The value of a varint or fixed field. */
        long number() {
            return switch (type) {
                case VARINT -> raw();
                case FIXED64 -> little(8);
                case FIXED32 -> little(4);
                default -> throw malformed();
            };
        }

        byte[] bytes() {
            if (type != LENGTH) {
                throw malformed();
            }
            long length = raw();
            if (length < 0 || length > bytes.length - at) {
                throw malformed();
            }
            at += (int) length;
            return Arrays.copyOfRange(bytes, at - (int) length, at);
        }

        String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }

        void skip() {
            if (type == LENGTH) {
                bytes();
            } else {
                number();
            }
        }

        private long raw() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte next = one();
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw malformed();
        }

        private long little(int count) {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value |= (one() & 0xFFL) << 8 * i;
            }
            return value;
        }

        private byte one() {
            if (at == bytes.length) {
                throw malformed();
            }
            return bytes[at++];
        }

        private static IllegalArgumentException malformed() {
            return new IllegalArgumentException("The payload is no Protocol Buffers message.");
        }
    }
}
