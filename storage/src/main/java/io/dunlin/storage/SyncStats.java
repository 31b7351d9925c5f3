package io.dunlin.storage;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long syncs took, in buckets that double: bucket {@code n} counts what took less than {@code 2^n} microseconds. Thread: any. */
public final class SyncStats {
    /** The last bucket takes all that was slower. */
    public static final int BUCKETS = 27;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final AtomicLong totalNanos = new AtomicLong();
    private final AtomicLong maxNanos = new AtomicLong();

    SyncStats() {}

    void add(long nanos) {
        long micros = Math.max(0, nanos) / 1_000;
        int bucket = Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(micros));
        counts.getAndIncrement(bucket);
        totalNanos.getAndAdd(nanos);
        maxNanos.accumulateAndGet(nanos, Math::max);
    }

    /** How many took less than {@code 2^bucket} microseconds and at least half of that. */
    public long count(int bucket) {
        return counts.get(bucket);
    }

    public long count() {
        long sum = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            sum += counts.get(bucket);
        }
        return sum;
    }

    public long totalNanos() {
        return totalNanos.get();
    }

    public long maxNanos() {
        return maxNanos.get();
    }
}
