package io.dunlin.security.guard;

import io.dunlin.broker.port.Clock;
import java.time.Duration;

/** Time that a test moves; the monotonic clock begins below zero, as it may. */
final class TestClock implements Clock {
    private long nanos = -3_000_000_000L;
    private long wallMillis = 1_700_000_000_000L;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    void pass(Duration time) {
        nanos += time.toNanos();
        wallMillis += time.toMillis();
    }
}
