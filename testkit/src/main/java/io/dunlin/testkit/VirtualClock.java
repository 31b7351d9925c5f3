package io.dunlin.testkit;

import io.dunlin.broker.port.Clock;

/**
 * Time that stands still until a test moves it. It begins five seconds before the monotonic clock passes zero, so that code
 * which takes its origin for positive is found out.
 */
public final class VirtualClock implements Clock {
    /** What the monotonic clock says when time begins. */
    public static final long START_NANOS = -5_000_000_000L;
    /** When time begins, in milliseconds since 1970. */
    public static final long START_WALL_MILLIS = 1_700_000_000_000L;

    private final long startNanos;
    private final long startWallMillis;
    private volatile long nanos;

    public VirtualClock() {
        this(START_NANOS, START_WALL_MILLIS);
    }

    /** One that begins elsewhere, as after a restart of the machine: the monotonic clock anew, the wall clock goes on. */
    public VirtualClock(long startNanos, long startWallMillis) {
        this.startNanos = startNanos;
        this.startWallMillis = startWallMillis;
        this.nanos = startNanos;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return startWallMillis + (nanos - startNanos) / 1_000_000;
    }

    /** Milliseconds since this clock was made, for messages. */
    long elapsedMillis() {
        return (nanos - startNanos) / 1_000_000;
    }

    /** Time never goes back. Nothing runs from this alone. */
    public void moveTo(long newNanos) {
        if (newNanos - nanos < 0) {
            throw new IllegalArgumentException("time cannot go back by " + (nanos - newNanos) + " ns");
        }
        nanos = newNanos;
    }
}
