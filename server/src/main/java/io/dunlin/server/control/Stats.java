package io.dunlin.server.control;

import io.dunlin.broker.Broker;
import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters.Counter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How much there is and what was counted, in one flat map of numbers. Thread: any. */
public final class Stats {
    private final Broker broker;
    private final Clock clock;
    private final long startedNanos;

    public Stats(Broker broker, Clock clock, long startedNanos) {
        this.broker = broker;
        this.clock = clock;
        this.startedNanos = startedNanos;
    }

    /** What there is now, then all counters since the start under their names. */
    public Map<String, Long> all() {
        Totals totals = broker.totals();
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("uptime_seconds", (clock.nanos() - startedNanos) / 1_000_000_000);
        all.put("connections_count", totals.connected());
        all.put("connections_max", totals.connectedMax());
        all.put("sessions_count", totals.sessions());
        all.put("subscriptions_count", totals.subscriptions() + totals.sharedSubscriptions());
        all.put("subscriptions_shared_count", totals.sharedSubscriptions());
        all.put("retained_count", totals.retainedMessages());
        all.put("retained_bytes", totals.retainedBytes());
        all.put("queued_messages", totals.queuedMessages());
        all.put("queued_bytes", totals.queuedBytes());
        for (Counter counter : Counter.values()) {
            all.put(counter.name().toLowerCase(Locale.ROOT), broker.counters().get(counter));
        }
        return all;
    }
}
