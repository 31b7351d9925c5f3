package io.dunlin.security.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets the first entry of a kind through and counts those that follow within a window; at its end they become one entry with their
 * number. Bounded for each event by itself, so that a flood of one does not silence another: what does not fit is counted for its event.
 * Thread: any.
 */
final class Throttle {
    private static final int KINDS_MAX = 2_048; // of one event; there are few events, and no client chooses their names

    private final ConcurrentHashMap<String, Table> tables = new ConcurrentHashMap<>();
    private final long windowNanos;

    Throttle(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /** What there is of one event. */
    private static final class Table {
        private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();
        private final AtomicLong crowded = new AtomicLong();
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
        Table table = tables.computeIfAbsent(entry.event(), event -> new Table());
        Window known = table.windows.get(kind);
        if (known == null) {
            if (table.windows.size() >= KINDS_MAX) {
                table.crowded.incrementAndGet();
                return false;
            }
            known = table.windows.putIfAbsent(kind, new Window(nowNanos, entry));
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
        tables.forEach((event, table) -> ended(event, table, nowNanos, ended));
        return ended;
    }

    private void ended(String event, Table table, long nowNanos, List<AuditEntry> ended) {
        table.windows.forEach((kind, window) -> {
            if (nowNanos - window.startedNanos >= windowNanos && table.windows.remove(kind, window)) {
                long repeats = window.repeats.get();
                if (repeats > 0) {
                    ended.add(window.last.with("repeats", repeats));
                }
            }
        });
        long others = table.crowded.getAndSet(0);
        if (others > 0) {
            ended.add(AuditEntry.of("audit.crowded", Actor.BROKER, "of", event, "repeats", others));
        }
    }
}
