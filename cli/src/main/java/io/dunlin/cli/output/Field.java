package io.dunlin.cli.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * How one parameter of a format is laid out.
 *
 * @param pad blank or '0'
 * @param width at least so wide; 0 for no width
 * @param precision at most so many characters, or digits in a group; -1 for none
 * @param separator between groups of hexadecimal digits, 0 for none
 */
record Field(boolean left, char pad, int width, int precision, char separator) {

    /** A number: zero padding counts, unless it stands left. */
    void number(long value, ByteArrayOutputStream out) {
        number(String.valueOf(value), out);
    }

    void number(String digits, ByteArrayOutputStream out) {
        boolean zeros = pad == '0' && !left && !digits.startsWith("n") && !digits.endsWith("f");
        boolean negative = zeros && digits.startsWith("-");
        if (negative) {
            out.write('-');
        }
        String rest = negative ? digits.substring(1) : digits;
        bytes(rest.getBytes(StandardCharsets.US_ASCII), negative ? width - 1 : width, zeros ? '0' : ' ', out);
    }

    /** A text: width and precision count bytes, as C does, but a character is never cut. */
    void text(String value, ByteArrayOutputStream out) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (precision >= 0 && precision < length) {
            length = precision;
            while (length > 0 && (utf8[length] & 0xC0) == 0x80) {
                length--;
            }
        }
        byte[] cut = new byte[length];
        System.arraycopy(utf8, 0, cut, 0, length);
        bytes(cut, width, ' ', out);
    }

    /** The payload as it is; a width also cuts it. */
    void payload(byte[] payload, ByteArrayOutputStream out) {
        byte[] cut = payload;
        if (width > 0 && payload.length > width) {
            cut = new byte[width];
            System.arraycopy(payload, 0, cut, 0, width);
        }
        bytes(cut, width, pad, out);
    }

    /** The payload in hexadecimal digits; a width cuts it to whole bytes, a precision makes groups of digits. */
    void hex(byte[] payload, boolean upper, ByteArrayOutputStream out) {
        String digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        int count = width > 0 ? Math.min(payload.length, width / 2) : payload.length;
        ByteArrayOutputStream text = new ByteArrayOutputStream(count * 3);
        for (int i = 0; i < count * 2; i++) {
            if (separator != 0 && precision > 0 && i > 0 && i % precision == 0) {
                text.write(separator);
            }
            int nibble = i % 2 == 0 ? payload[i / 2] >> 4 : payload[i / 2];
            text.write(digits.charAt(nibble & 0x0F));
        }
        bytes(text.toByteArray(), width, left ? ' ' : pad, out);
    }

    /** What is absent, but keeps its width. */
    void blank(char with, ByteArrayOutputStream out) {
        fill(with, width, out);
    }

    private void bytes(byte[] value, int least, char with, ByteArrayOutputStream out) {
        if (!left) {
            fill(with, least - value.length, out);
        }
        out.writeBytes(value);
        if (left) {
            fill(' ', least - value.length, out);
        }
    }

    private static void fill(char with, int count, ByteArrayOutputStream out) {
        for (int i = 0; i < count; i++) {
            out.write(with);
        }
    }
}
