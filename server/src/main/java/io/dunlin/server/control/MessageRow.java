package io.dunlin.server.control;

import io.dunlin.broker.session.WaitingMessage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A message in a session as a row of a list.
 *
 * @param state queued, begun (not yet written), sent, or released (PUBREC came)
 * @param packetId null for one that waits in the queue
 * @param fromClientid null for the broker itself
 * @param payload in base64; not more of it than was asked for
 * @param payloadSize how long it is in bytes
 * @param expiresIn seconds, null where it does not expire
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record MessageRow(
        String topic,
        int qos,
        boolean retain,
        String state,
        @Nullable Integer packetId,
        @Nullable String fromClientid,
        byte[] payload,
        int payloadSize,
        @Nullable Long expiresIn) {
    static MessageRow of(WaitingMessage message) {
        return new MessageRow(
                message.topic(),
                message.qos().value(),
                message.retain(),
                message.state().text(),
                message.packetId() == 0 ? null : message.packetId(),
                message.publisher().isEmpty() ? null : message.publisher(),
                message.payload(),
                message.payloadBytes(),
                message.expiresInSeconds() < 0 ? null : message.expiresInSeconds());
    }
}
