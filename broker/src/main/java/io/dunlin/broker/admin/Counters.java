package io.dunlin.broker.admin;

import java.util.concurrent.atomic.LongAdder;

/** What the core counts since its start. Written on any shard, read from any thread. */
public final class Counters {
    /** One figure that only grows. */
    public enum Counter {
        BYTES_RECEIVED,
        BYTES_SENT,
        PACKETS_RECEIVED,
        PACKETS_SENT,
        PUBLISHES_RECEIVED,
        PUBLISHES_SENT,
        PUBLISH_BYTES_RECEIVED,
        PUBLISH_BYTES_SENT,
        SOCKETS_OPENED,
        CONNECTIONS_OPENED,
        CONNECTIONS_REFUSED,
        CONNECTIONS_LOST,
        SESSIONS_EXPIRED,
        SESSIONS_TAKEN_OVER,
        DROPPED_QUEUE_FULL,
        DROPPED_SOCKET_FULL,
        DROPPED_EXPIRED,
        DROPPED_TOO_LARGE,
        DROPPED_NOT_AUTHORIZED,
        DROPPED_SINK_FULL,
        PUBLISHERS_PAUSED,
        PROTOCOL_ERRORS,
        FAULTS
    }

    private final LongAdder[] adders = new LongAdder[Counter.values().length];

    public Counters() {
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
    }

    public void add(Counter counter, long amount) {
        adders[counter.ordinal()].add(amount);
    }

    public long get(Counter counter) {
        return adders[counter.ordinal()].sum();
    }
}
