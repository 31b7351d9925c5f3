package io.dunlin.fleet.payload;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** CBOR (RFC 8949) of a {@link Value}, in its preferred serialisation: lengths known, each number in its shortest form. */
public final class Cbor {
    private static final int UNSIGNED = 0x00;
    private static final int NEGATIVE = 0x20;
    private static final int TEXT = 0x60;
    private static final int ARRAY = 0x80;
    private static final int MAP = 0xA0;
    private static final int FALSE = 0xF4;
    private static final int TRUE = 0xF5;
    private static final int HALF = 0xF9;
    private static final int SINGLE = 0xFA;
    private static final int DOUBLE = 0xFB;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    private Cbor() {}

    public static byte[] bytes(Value value) {
        Cbor cbor = new Cbor();
        cbor.write(value);
        return cbor.out.toByteArray();
    }

    private void write(Value value) {
        switch (value) {
            case Value.Text text -> text(text.text());
            case Value.Whole whole -> {
                long number = whole.whole();
                head(number < 0 ? NEGATIVE : UNSIGNED, number < 0 ? -1 - number : number);
            }
            case Value.Real real -> real(real.rounded());
            case Value.Flag flag -> out.write(flag.on() ? TRUE : FALSE);
            case Value.Row row -> {
                head(ARRAY, row.values().size());
                row.values().forEach(this::write);
            }
            case Value.Tree tree -> {
                head(MAP, tree.fields().size());
                for (Map.Entry<String, Value> field : tree.fields().entrySet()) {
                    text(field.getKey());
                    write(field.getValue());
                }
            }
        }
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(TEXT, utf8.length);
        out.writeBytes(utf8);
    }

    private void real(double number) {
        float single = (float) number;
        if (single != number && !Double.isNaN(number)) {
            out.write(DOUBLE);
            bytes(Double.doubleToLongBits(number), 8);
            return;
        }
        short half = Float.floatToFloat16(single);
        if (Float.float16ToFloat(half) == single || Double.isNaN(number)) {
            out.write(HALF);
            bytes(half, 2);
        } else {
            out.write(SINGLE);
            bytes(Float.floatToIntBits(single), 4);
        }
    }

    private void head(int major, long count) {
        if (count < 24) {
            out.write(major | (int) count);
        } else if (count <= 0xFF) {
            out.write(major | 24);
            bytes(count, 1);
        } else if (count <= 0xFFFF) {
            out.write(major | 25);
            bytes(count, 2);
        } else if (count <= 0xFFFF_FFFFL) {
            out.write(major | 26);
            bytes(count, 4);
        } else {
            out.write(major | 27);
            bytes(count, 8);
        }
    }

    private void bytes(long bits, int count) {
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            out.write((int) (bits >>> shift));
        }
    }
}
