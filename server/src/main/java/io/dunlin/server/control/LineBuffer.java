package io.dunlin.server.control;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Makes lines of bytes that come in pieces. Thread: one. */
final class LineBuffer {
    private final int bytesMax;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    LineBuffer(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes all the bytes; false where a line is longer than allowed. */
    boolean take(ByteBuffer bytes, Collection<String> lines) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                lines.add(begun.toString(StandardCharsets.UTF_8));
                begun.reset();
            } else if (begun.size() == bytesMax) {
                return false;
            } else {
                begun.write(next);
            }
        }
        return true;
    }
}
