package io.dunlin.security.guard;

import io.dunlin.broker.port.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of what was refused: one line for each limit and client in ten seconds, and no more than twenty in a second, so that an
 * attack does not fill the log; what is left out is told as a number. Thread: any.
 */
public final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger("dunlin.guard");
    static final int LINES_PER_SECOND = 20;
    static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int KEYS_MAX = 16_384;
    private static final int SHOWN_CHARS_MAX = 64;
    private static final int LINE_CHARS_MAX = 200;
    private static final int PRINTABLE_MIN = 0x20;

    private final Clock clock;
    private final RecentTable<Key, Line> lines = new RecentTable<>(KEYS_MAX);
    private final ReentrantLock lock = new ReentrantLock();
    private final Bucket all;
    private volatile BiConsumer<String, String> listener = (limit, line) -> {};
    private long leftOut; // under the lock

    private record Key(String limit, Object subject) {}

    private static final class Line {
        private boolean said;
        private long saidNanos;
        private long since;
    }

    public Notices(Clock clock) {
        this.clock = clock;
        this.all = new Bucket(LINES_PER_SECOND, clock.nanos());
    }

    /** Also told of each line, on the thread that is refused: must not block. */
    void listener(BiConsumer<String, String> other) {
        listener = other;
    }

    /** @param subject who; lines of equal ones count as the same line */
    public void tell(String limit, Object subject, Supplier<String> sentence) {
        long now = clock.nanos();
        long since = lines.with(new Key(limit, subject), now, REPEAT_NANOS, Line::new, line -> {
            if (line.said && now - line.saidNanos < REPEAT_NANOS) {
                line.since++;
                return -1L;
            }
            long before = line.since;
            line.said = true;
            line.saidNanos = now;
            line.since = 0;
            return before;
        });
        if (since < 0) {
            return;
        }
        long others;
        lock.lock();
        try {
            if (!all.take(now, LINES_PER_SECOND)) {
                leftOut += since + 1;
                return;
            }
            others = leftOut;
            leftOut = 0;
        } finally {
            lock.unlock();
        }
        String line = sentence.get()
                + (since == 0 ? "" : "; " + since + " more like it in between")
                + (others == 0 ? "" : "; " + others + " about others were left out");
        LOG.warn("{}: {}", limit, line);
        listener.accept(limit, line);
    }

    /** A sentence that has words of a client in it, as one line of the log. */
    public static String line(String sentence) {
        String shown = shown(sentence, LINE_CHARS_MAX);
        return shown.substring(1, shown.length() - 1);
    }

    /** A name that a client chose, for a line of the log: no control characters, and not too long. */
    public static String shown(String name) {
        return shown(name, SHOWN_CHARS_MAX);
    }

    private static String shown(String name, int charsMax) {
        StringBuilder shown = new StringBuilder();
        name.chars()
                .limit(charsMax)
                .forEach(
                        c -> shown.append(c < PRINTABLE_MIN || Character.isISOControl(c) || c == '"' ? '?' : (char) c));
        return "\"" + shown + (name.length() > charsMax ? "...\"" : "\"");
    }
}
