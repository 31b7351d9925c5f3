package io.dunlin.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: {@code first}, then doubling up to {@code max}. Immutable.
 *
 * @param first the wait after the first failure
 * @param max the longest wait
 * @param jitter 0 to 1: the part of each wait that is drawn at random, so that a thousand clients do not come back at once
 * @param attemptsMax attempts after the loss of a connection, then the client gives up; 0 for no bound
 */
public record Backoff(Duration first, Duration max, double jitter, int attemptsMax) {
    /** 200 ms doubling to 30 s, the half of it drawn at random, without end. */
    public static final Backoff DEFAULT =
            exponential(Duration.ofMillis(200), Duration.ofSeconds(30)).withJitter(0.5);

    public Backoff {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "The first wait must be more than 0, the longest not less than the first.");
        }
        if (!(jitter >= 0 && jitter <= 1) || attemptsMax < 0) {
            throw new IllegalArgumentException("The jitter must be 0 to 1, the attempts 0 or more.");
        }
    }

    /** Doubling from one wait to the other, without jitter, without end. */
    public static Backoff exponential(Duration first, Duration max) {
        return new Backoff(first, max, 0, 0);
    }

    /** Always the same wait. */
    public static Backoff constant(Duration wait) {
        return new Backoff(wait, wait, 0, 0);
    }

    /** Half of each wait drawn at random. */
    public Backoff withJitter() {
        return withJitter(0.5);
    }

    public Backoff withJitter(double part) {
        return new Backoff(first, max, part, attemptsMax);
    }

    public Backoff withAttempts(int most) {
        return new Backoff(first, max, jitter, most);
    }

    /** The wait before this attempt, 1 for the first after a failure, in nanoseconds. */
    long nanos(int attempt, RandomGenerator random) {
        long full = max.toNanos();
        int doublings = attempt - 1;
        if (doublings < Long.numberOfLeadingZeros(first.toNanos()) - 1) {
            full = Math.min(full, first.toNanos() << doublings);
        }
        return (long) (full * (1 - jitter * random.nextDouble()));
    }

    boolean isSpent(int attempt) {
        return attemptsMax > 0 && attempt > attemptsMax;
    }
}
