package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import java.time.Duration;

/** A clock that stands still until the test moves it. */
final class TestClock implements Clock {
    private long nanos;
    private long wallMillis;

    TestClock(long nanos, long wallMillis) {
        this.nanos = nanos;
        this.wallMillis = wallMillis;
    }

    void advance(Duration time) {
        nanos += time.toNanos();
        wallMillis += time.toMillis();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }
}
