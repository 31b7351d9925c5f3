package io.dunlin.broker.port;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something took, in buckets that end at 1, 1.25, 1.5, 1.8, 2.2, 2.5, ... of each power of ten: a figure read from it is at most
 * 25 % too high, while how many took at most 1, 2.5 or 5 of a power of ten, and how long all took together, is exact. Thread: one
 * records, any reads.
 */
public final class LatencyHistogram {
    private static final int[] HUNDREDTHS = {100, 125, 150, 180, 220, 250, 300, 360, 440, 500, 620, 750, 900};
    private static final long[] UPPER = bounds(); // of each bucket, and in it
    private static final int[] FIRST = firstOfPowers(); // the bucket of each power of two

    private final AtomicLongArray counts = new AtomicLongArray(UPPER.length);
    private final AtomicLong sum = new AtomicLong();

    /** @param nanos negative counts as 0 */
    public void record(long nanos) {
        long time = Math.max(nanos, 0);
        int bucket = bucket(time);
        counts.setOpaque(bucket, counts.getPlain(bucket) + 1);
        sum.setOpaque(sum.getPlain() + time);
    }

    public long count() {
        long all = 0;
        for (int i = 0; i < UPPER.length; i++) {
            all += counts.getOpaque(i);
        }
        return all;
    }

    /** Adds what another has recorded. */
    public void add(LatencyHistogram other) {
        for (int i = 0; i < UPPER.length; i++) {
            counts.setOpaque(i, counts.getPlain(i) + other.counts.getOpaque(i));
        }
        sum.setOpaque(sum.getPlain() + other.sum.getOpaque());
    }

    /**
     * The time within which this share of all was done, in nanoseconds; 0 where nothing was recorded.
     *
     * @param share 0 to 1
     */
    public long percentile(double share) {
        long left = (long) Math.ceil(count() * share);
        for (int i = 0; i < UPPER.length; i++) {
            left -= counts.getOpaque(i);
            if (left <= 0 && counts.getOpaque(i) > 0) {
                return UPPER[i];
            }
        }
        return 0;
    }

    /** How many took at most so long; exact at 1, 2.5 and 5 of each power of ten, else what took up to 25 % less may be missing. */
    public long countWithin(long nanos) {
        long within = 0;
        for (int i = 0; i < UPPER.length && UPPER[i] <= nanos; i++) {
            within += counts.getOpaque(i);
        }
        return within;
    }

    /** How long all took together, in nanoseconds. */
    public long sumNanos() {
        return sum.getOpaque();
    }

    private static int bucket(long nanos) {
        int bucket = FIRST[63 - Long.numberOfLeadingZeros(nanos | 1)];
        while (UPPER[bucket] < nanos) {
            bucket++;
        }
        return bucket;
    }

    private static long[] bounds() {
        long[] bounds = new long[256];
        int count = 1; // the first is for 0
        for (long power = 1; power <= Long.MAX_VALUE / 10; power *= 10) {
            for (int hundredths : HUNDREDTHS) {
                long bound = power < 100 ? power * hundredths / 100 : power / 100 * hundredths;
                if (bound > bounds[count - 1]) {
                    bounds[count++] = bound;
                }
            }
        }
        bounds[count++] = Long.MAX_VALUE;
        return Arrays.copyOf(bounds, count);
    }

    private static int[] firstOfPowers() {
        int[] first = new int[64];
        int bucket = 0;
        for (int power = 0; power < 63; power++) {
            while (UPPER[bucket] < 1L << power) {
                bucket++;
            }
            first[power] = power == 0 ? 0 : bucket;
        }
        return first;
    }
}
