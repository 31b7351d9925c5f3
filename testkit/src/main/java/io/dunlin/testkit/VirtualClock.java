package io.dunlin.testkit;

import io.dunlin.broker.port.Clock;

/**
 * Time that stands still until a test moves it. It begins five seconds before the monotonic clock passes zero, so that code
 * which takes its origin for positive is found out.
 */
public final class VirtualClock implements Clock {
    private static final long START_NANOS = -5_000_000_000L;
    private static final long START_WALL_MILLIS = 1_700_000_000_000L;

    private volatile long nanos = START_NANOS;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return START_WALL_MILLIS + (nanos - START_NANOS) / 1_000_000;
    }

    /** Milliseconds since this clock was made, for messages. */
    long elapsedMillis() {
        return (nanos - START_NANOS) / 1_000_000;
    }

    /** Time never goes back. */
    void moveTo(long newNanos) {
        if (newNanos - nanos < 0) {
            throw new IllegalArgumentException("time cannot go back by " + (nanos - newNanos) + " ns");
        }
        nanos = newNanos;
    }
}
