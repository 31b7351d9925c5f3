package io.dunlin.cli.output;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Shows a binary encoding as JSON. Byte strings become base64, keys that are no text become their JSON in quotes, and numbers
 * that JSON has not (NaN, infinity) become text.
 */
abstract class BinaryView {
    private static final int DEPTH_MAX = 200;

    final ByteBuffer in;
    final StringBuilder out = new StringBuilder();
    private int depth;

    BinaryView(byte[] payload) {
        this.in = ByteBuffer.wrap(payload);
    }

    /** The bytes are no such encoding. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what, null, false, false);
        }
    }

    /** The one value that the payload holds. @throws Malformed with what is wrong, after the words "is not CBOR: " */
    final String json() throws Malformed {
        try {
            value();
        } catch (BufferUnderflowException e) {
            throw new Malformed("it ends in the middle of a value");
        }
        if (in.hasRemaining()) {
            throw new Malformed(in.remaining() + " bytes follow the value");
        }
        return out.toString();
    }

    /** Reads one value and writes it. */
    abstract void value() throws Malformed;

    final void enter() throws Malformed {
        depth++;
        if (depth > DEPTH_MAX) {
            throw new Malformed("values are nested more than " + DEPTH_MAX + " deep");
        }
    }

    final void leave() {
        depth--;
    }

    final void array(long count) throws Malformed {
        enter();
        out.append('[');
        for (long i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",");
            value();
        }
        out.append(']');
        leave();
    }

    final void map(long count) throws Malformed {
        enter();
        out.append('{');
        for (long i = 0; i < count; i++) {
            out.append(i == 0 ? "" : ",");
            key();
            value();
        }
        out.append('}');
        leave();
    }

    /** A key, and the colon after it. */
    final void key() throws Malformed {
        int start = out.length();
        value();
        if (out.charAt(start) != '"') {
            String json = out.substring(start);
            out.setLength(start);
            Json.quote(json, out);
        }
        out.append(':');
    }

    final byte[] take(long length) throws Malformed {
        if (length < 0 || length > in.remaining()) {
            throw new Malformed("it ends in the middle of a value");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    final void text(long length) throws Malformed {
        Json.quote(new String(take(length), StandardCharsets.UTF_8), out);
    }

    final void bytes(byte[] bytes) {
        out.append('"').append(Base64.getEncoder().encodeToString(bytes)).append('"');
    }

    final void number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.append('"').append(value).append('"');
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value).append(".0");
        } else {
            out.append(value);
        }
    }

    final void single(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value) || value == Math.rint(value)) {
            number(value);
        } else {
            out.append(value); // the shortest digits of a float, not those of the double that it widens to
        }
    }
}
