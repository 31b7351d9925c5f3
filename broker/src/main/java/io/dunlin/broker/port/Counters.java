package io.dunlin.broker.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What the core counts since its start. Each shard has a row of its own that only it writes; {@link #get} adds the rows up and
 * may be called from any thread.
 */
public final class Counters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PADDING = 16; // keeps the rows of two shards off one cache line

    private final long[][] rows;

    public Counters(int shards) {
        rows = new long[shards][Counter.values().length + PADDING];
    }

    /** The row of one shard. */
    public Row row(int shard) {
        return new Row(rows[shard]);
    }

    public long get(Counter counter) {
        long sum = 0;
        for (long[] row : rows) {
            sum += (long) CELL.getOpaque(row, counter.ordinal());
        }
        return sum;
    }

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
        DROPPED_NO_SUBSCRIBER,
        DROPPED_QUEUE_FULL,
        DROPPED_SOCKET_FULL,
        DROPPED_EXPIRED,
        DROPPED_TOO_LARGE,
        DROPPED_NOT_AUTHORIZED,
        DROPPED_SINK_FULL,
        DROPPED_UNREADABLE,
        RETAINED_REFUSED,
        ACKNOWLEDGED_MEMORY,
        ACKNOWLEDGED_OS,
        ACKNOWLEDGED_DISK,
        STORE_FULL_REFUSED,
        PUBLISHERS_PAUSED,
        PACKETS_TOO_LARGE,
        PACKET_ITEMS_REFUSED,
        PARTIAL_PACKETS_SHED,
        SUBSCRIPTIONS_REFUSED,
        WILDCARD_DEPTH_REFUSED,
        TOPIC_LEVELS_REFUSED,
        WILLS_REFUSED,
        PUBLISH_RATE_PAUSED,
        PROTOCOL_ERRORS,
        FAULTS
    }

    /** Written by one shard only. */
    public static final class Row {
        private final long[] cells;

        private Row(long[] cells) {
            this.cells = cells;
        }

        public void add(Counter counter, long amount) {
            int i = counter.ordinal();
            CELL.setOpaque(cells, i, cells[i] + amount);
        }

        public void increment(Counter counter) {
            add(counter, 1);
        }
    }
}
