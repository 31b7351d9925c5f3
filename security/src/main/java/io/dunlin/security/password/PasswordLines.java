package io.dunlin.security.password;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes single lines of a password file and leaves every other byte as it is, whatever it is. */
final class PasswordLines {
    private PasswordLines() {}

    /**
     * Puts a stored form in place of a user's.
     *
     * @param old only where this is still there; null for whatever there is
     * @return empty where there is no such line
     */
    static Optional<byte[]> replace(byte[] content, String user, @Nullable String old, String stored) {
        String text = text(content);
        int start = start(text, user);
        if (start < 0) {
            return Optional.empty();
        }
        int from = text.indexOf(':', start) + 1;
        int to = end(text, from);
        String before = text.substring(from, to);
        if (old != null && !before.strip().equals(old)) {
            return Optional.empty();
        }
        return Optional.of(bytes(text.substring(0, from) + stored + text.substring(to)));
    }

    /** Adds a line for a user who has none. */
    static byte[] add(byte[] content, String user, String stored) {
        String text = text(content);
        String lineEnd = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
        return bytes(text + lineEnd + latin(user) + ":" + stored + "\n");
    }

    /** Takes a user's line out; empty where there is none. */
    static Optional<byte[]> remove(byte[] content, String user) {
        String text = text(content);
        int start = start(text, user);
        if (start < 0) {
            return Optional.empty();
        }
        int next = text.indexOf('\n', start);
        return Optional.of(bytes(text.substring(0, start) + (next < 0 ? "" : text.substring(next + 1))));
    }

    /** Where a user's line begins, or -1. */
    private static int start(String text, String user) {
        String head = latin(user) + ":";
        int at = 0;
        while (at >= 0 && at < text.length()) {
            if (text.startsWith(head, at)) {
                return at;
            }
            int lineEnd = text.indexOf('\n', at);
            at = lineEnd < 0 ? -1 : lineEnd + 1;
        }
        return -1;
    }

    /** Where a line ends, without its line end. */
    private static int end(String text, int from) {
        int to = text.indexOf('\n', from);
        if (to < 0) {
            to = text.length();
        }
        return to > from && text.charAt(to - 1) == '\r' ? to - 1 : to;
    }

    /** A character for each byte, so that nothing is lost where the file is no UTF-8. */
    private static String text(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin(String user) {
        return text(user.getBytes(StandardCharsets.UTF_8));
    }
}
