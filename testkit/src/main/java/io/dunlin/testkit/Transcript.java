package io.dunlin.testkit;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Publish;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** What was said so far, for the message of a failing test. It keeps the last lines only. */
final class Transcript {
    private static final int LINES_MAX = 200;

    private final Deque<String> lines = new ArrayDeque<>();
    private final LongSupplier millis;
    private long dropped;

    Transcript(LongSupplier millis) {
        this.millis = millis;
    }

    void line(String text) {
        if (lines.size() == LINES_MAX) {
            lines.removeFirst();
            dropped++;
        }
        lines.addLast(String.format("%8.3f s  %s", millis.getAsLong() / 1000.0, text));
    }

    AssertionError failure(String message) {
        StringBuilder all = new StringBuilder(message).append("\nThe conversation so far:\n");
        if (dropped > 0) {
            all.append("   (").append(dropped).append(" lines before)\n");
        }
        lines.forEach(line -> all.append("   ").append(line).append('\n'));
        return new AssertionError(all.toString());
    }

    static String describe(Packet packet) {
        if (packet instanceof Publish publish && publish.payload().length <= 40) {
            return publish.toString()
                    .replace(
                            publish.payload().length + " bytes]",
                            "\"" + new String(publish.payload(), StandardCharsets.UTF_8) + "\"]");
        }
        return packet.toString();
    }
}
