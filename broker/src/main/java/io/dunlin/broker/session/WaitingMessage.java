package io.dunlin.broker.session;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.QoS;
import java.util.Arrays;
import java.util.Locale;

/**
 * A message in a session, for administrators.
 *
 * @param packetId under which it was sent, 0 for one that waits in the queue
 * @param publisher the client id, "" for the broker itself
 * @param payload not more of it than was asked for; not to be changed
 * @param payloadBytes how long it is
 * @param expiresInSeconds -1 where it does not expire
 */
public record WaitingMessage(
        State state,
        int packetId,
        String topic,
        QoS qos,
        boolean retain,
        String publisher,
        byte[] payload,
        int payloadBytes,
        long expiresInSeconds) {

    /** How far it is. */
    public enum State {
        /** In the queue. */
        QUEUED,
        /** In flight, and not yet written to the connection. */
        BEGUN,
        /** Written, and not acknowledged. */
        SENT,
        /** The client has it: PUBCOMP is what is left. */
        RELEASED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static WaitingMessage of(
            State state, int packetId, Message message, QoS qos, boolean retain, int payloadMax, long nowNanos) {
        byte[] payload = message.payload();
        return new WaitingMessage(
                state,
                packetId,
                message.topic().text(),
                qos,
                retain,
                message.publisher(),
                payload.length <= payloadMax ? payload : Arrays.copyOf(payload, payloadMax),
                payload.length,
                message.expiresAtNanos() == Message.NEVER
                        ? -1
                        : Math.max(0, message.expiresAtNanos() - nowNanos) / 1_000_000_000L);
    }
}
