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
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger("dunlin.guard");
    static final int LINES_PER_SECOND = 20;
    static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int KEYS_MAX = 16_384;
    private static final int SHOWN_CHARS_MAX = 64;
    private static final int PRINTABLE_MIN = 0x20;

    private final Clock clock;
    private final RecentTable<Key, Line> lines = new RecentTable<>(KEYS_MAX);
    private final ReentrantLock lock = new ReentrantLock();
    private final Bucket all;
    private volatile BiConsumer<Limit, String> listener = (limit, line) -> {};
    private long leftOut; // under the lock

    private record Key(Limit limit, Object subject) {}

    private static final class Line {
        private boolean said;
        private long saidNanos;
        private long since;
    }

    Notices(Clock clock) {
        this.clock = clock;
        this.all = new Bucket(LINES_PER_SECOND, clock.nanos());
    }

    /** Also told of each line, on the thread that is refused: must not block. */
    void listener(BiConsumer<Limit, String> other) {
        listener = other;
    }

    /** @param subject who; lines of equal ones count as the same line */
    void tell(Limit limit, Object subject, Supplier<String> sentence) {
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
        LOG.warn("{}: {}", limit.text(), line);
        listener.accept(limit, line);
    }

    /** A name that a client chose, for a line of the log: no control characters, and not too long. */
    static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.chars()
                .limit(SHOWN_CHARS_MAX)
                .forEach(
                        c -> shown.append(c < PRINTABLE_MIN || Character.isISOControl(c) || c == '"' ? '?' : (char) c));
        return "\"" + shown + (name.length() > SHOWN_CHARS_MAX ? "...\"" : "\"");
    }
}
