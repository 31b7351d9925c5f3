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
        BASE64
    }

    private static final Field WHOLE = new Field(false, ' ', 0, -1, (char) 0);

    private final Kind kind;
    private final boolean verbose;
    private final boolean lineEnds;

    PlainPrinter(Kind kind, boolean verbose, boolean lineEnds) {
        this.kind = kind;
        this.verbose = verbose;
        this.lineEnds = lineEnds;
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
        }
        switch (kind) {
            case TEXT -> out.writeBytes(message.payload());
            case HEX -> WHOLE.hex(message.payload(), false, out);
            case BASE64 -> out.writeBytes(Base64.getEncoder().encode(message.payload()));
        }
        if (lineEnds) {
            out.write('\n');
        }
    }
}
