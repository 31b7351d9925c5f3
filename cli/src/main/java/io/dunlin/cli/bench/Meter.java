package io.dunlin.cli.bench;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Counts and latencies of one kind: connections, publishes, or messages that came. Counted from any thread. */
final class Meter {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();
    private final ReentrantLock reading = new ReentrantLock();
    private final Recorder recorder = new Recorder(LONGEST_NANOS, 3);
    private final Histogram whole = new Histogram(LONGEST_NANOS, 3);
    private @Nullable Histogram interval;

    void done() {
        done.increment();
    }

    void done(long latencyNanos) {
        done.increment();
        recorder.recordValue(Math.min(Math.max(latencyNanos, 0), LONGEST_NANOS));
    }

    void failed(Throwable cause) {
        failed.increment();
        firstFailure.compareAndSet(null, cause);
    }

    long count() {
        return done.sum();
    }

    long failures() {
        return failed.sum();
    }

    @Nullable
    Throwable firstFailure() {
        return firstFailure.get();
    }

    /** What was recorded since the last call; it is added to the whole. */
    Histogram interval() {
        reading.lock();
        try {
            Histogram latest = recorder.getIntervalHistogram(interval);
            interval = latest;
            whole.add(latest);
            return latest.copy();
        } finally {
            reading.unlock();
        }
    }

    Histogram whole() {
        reading.lock();
        try {
            whole.add(recorder.getIntervalHistogram());
            return whole.copy();
        } finally {
            reading.unlock();
        }
    }

    /** Forgets what was counted so far: it belonged to warming up. */
    void reset() {
        done.reset();
        failed.reset();
        reading.lock();
        try {
            recorder.reset();
            whole.reset();
        } finally {
            reading.unlock();
        }
    }
}
