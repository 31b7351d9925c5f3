package io.dunlin.security.http;

import io.dunlin.broker.port.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that stands still until a test moves it. */
public final class ManualClock implements Clock {
    /** When it begins. */
    public static final long START_MILLIS = 1_800_000_000_000L;

    private static final long ORIGIN = -7_000_000_000L; // the origin of monotonic time is arbitrary

    private final AtomicLong nanos = new AtomicLong(ORIGIN);

    /** Moves it. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long wallMillis() {
        return START_MILLIS + (nanos.get() - ORIGIN) / 1_000_000;
    }
}
