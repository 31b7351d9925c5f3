package io.dunlin.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The head of an HTTP answer, as its bytes come. */
final class HttpHead {
    private static final int BYTES_MAX = 16_384;

    private final StringBuilder line = new StringBuilder();
    private final List<String> lines = new ArrayList<>();
    private int count;

    /**
     * Takes bytes up to the end of the head.
     *
     * @return whether the head is complete; the rest stays in the buffer
     * @throws IOException where it is too long
     */
    boolean take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            char c = (char) (bytes.get() & 0xFF);
            if (++count > BYTES_MAX) {
                throw new IOException("its answer is too long");
            }
            if (c == '\n') {
                if (line.isEmpty() && !lines.isEmpty()) {
                    return true;
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (c != '\r') {
                line.append(c);
            }
        }
        return false;
    }

    /** The first line. */
    String status() {
        return lines.get(0);
    }

    /** The number in the first line, or 0. */
    int code() {
        String[] parts = status().split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("[1-9][0-9][0-9]")) {
            return 0;
        }
        return Integer.parseInt(parts[1]);
    }

    /** The value of that header, or null. */
    @Nullable
    String header(String name) {
        for (String header : lines.subList(1, lines.size())) {
            int colon = header.indexOf(':');
            if (colon > 0
                    && header.substring(0, colon)
                            .trim()
                            .toLowerCase(Locale.ROOT)
                            .equals(name)) {
                return header.substring(colon + 1).trim();
            }
        }
        return null;
    }
}
