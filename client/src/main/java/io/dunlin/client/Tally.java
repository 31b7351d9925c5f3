package io.dunlin.client;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** The counters of one client. Any thread. */
final class Tally {
    enum Count {
        PUBLISHED,
        COMPLETED,
        RECEIVED,
        HANDLED,
        HANDLER_FAILURES,
        CONNECTIONS,
        CONNECTIONS_LOST,
        SESSIONS_LOST
    }

    private static final Count[] COUNTS = Count.values();
    private static final Dropped.Reason[] REASONS = Dropped.Reason.values();

    private final AtomicLongArray counts = new AtomicLongArray(COUNTS.length + REASONS.length);

    void add(Count count) {
        counts.getAndIncrement(count.ordinal());
    }

    void add(Dropped.Reason reason) {
        counts.getAndIncrement(COUNTS.length + reason.ordinal());
    }

    long get(Count count) {
        return counts.get(count.ordinal());
    }

    Map<Dropped.Reason, Long> dropped() {
        Map<Dropped.Reason, Long> result = new EnumMap<>(Dropped.Reason.class);
        for (Dropped.Reason reason : REASONS) {
            result.put(reason, counts.get(COUNTS.length + reason.ordinal()));
        }
        return result;
    }
}
