package io.dunlin.protocol.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 as the specification wants it (MQTT 5, section 1.5.4): no overlong forms, no surrogates, nothing above U+10FFFF; in
 * strings no U+0000 either. A byte order mark is a character like any other [MQTT-1.5.4-3] [MQTT311-1.5.3-3].
 */
public final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long SEVENS = 0x7F7F_7F7F_7F7F_7F7FL;

    // What scan() finds; bits that add up.
    private static final int BEYOND_ASCII = 1;
    private static final int NUL = 2;
    private static final int ILL_FORMED = 4;

    private Utf8() {}

    /** Whether the bytes are well-formed UTF-8; U+0000 may occur: the rule for payloads (3.3.2.3.2). */
    public static boolean isValid(byte[] bytes) {
        return (scan(bytes, 0, bytes.length) & ILL_FORMED) == 0;
    }

    /** Whether the text can be sent as a string: no unpaired surrogate, no U+0000, at most 65,535 bytes. */
    public static boolean isValid(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || isUnpaired(text, i)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
            }
        }
        return bytes(text) <= 0xFFFF;
    }

    /** The string in these bytes; malformed ones are refused, as is U+0000. */
    static String decode(byte[] bytes, int from, int length) {
        if (length == 0) {
            return "";
        }
        int found = scan(bytes, from, from + length);
        if (found == 0) {
            return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        }
        if ((found & ILL_FORMED) != 0) { // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
            throw Wire.malformed("a string is not well-formed UTF-8");
        }
        if ((found & NUL) != 0) { // [MQTT-1.5.4-2] [MQTT311-1.5.3-2]
            throw Wire.malformed("a string has U+0000 in it");
        }
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    /** The number of bytes of the text as UTF-8, where U+FFFD stands for an unpaired surrogate. */
    static int bytes(String text) {
        int length = text.length();
        int bytes = length;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += c < 0x800 ? 1 : 2;
                if (Character.isSurrogate(c) && !isUnpaired(text, i)) {
                    i++; // four bytes for two chars
                }
            }
        }
        return bytes;
    }

    /** Writes exactly as many bytes as {@link #bytes} said. */
    @SuppressWarnings("deprecation")
    static void put(String text, int bytes, ByteBuffer out) {
        int length = text.length();
        if (bytes == length && out.hasArray()) {
            int at = out.position();
            out.position(at + length);
            // It drops the high bytes, of which ASCII has none, and nothing copies faster.
            text.getBytes(0, length, out.array(), out.arrayOffset() + at);
            return;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out.put((byte) c);
            } else if (c < 0x800) {
                out.put((byte) (0xC0 | c >> 6)).put((byte) (0x80 | c & 0x3F));
            } else if (!Character.isSurrogate(c) || isUnpaired(text, i)) {
                char whole = Character.isSurrogate(c) ? '\uFFFD' : c;
                out.put((byte) (0xE0 | whole >> 12)).put((byte) (0x80 | whole >> 6 & 0x3F));
                out.put((byte) (0x80 | whole & 0x3F));
            } else {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out.put((byte) (0xF0 | point >> 18)).put((byte) (0x80 | point >> 12 & 0x3F));
                out.put((byte) (0x80 | point >> 6 & 0x3F)).put((byte) (0x80 | point & 0x3F));
            }
        }
    }

    private static boolean isUnpaired(String text, int index) {
        char c = text.charAt(index);
        if (!Character.isSurrogate(c)) {
            return false;
        }
        return Character.isLowSurrogate(c)
                || index + 1 == text.length()
                || !Character.isLowSurrogate(text.charAt(index + 1));
    }

    private static int scan(byte[] bytes, int from, int to) {
        int found = 0;
        int i = from;
        while (i < to) {
            while (i + Long.BYTES <= to) { // eight ASCII characters at a time
                long word = (long) LONGS.get(bytes, i);
                if ((word & HIGH_BITS) != 0) {
                    break;
                }
                if ((word + SEVENS & HIGH_BITS) != HIGH_BITS) {
                    found |= NUL;
                }
                i += Long.BYTES;
            }
            if (i == to) {
                break;
            }
            int b = bytes[i];
            if (b >= 0) {
                found |= b == 0 ? NUL : 0;
                i++;
            } else {
                int length = sequence(bytes, i, to);
                if (length == 0) {
                    return found | ILL_FORMED;
                }
                found |= BEYOND_ASCII;
                i += length;
            }
        }
        return found;
    }

    /** The length of the well-formed sequence of two to four bytes at this index, or 0. */
    private static int sequence(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xFF;
        int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80; // below: overlong
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF; // above: surrogate, or above U+10FFFF
        if (second < low || second > high) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
