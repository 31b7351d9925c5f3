package io.dunlin.cli.bench;

import io.dunlin.cli.bench.BenchPlan.Mode;
import java.util.concurrent.TimeUnit;

/**
 * What a run gave.
 *
 * @param connectNanos from the first connection until the last answer
 * @param loadNanos how long the load lasted
 * @param expected how many messages should have come in all; 0 where nobody knows
 */
record Result(
        long connectNanos,
        long loadNanos,
        Meter connections,
        long sent,
        Meter published,
        Meter received,
        long receivedBytes,
        long expected,
        Mode mode) {
    private static double perSecond(long count, long nanos) {
        return nanos <= 0 ? 0 : count * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
    }

    /** The meter that the limits are about. */
    Meter main() {
        return switch (mode) {
            case CONN -> connections;
            case PUB -> published;
            case SUB, P2P -> received;
        };
    }

    /** What is done in a second: connections, acknowledged publishes, or messages that came. */
    double rate() {
        return mode == Mode.CONN ? connectRate() : perSecond(main().count(), loadNanos);
    }

    double connectRate() {
        return perSecond(connections.count(), connectNanos);
    }

    double publishRate() {
        return perSecond(published.count(), loadNanos);
    }

    double receiveRate() {
        return perSecond(received.count(), loadNanos);
    }

    double bytesRate() {
        return perSecond(receivedBytes, loadNanos);
    }

    long lost() {
        return Math.max(0, expected - received.count());
    }

    long failed() {
        return connections.failures() + published.failures();
    }
}
