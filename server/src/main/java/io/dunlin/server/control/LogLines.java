package io.dunlin.server.control;

import io.dunlin.broker.port.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The latest lines of the broker's log, the newest first. Thread: any but the shards. */
public final class LogLines {
    /** From the least to the worst. */
    private static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error");

    private static final Comparator<Line> NEWEST_FIRST =
            Comparator.comparingLong(Line::number).reversed();

    private final Supplier<List<Line>> latest;
    private final Clock clock;

    public LogLines(Supplier<List<Line>> latest, Clock clock) {
        this.latest = latest;
        this.clock = clock;
    }

    /**
     * A line.
     *
     * @param number counts the lines of this process
     * @param level trace, debug, info, warn or error
     * @param logger the class that says it, without its package
     * @param text one line, with the first one of an exception
     */
    public record Line(long number, Instant time, String level, String logger, String text) {}

    /** Adds the command {@code log.list}. */
    public void addTo(ControlCommands commands) {
        commands.add("log.list", this::list);
    }

    private Listed<Line> list(Request request) {
        return Listed.of(
                request,
                latest.get(),
                wanted(request),
                Listed.order(request, Map.of("time", NEWEST_FIRST.reversed()), NEWEST_FIRST));
    }

    private Predicate<Line> wanted(Request request) {
        int least = request.optional("level").map(LogLines::level).orElse(0);
        Optional<String> like = request.optional("like_text").map(text -> text.toLowerCase(Locale.ROOT));
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        Optional<Instant> since = request.optional("since").map(text -> Times.moment(text, now));
        return line -> LEVELS.indexOf(line.level()) >= least
                && like.map(part -> line.text().toLowerCase(Locale.ROOT).contains(part))
                        .orElse(true)
                && since.map(from -> !line.time().isBefore(from)).orElse(true);
    }

    private static int level(String name) {
        int level = LEVELS.indexOf(name.toLowerCase(Locale.ROOT));
        if (level < 0) {
            throw new CommandFailed("there is no level " + name + ", but " + String.join(", ", LEVELS));
        }
        return level;
    }
}
