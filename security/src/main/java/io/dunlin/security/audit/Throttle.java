package io.dunlin.security.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets the first entry of a kind through and counts those that follow within a window; at its end they become one entry with their
 * number. Bounded: what does not fit is counted under one name for all. Thread: any.
 */
final class Throttle {
    private static final int KINDS_MAX = 4_096;

    private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();
    private final AtomicLong crowded = new AtomicLong();
    private final long windowNanos;

    Throttle(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** The last entry that was held back stands for all of them. */
    private static final class Window {
        private final long startedNanos;
        private final AtomicLong repeats = new AtomicLong();
        private volatile AuditEntry last;

        Window(long startedNanos, AuditEntry first) {
            this.startedNanos = startedNanos;
            this.last = first;
        }
    }

    /** Whether it is to be written now. */
    boolean admits(String kind, AuditEntry entry, long nowNanos) {
        Window known = windows.get(kind);
        if (known == null) {
            if (windows.size() >= KINDS_MAX) {
                crowded.incrementAndGet();
                return false;
            }
            known = windows.putIfAbsent(kind, new Window(nowNanos, entry));
            if (known == null) {
                return true;
            }
        }
        known.last = entry;
        known.repeats.incrementAndGet();
        return false;
    }

    /** Ends the windows that are over. */
    List<AuditEntry> ended(long nowNanos) {
        List<AuditEntry> ended = new ArrayList<>();
        windows.forEach((kind, window) -> {
            if (nowNanos - window.startedNanos >= windowNanos && windows.remove(kind, window)) {
                long repeats = window.repeats.get();
                if (repeats > 0) {
                    ended.add(window.last.with("repeats", repeats));
                }
            }
        });
        long others = crowded.getAndSet(0);
        if (others > 0) {
            ended.add(AuditEntry.of("audit.crowded", Actor.BROKER, "repeats", others));
        }
        return ended;
    }
}
