package io.dunlin.server.control;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;

/** Times as people write them. */
final class Times {
    private Times() {}

    /**
     * A duration such as {@code 90s}, {@code 10m}, {@code 2h} or {@code 1d}.
     *
     * @throws CommandFailed where it is none, or not above 0
     */
    static Duration duration(String text) {
        try {
            String upper = text.toUpperCase(Locale.ROOT);
            Duration time = upper.endsWith("D")
                    ? Duration.ofDays(Long.parseLong(upper.substring(0, upper.length() - 1)))
                    : Duration.parse("PT" + upper);
            if (time.isPositive()) {
                return time;
            }
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new CommandFailed(text + " is no time: expected is one such as 30m, 2h or 7d");
        }
        throw new CommandFailed(text + " is no time: expected is one above 0, such as 30m, 2h or 7d");
    }

    /** How long ago that is: a duration, or a moment such as {@code 2026-11-22T17:00:00Z}. */
    static Duration ago(String text, Supplier<Instant> now) {
        if (!text.contains("T") || text.startsWith("PT")) {
            return duration(text);
        }
        try {
            Duration ago = Duration.between(Instant.parse(text), now.get());
            if (ago.isPositive()) {
                return ago;
            }
        } catch (DateTimeException e) {
            throw new CommandFailed(text + " is no time: expected is one such as 10m or 2026-11-22T17:00:00Z");
        }
        throw new CommandFailed(text + " is still to come");
    }
}
