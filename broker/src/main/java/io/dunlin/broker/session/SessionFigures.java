package io.dunlin.broker.session;

/**
 * How much a session has at this moment.
 *
 * @param inFlight QoS 1 and 2 messages that were sent and not finished
 * @param awaitingRelease QoS 2 messages of the client between PUBLISH and PUBREL
 * @param queued messages that wait to be sent
 * @param queuedBytes what they count for in limits
 * @param queuedMax the limit
 * @param dropped messages that found the queue full
 * @param messagesIn PUBLISH packets of the client, since the session began or the broker started; likewise the others
 * @param bytesIn of all packets, from the first message on
 */
public record SessionFigures(
        int subscriptions,
        int inFlight,
        int awaitingRelease,
        int queued,
        long queuedBytes,
        int queuedMax,
        long dropped,
        long messagesIn,
        long messagesOut,
        long bytesIn,
        long bytesOut) {

    /** Exact on the session's shard; elsewhere as it was a moment ago. */
    static SessionFigures of(Session session) {
        DeliveryQueue queue = session.outgoing().queue();
        Traffic traffic = session.traffic;
        Traffic counted = traffic == null ? new Traffic() : traffic;
        return new SessionFigures(
                session.subscriptions().count(),
                session.outgoing().inFlight().size(),
                session.inbound().unreleased(),
                queue == null ? 0 : queue.size(),
                queue == null ? 0 : queue.bytes(),
                session.context().core().options().sessions().queueMessagesMax(),
                counted.dropped,
                counted.messagesIn,
                counted.messagesOut,
                counted.bytesIn,
                counted.bytesOut);
    }
}
