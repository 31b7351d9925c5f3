package io.dunlin.broker.session;

import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.Publish;
import java.util.concurrent.TimeUnit;

/**
 * How much one client publishes in a second: two buckets that refill evenly and hold one second's worth. A client beyond its
 * rate is not read until it is within it again. Thread: the shard.
 */
final class RateLimit {
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double messagesPerSecond;
    private final double bytesPerSecond;
    private double messages;
    private double bytes;
    private long filledNanos;

    /** @param messagesPerSecond 0 for no limit @param bytesPerSecond 0 for no limit */
    RateLimit(long messagesPerSecond, long bytesPerSecond, long nowNanos) {
        this.messagesPerSecond = messagesPerSecond == 0 ? Double.POSITIVE_INFINITY : messagesPerSecond;
        this.bytesPerSecond = bytesPerSecond == 0 ? Double.POSITIVE_INFINITY : bytesPerSecond;
        this.messages = this.messagesPerSecond;
        this.bytes = this.bytesPerSecond;
        this.filledNanos = nowNanos;
    }

    /** Counts a message, and stops reading from the link for as long as the buckets need to refill. */
    void count(Publish publish, Link link, Shard shard) {
        long pauseNanos = take(publish.payload().length, shard.nanos());
        if (pauseNanos > 0) {
            shard.counters().increment(Counter.PUBLISHERS_PAUSED);
            link.limited(ClientLimit.PUBLISH_RATE, "publishes more than it may, and is read more slowly");
            link.pause();
            shard.arm(
                    new Deadline() {
                        @Override
                        protected void due() {
                            link.resume();
                        }
                    },
                    pauseNanos);
        }
    }

    /** Takes a message out of the buckets; the nanoseconds until both are back at zero, 0 if they are not below. */
    long take(int payloadBytes, long nowNanos) {
        double seconds = (nowNanos - filledNanos) / SECOND_NANOS;
        filledNanos = nowNanos;
        messages = Math.min(messagesPerSecond, messages + seconds * messagesPerSecond) - 1;
        bytes = Math.min(bytesPerSecond, bytes + seconds * bytesPerSecond) - payloadBytes;
        double wait = Math.max(-messages / messagesPerSecond, -bytes / bytesPerSecond);
        return wait > 0 ? (long) (wait * SECOND_NANOS) : 0;
    }
}
