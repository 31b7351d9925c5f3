package io.dunlin.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.dunlin.server.control.LogLines.Line;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest lines of the log in memory: {@value #LINES_MAX} at most, and so many that their texts take {@value #BYTES_MAX} bytes at
 * most. Of what is logged it keeps what the log shows and no more. Thread: any, shards among them: it takes no lock and keeps the text
 * that the event has anyway.
 */
final class RecentLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
    static final int LINES_MAX = 2_000;
    static final int BYTES_MAX = 2 << 20;
    static final int TEXT_MAX = 4_096;
    static final int EXCEPTION_MAX = 1_024;

    private static final Pattern CONTROL = Pattern.compile(Logging.CONTROL);
    private static final int LINE_BYTES = 96; // beside its text

    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    @Override
    protected void append(ILoggingEvent event) {
        Line line = new Line(
                numbers.incrementAndGet(),
                event.getInstant().truncatedTo(ChronoUnit.MILLIS),
                event.getLevel().levelStr.toLowerCase(Locale.ROOT),
                shortName(event.getLoggerName()),
                text(event));
        lines.add(line);
        count.incrementAndGet();
        bytes.addAndGet(size(line));
        while (count.get() > LINES_MAX || bytes.get() > BYTES_MAX) {
            Line oldest = lines.poll();
            if (oldest == null) {
                return;
            }
            count.decrementAndGet();
            bytes.addAndGet(-size(oldest));
        }
    }

    /** As {@code %logger{0}} writes it. */
    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String text(ILoggingEvent event) {
        String message = clean(event.getFormattedMessage(), TEXT_MAX);
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? message : message + " | " + firstLine(thrown);
    }

    private static String firstLine(IThrowableProxy thrown) {
        @Nullable String message = thrown.getMessage();
        String line = message == null
                ? thrown.getClassName()
                : thrown.getClassName() + ": " + message.lines().findFirst().orElse("");
        return clean(line, EXCEPTION_MAX);
    }

    private static String clean(@Nullable String text, int max) {
        if (text == null) {
            return "";
        }
        String cut = text.length() > max ? text.substring(0, max) : text;
        return CONTROL.matcher(cut).replaceAll(" ");
    }

    private static int size(Line line) {
        return LINE_BYTES + 2 * line.text().length();
    }

    /** The latest, the oldest first. */
    List<Line> lines() {
        return List.copyOf(lines);
    }
}
