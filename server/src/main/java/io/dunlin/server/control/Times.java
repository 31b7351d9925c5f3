package io.dunlin.server.control;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.function.Supplier;

/** Times as people write them. */
public final class Times {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Times() {}

    /**
     * A duration such as {@code 90s}, {@code 10m}, {@code 2h} or {@code 1d}.
     *
     * @throws CommandFailed where it is none, not above 0, or above a hundred years
     */
    static Duration duration(String text) {
        try {
            String upper = text.toUpperCase(Locale.ROOT);
            Duration time = upper.endsWith("D")
                    ? Duration.ofDays(Long.parseLong(upper.substring(0, upper.length() - 1)))
                    : Duration.parse("PT" + upper);
            if (time.compareTo(LONGEST) > 0) {
                throw new CommandFailed(text + " is too long: expected is at most " + LONGEST.toDays() + "d");
            }
            if (time.isPositive()) {
                return time;
            }
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new CommandFailed(text + " is no time: expected is one such as 30m, 2h or 7d");
        }
        throw new CommandFailed(text + " is no time: expected is one above 0, such as 30m, 2h or 7d");
    }

    /**
     * How long ago that is: a duration, or a moment such as {@code 2026-11-22T17:00:00Z}.
     *
     * @throws CommandFailed where it is neither, or a moment that is still to come
     */
    public static Duration ago(String text, Supplier<Instant> now) {
        Instant at = now.get();
        Duration ago = Duration.between(moment(text, at), at);
        if (!ago.isPositive()) {
            throw new CommandFailed(text + " is still to come");
        }
        return ago;
    }

    /**
     * The moment so long ago, or such as {@code 2026-11-22} (its beginning, UTC) or {@code 2026-11-22T17:00:00Z}.
     *
     * @throws CommandFailed where it is neither
     */
    static Instant moment(String text, Instant now) {
        boolean isDate = text.indexOf('-') > 0;
        if (!isDate) {
            return now.minus(duration(text));
        }
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new CommandFailed(
                    text + " is no time: expected is one such as 10m, 2026-11-22 or 2026-11-22T17:00:00Z");
        }
    }
}
