package io.dunlin.broker.session;

/**
 * What has gone to and come from the client of one session, from its first message on; made at that moment, so that a client that
 * only listens in silence costs nothing. Written by the session's shard; others may look, and see what was a moment ago.
 */
final class Traffic {
    long messagesIn;
    long messagesOut;
    long bytesIn;
    long bytesOut;

    /** Messages that found its queue full. */
    long dropped;

    /** Makes it where there is none. Thread: the session's shard. */
    static Traffic of(Session session) {
        Traffic known = session.traffic;
        if (known == null) {
            known = new Traffic();
            session.traffic = known;
        }
        return known;
    }
}
