package io.dunlin.cli.output;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** CBOR (RFC 8949) as JSON. Tags are left out, but for big numbers. */
final class CborView extends BinaryView {
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xFF;
    private static final int TAG_BIG_POSITIVE = 2;
    private static final int TAG_BIG_NEGATIVE = 3;

    CborView(byte[] payload) {
        super(payload);
    }

    @Override
    void value() throws Malformed {
        int head = in.get() & 0xFF;
        int kind = head >> 5;
        int info = head & 31;
        if (info == INDEFINITE) {
            indefinite(kind);
            return;
        }
        if (kind == 7) {
            simple(info);
            return;
        }
        long argument = argument(info);
        switch (kind) {
            case 0 -> out.append(Long.toUnsignedString(argument));
            case 1 -> out.append(BigInteger.ONE.negate().subtract(unsigned(argument)));
            case 2 -> bytes(take(argument));
            case 3 -> text(argument);
            case 4 -> array(bounded(argument));
            case 5 -> map(bounded(argument));
            default -> tagged(argument);
        }
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    /** A count of elements: each takes a byte at least. */
    private long bounded(long count) throws Malformed {
        if (count < 0 || count > in.remaining()) {
            throw new Malformed("it ends in the middle of a value");
        }
        return count;
    }

    private long argument(int info) throws Malformed {
        return switch (info) {
            case 24 -> in.get() & 0xFF;
            case 25 -> in.getShort() & 0xFFFF;
            case 26 -> in.getInt() & 0xFFFF_FFFFL;
            case 27 -> in.getLong();
            case 28, 29, 30 -> throw new Malformed("it has a length of a kind that does not exist (" + info + ")");
            default -> info;
        };
    }

    private void simple(int info) throws Malformed {
        switch (info) {
            case 20 -> out.append("false");
            case 21 -> out.append("true");
            case 22, 23 -> out.append("null");
            case 25 -> single(Float.float16ToFloat(in.getShort()));
            case 26 -> single(in.getFloat());
            case 27 -> number(in.getDouble());
            default -> out.append("\"simple(").append(argument(info)).append(")\"");
        }
    }

    private void tagged(long tag) throws Malformed {
        enter();
        boolean big = tag == TAG_BIG_POSITIVE || tag == TAG_BIG_NEGATIVE;
        int next = in.hasRemaining() ? in.get(in.position()) & 0xFF : 0;
        if (big && next >> 5 == 2 && (next & 31) != INDEFINITE) {
            in.get();
            BigInteger value = new BigInteger(1, take(argument(next & 31)));
            out.append(tag == TAG_BIG_NEGATIVE ? BigInteger.ONE.negate().subtract(value) : value);
        } else {
            value();
        }
        leave();
    }

    private boolean atBreak() {
        if ((in.get(in.position()) & 0xFF) != BREAK) {
            return false;
        }
        in.get();
        return true;
    }

    private void indefinite(int kind) throws Malformed {
        enter();
        switch (kind) {
            case 2, 3 -> chunks(kind);
            case 4, 5 -> elements(kind == 5);
            default -> throw new Malformed("it has an end where there is no beginning");
        }
        leave();
    }

    private void elements(boolean named) throws Malformed {
        out.append(named ? '{' : '[');
        for (boolean first = true; in.hasRemaining(); first = false) {
            if (atBreak()) {
                out.append(named ? '}' : ']');
                return;
            }
            out.append(first ? "" : ",");
            if (named) {
                key();
            }
            value();
        }
        throw new Malformed("it ends in the middle of a value");
    }

    private void chunks(int kind) throws Malformed {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            if (atBreak()) {
                if (kind == 2) {
                    bytes(whole.toByteArray());
                } else {
                    Json.quote(whole.toString(StandardCharsets.UTF_8), out);
                }
                return;
            }
            int head = in.get() & 0xFF;
            if (head >> 5 != kind) {
                throw new Malformed("a part of a text is of another kind");
            }
            whole.writeBytes(take(argument(head & 31)));
        }
        throw new Malformed("it ends in the middle of a value");
    }
}
