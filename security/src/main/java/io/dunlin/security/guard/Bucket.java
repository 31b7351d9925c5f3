package io.dunlin.security.guard;

import java.util.concurrent.TimeUnit;

/** So many in a second: refills evenly, holds one second's worth. Not for several threads at once. */
final class Bucket {
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private double tokens;
    private long filledNanos;

    /** A full one. */
    Bucket(int perSecond, long nowNanos) {
        tokens = perSecond;
        filledNanos = nowNanos;
    }

    /** Takes one out where there is one. The rate may differ from call to call. */
    boolean take(long nowNanos, int perSecond) {
        double seconds = (nowNanos - filledNanos) / SECOND_NANOS;
        if (seconds > 0) { // clocks of two shards may be read in either order
            tokens += seconds * perSecond;
            filledNanos = nowNanos;
        }
        tokens = Math.min(perSecond, tokens);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
