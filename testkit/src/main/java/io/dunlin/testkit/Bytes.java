package io.dunlin.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes packets byte by byte, wrong ones included. */
public final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Bytes() {}

    /** From hexadecimal digits; blanks are ignored. */
    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s+", ""));
    }

    public static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    /** A packet: first byte, remaining length, body. */
    public static byte[] packet(int firstByte, byte[] body) {
        return new Bytes().u8(firstByte).variable(body.length).raw(body).toArray();
    }

    public static byte[] packet(int firstByte, Bytes body) {
        return packet(firstByte, body.toArray());
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public Bytes u8(int value) {
        out.write(value);
        return this;
    }

    public Bytes u16(int value) {
        return u8(value >> 8).u8(value);
    }

    public Bytes u32(long value) {
        return u16((int) (value >> 16)).u16((int) value);
    }

    public Bytes variable(int value) {
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            u8(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        return this;
    }

    public Bytes text(String value) {
        return binary(utf8(value));
    }

    /** Two bytes of length, then the bytes: a string or binary data. */
    public Bytes binary(byte[] value) {
        return u16(value.length).raw(value);
    }

    public Bytes raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    public Bytes raw(String hex) {
        return raw(hex(hex));
    }

    /** With their length before: a property list. */
    public Bytes counted(Bytes content) {
        byte[] bytes = content.toArray();
        return variable(bytes.length).raw(bytes);
    }

    public byte[] toArray() {
        return out.toByteArray();
    }
}
