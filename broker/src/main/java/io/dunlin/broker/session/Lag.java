package io.dunlin.broker.session;

/**
 * How far the client of a session is behind, as it was a moment ago.
 *
 * @param queued messages that wait to be sent
 * @param queuedNanos how long the oldest of them waits, roughly; 0 where none does
 * @param inFlight QoS 1 and 2 messages that were sent and not finished
 * @param unacknowledgedNanos how long the oldest of them is under way, 0 where none is
 */
public record Lag(int queued, long queuedNanos, int inFlight, long unacknowledgedNanos) {
    /** Thread: any. */
    public static Lag of(Session session, long nowNanos) {
        DeliveryQueue queue = session.outgoing().queue();
        InFlight inFlight = session.outgoing().inFlight();
        return new Lag(
                queue == null ? 0 : queue.size(),
                queue == null ? 0 : queue.oldestNanos(nowNanos),
                inFlight.size(),
                inFlight.unacknowledgedNanos(nowNanos));
    }

    /** The second figure alone. Thread: any. */
    public static long queuedNanos(Session session, long nowNanos) {
        DeliveryQueue queue = session.outgoing().queue();
        return queue == null ? 0 : queue.oldestNanos(nowNanos);
    }
}
