package io.dunlin.cli.output;

/** MessagePack as JSON. Extensions become {@code {"type":5,"data":"base64"}}. */
final class MsgpackView extends BinaryView {
    MsgpackView(byte[] payload) {
        super(payload);
    }

    @Override
    void value() throws Malformed {
        int head = in.get() & 0xFF;
        if (head < 0x80) {
            out.append(head);
        } else if (head < 0x90) {
            map(head & 15);
        } else if (head < 0xA0) {
            array(head & 15);
        } else if (head < 0xC0) {
            text(head & 31);
        } else if (head >= 0xE0) {
            out.append((byte) head);
        } else {
            marked(head);
        }
    }

    private void marked(int head) throws Malformed {
        switch (head) {
            case 0xC0 -> out.append("null");
            case 0xC2 -> out.append("false");
            case 0xC3 -> out.append("true");
            case 0xC4, 0xC5, 0xC6 -> bytes(take(length(head - 0xC4)));
            case 0xC7, 0xC8, 0xC9 -> extension(length(head - 0xC7));
            case 0xCA -> single(in.getFloat());
            case 0xCB -> number(in.getDouble());
            case 0xCC, 0xCD, 0xCE -> out.append(length(head - 0xCC));
            case 0xCF -> out.append(Long.toUnsignedString(in.getLong()));
            case 0xD0 -> out.append(in.get());
            case 0xD1 -> out.append(in.getShort());
            case 0xD2 -> out.append(in.getInt());
            case 0xD3 -> out.append(in.getLong());
            case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> extension(1L << head - 0xD4);
            case 0xD9, 0xDA, 0xDB -> text(length(head - 0xD9));
            case 0xDC, 0xDD -> array(length(head - 0xDC + 1));
            case 0xDE, 0xDF -> map(length(head - 0xDE + 1));
            default -> throw new Malformed("it has the byte c1, which never stands there");
        }
    }

    /** An unsigned number of 1, 2 or 4 bytes (power 0, 1, 2). */
    private long length(int power) {
        return switch (power) {
            case 0 -> in.get() & 0xFF;
            case 1 -> in.getShort() & 0xFFFF;
            default -> in.getInt() & 0xFFFF_FFFFL;
        };
    }

    private void extension(long length) throws Malformed {
        out.append("{\"type\":").append(in.get()).append(",\"data\":");
        bytes(take(length));
        out.append('}');
    }
}
