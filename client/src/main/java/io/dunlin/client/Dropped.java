package io.dunlin.client;

/** A message that did not reach its goal, and why. Told to {@link ClientBuilder#onDrop} and counted in {@link ClientMetrics}. */
public record Dropped(Reason reason, Message message) {
    /** Why a message was given up. */
    public enum Reason {
        /** Outgoing: the offline buffer was full and its policy chose this message. */
        BUFFER_FULL,
        /** Outgoing: its Message Expiry Interval ran out while it waited here. */
        EXPIRED,
        /** Outgoing, QoS 0: the connection ended before it was written. */
        CONNECTION_LOST,
        /** Outgoing, QoS 2: the server lost the session; whether it had taken the message nobody can know. */
        SESSION_LOST,
        /** Outgoing: the server said no, or takes nothing like it (size, QoS, retained). */
        REFUSED,
        /** Outgoing: it waited when the client was closed. */
        CLOSED,
        /** Incoming, QoS 0: its handler was too slow. */
        HANDLER_SLOW,
        /** Incoming: no handler takes this topic. */
        NO_HANDLER
    }
}
