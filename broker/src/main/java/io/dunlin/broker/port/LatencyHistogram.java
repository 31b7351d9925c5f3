package io.dunlin.broker.port;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something took, in buckets that grow by a quarter of a power of two: a figure read from it is at most 25 % too high.
 * Thread: one records, any reads.
 */
public final class LatencyHistogram {
    private static final int PARTS = 4;
    private static final int BUCKETS = 64 * PARTS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    /** @param nanos negative counts as 0 */
    public void record(long nanos) {
        int bucket = bucket(Math.max(nanos, 0));
        counts.setOpaque(bucket, counts.getPlain(bucket) + 1);
    }

    public long count() {
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts.getOpaque(i);
        }
        return sum;
    }

    /** Adds what another has recorded. */
    public void add(LatencyHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts.setOpaque(i, counts.getPlain(i) + other.counts.getOpaque(i));
        }
    }

    /**
     * The time within which this share of all was done, in nanoseconds; 0 where nothing was recorded.
     *
     * @param share 0 to 1
     */
    public long percentile(double share) {
        long left = (long) Math.ceil(count() * share);
        for (int i = 0; i < BUCKETS; i++) {
            left -= counts.getOpaque(i);
            if (left <= 0 && counts.getOpaque(i) > 0) {
                return upper(i);
            }
        }
        return 0;
    }

    /** How many took at most so long; what took up to 25 % less may be missing. */
    public long countWithin(long nanos) {
        long sum = 0;
        for (int i = 0; i < BUCKETS && upper(i) <= nanos; i++) {
            sum += counts.getOpaque(i);
        }
        return sum;
    }

    /** How long all took together, in nanoseconds; at most 25 % too much. */
    public double sumNanos() {
        double sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            long count = counts.getOpaque(i);
            if (count > 0) {
                sum += (double) count * upper(i);
            }
        }
        return sum;
    }

    private static int bucket(long nanos) {
        if (nanos < PARTS) {
            return (int) nanos;
        }
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        int part = (int) (nanos >>> power - 2) & PARTS - 1;
        return (power - 1) * PARTS + part;
    }

    private static long upper(int bucket) {
        if (bucket < PARTS) {
            return bucket;
        }
        int power = bucket / PARTS + 1;
        long part = bucket % PARTS;
        return (PARTS + part + 1 << power - 2) - 1;
    }
}
