package io.dunlin.broker.shard;

import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.broker.port.Message;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long messages take from the read of their PUBLISH until their copies are handed to the sockets of this shard. Measured on some of
 * them: at most one in a millisecond is watched, and known again by its identity, so that a message costs neither an object nor a look
 * at the clock. Thread: the shard, but for {@link #times}.
 */
@SuppressWarnings("ReferenceEquality") // this very message
public final class DeliveryTimes {
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** So long a message that is not sent keeps others from being watched in its place. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Of those that are later, one is watched for so long. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LatencyHistogram times = new LatencyHistogram();
    private final Watch own = new Watch(); // it was published here
    private final Watch guest = new Watch(); // on another shard
    private final Watch late = new Watch();
    private boolean watching;
    private boolean sending;
    private boolean due;
    private long nextNanos;

    DeliveryTimes(long startNanos) {
        nextNanos = startNanos;
    }

    /** A place for a message that is watched. */
    private static final class Watch {
        private @Nullable Message message;
        private long sinceNanos;
        private boolean sent; // written for a receiver, and not flushed yet
        private boolean elsewhere; // another shard watches it, too

        boolean isFree(long nowNanos) {
            return message == null || elsewhere || nowNanos - sinceNanos >= PATIENCE_NANOS;
        }

        void take(Message taken, long since) {
            message = taken;
            sinceNanos = since;
            sent = false;
            elsewhere = false;
        }
    }

    /** A tick begins. */
    void tick(long nowNanos) {
        due = nowNanos - nextNanos >= 0 && own.isFree(nowNanos);
    }

    /** Whether the next message is to be watched. */
    public boolean isDue() {
        return due;
    }

    /** This one is watched. @param sinceNanos when its tick began */
    public void watch(Message message, long sinceNanos) {
        due = false;
        nextNanos = sinceNanos + APART_NANOS;
        put(own, message, sinceNanos, sinceNanos);
    }

    /** Whether this one is watched, and was published here. */
    public boolean isWatched(Message message) {
        return watching && message == own.message;
    }

    /** It goes to another shard, which watches it, too. @return since when it is watched */
    public long shared() {
        own.elsewhere = true;
        return own.sinceNanos;
    }

    /** One that another shard watches comes here next. */
    public void expect(Message message, long sinceNanos, long nowNanos) {
        if (guest.isFree(nowNanos)) {
            put(guest, message, sinceNanos, nowNanos);
        }
    }

    private void put(Watch place, Message message, long sinceNanos, long nowNanos) {
        Message before = place.message;
        boolean lateIsFree = late.message == null || nowNanos - late.sinceNanos >= LATE_NANOS;
        if (before != null && !place.elsewhere && lateIsFree) {
            late.take(before, place.sinceNanos);
        }
        place.take(message, sinceNanos);
        watching = true;
    }

    /** It was written for a receiver, and goes out with the next flush. */
    void sent(Message message) {
        if (watching) {
            sent(own, message);
            sent(guest, message);
            sent(late, message);
        }
    }

    private void sent(Watch place, Message message) {
        if (place.message == message) {
            place.sent = true;
            sending = true;
        }
    }

    /** Whether one of those that are watched goes out with this flush. */
    boolean isSending() {
        return sending;
    }

    /** All that was written is with the sockets. */
    void flushed(long nowNanos) {
        sending = false;
        flushed(own, nowNanos);
        flushed(guest, nowNanos);
        flushed(late, nowNanos);
        watching = own.message != null || guest.message != null || late.message != null;
    }

    private void flushed(Watch place, long nowNanos) {
        if (place.sent) {
            times.record(nowNanos - place.sinceNanos);
            place.message = null;
            place.sent = false;
        }
    }

    /** What was measured. Thread: any. */
    public LatencyHistogram times() {
        return times;
    }
}
