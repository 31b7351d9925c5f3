package io.dunlin.client;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How the messages of one handler are brought to it: one at a time and in the order of arrival, out of a queue of its own. A
 * handler that is slow fills its own queue and no other. What waits there at QoS 1 and 2 is not acknowledged yet, so the
 * server's window (Receive Maximum) bounds it; messages of QoS 0 know no such bound and are treated as {@code overflow} says.
 * Immutable.
 *
 * @param manualAck messages are acknowledged by {@link Delivery#ack} alone; else when the handler returns
 * @param queueMax messages of QoS 0 that may wait, at least 1
 * @param overflow what happens to a message of QoS 0 when that many wait
 * @param executor where the handler runs, or null for the client's executor
 */
public record Handling(
        boolean manualAck,
        int queueMax,
        Overflow overflow,
        @Nullable Executor executor) {
    /** Acknowledged when the handler returns; of 65,536 waiting messages of QoS 0 the oldest is dropped, counted and told. */
    public static final Handling DEFAULT = new Handling(false, 65_536, Overflow.DROP_OLDEST, null);

    /** As {@link #DEFAULT}, but acknowledged by {@link Delivery#ack} alone. */
    public static final Handling MANUAL_ACK = DEFAULT.withManualAck(true);

    /** What happens to messages of QoS 0 that a handler does not keep up with. Drops are counted and told to onDrop. */
    public enum Overflow {
        /** The message that has waited longest goes. */
        DROP_OLDEST,
        /** The message that comes goes. */
        DROP_NEWEST,
        /** Nothing goes: the client stops reading from its connection, which slows all its handlers down, and the server. */
        PAUSE_READING
    }

    public Handling {
        if (queueMax < 1) {
            throw new IllegalArgumentException("The queue of a handler must hold at least 1 message.");
        }
    }

    public Handling withManualAck(boolean changed) {
        return new Handling(changed, queueMax, overflow, executor);
    }

    public Handling withQueue(int messagesMax, Overflow changed) {
        return new Handling(manualAck, messagesMax, changed, executor);
    }

    /** An executor of the handler's own. One that runs tasks directly makes the handler run on the client's network thread. */
    public Handling withExecutor(@Nullable Executor changed) {
        return new Handling(manualAck, queueMax, overflow, changed);
    }
}
