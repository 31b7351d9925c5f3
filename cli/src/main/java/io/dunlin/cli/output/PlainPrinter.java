package io.dunlin.cli.output;

import io.dunlin.client.Delivery;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Without -F: the payload alone, or after its topic; an empty one prints nothing, or (null) after its topic. */
final class PlainPrinter implements Printer {
    /** How the payload is shown. */
    enum Kind {
        TEXT,
        HEX,
        BASE64,
        CBOR,
        MSGPACK
    }

    private static final Field WHOLE = new Field(false, ' ', 0, -1, (char) 0);

    private final Kind kind;
    private final boolean verbose;
    private final boolean lineEnds;
    private final boolean pretty;

    PlainPrinter(Kind kind, boolean verbose, boolean lineEnds, boolean pretty) {
        this.kind = kind;
        this.verbose = verbose;
        this.lineEnds = lineEnds;
        this.pretty = pretty;
    }

    @Override
    public void print(Delivery message, Moment moment, ByteArrayOutputStream out) {
        boolean empty = message.payload().length == 0;
        if (empty && !(verbose && lineEnds)) {
            return;
        }
        if (verbose) {
            out.writeBytes(message.topicName().utf8());
            out.write(' ');
        }
        if (empty) {
            out.writeBytes("(null)".getBytes(StandardCharsets.US_ASCII));
        } else {
            payload(message, out);
        }
        if (lineEnds) {
            out.write('\n');
        }
    }

    private void payload(Delivery message, ByteArrayOutputStream out) {
        switch (kind) {
            case TEXT -> out.writeBytes(pretty ? indented(message.payload()) : message.payload());
            case HEX -> WHOLE.hex(message.payload(), false, out);
            case BASE64 -> out.writeBytes(Base64.getEncoder().encode(message.payload()));
            case CBOR -> decoded(new CborView(message.payload()), "CBOR", message, out);
            case MSGPACK -> decoded(new MsgpackView(message.payload()), "MessagePack", message, out);
        }
    }

    private void decoded(BinaryView view, String encoding, Delivery message, ByteArrayOutputStream out) {
        try {
            byte[] json = view.json().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(pretty ? indented(json) : json);
        } catch (BinaryView.Malformed e) {
            throw new UnprintableException("The message on " + message.topic() + " is not " + encoding + ": "
                    + e.getMessage() + ". Print it with --format hex.");
        }
    }

    /** JSON over several lines; what is no JSON stays as it is. */
    private static byte[] indented(byte[] text) {
        Json json = new Json(true);
        return json.copy(text) ? json.toString().getBytes(StandardCharsets.UTF_8) : text;
    }
}
