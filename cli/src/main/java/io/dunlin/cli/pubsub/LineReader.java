package io.dunlin.cli.pubsub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads lines as bytes, whatever their encoding. The last one needs no line end. */
final class LineReader {
    private final InputStream in;
    private final byte[] buffer = new byte[65_536];
    private int position;
    private int limit;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** The next line without its line feed, or null at the end. */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = null;
        while (true) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (end < limit || limit < 0) {
                return take(line, end);
            }
            if (end > position) {
                line = line == null ? new ByteArrayOutputStream(end - position + 64) : line;
                line.write(buffer, position, end - position);
            }
            position = 0;
            limit = in.read(buffer);
            if (limit <= 0) {
                limit = 0;
                return line == null ? null : line.toByteArray();
            }
        }
    }

    private byte[] take(@Nullable ByteArrayOutputStream begun, int end) {
        int length = end - position;
        byte[] line;
        if (begun == null) {
            line = new byte[length];
            System.arraycopy(buffer, position, line, 0, length);
        } else {
            begun.write(buffer, position, length);
            line = begun.toByteArray();
        }
        position = end + 1;
        return line;
    }
}
