package io.dunlin.server.control;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Property;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A retained message as a row of a list.
 *
 * @param fromClientid null for the broker itself
 * @param payload in base64; not more of it than was asked for
 * @param payloadSize how long it is in bytes
 * @param expiresIn seconds, null where it does not expire
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RetainedRow(
        String topic,
        int qos,
        @Nullable String fromClientid,
        byte[] payload,
        int payloadSize,
        @Nullable Long expiresIn,
        @Nullable String contentType,
        @Nullable String responseTopic,
        List<UserProperty> userProperties) {
    static final Comparator<Message> BY_TOPIC =
            Comparator.comparing(message -> message.topic().text());

    static final Map<String, Comparator<Message>> ORDERS = Map.of(
            "topic",
            BY_TOPIC,
            "payload_size",
            Comparator.comparingInt(message -> message.payload().length),
            "from_clientid",
            Comparator.comparing(Message::publisher),
            "qos",
            Comparator.comparing(Message::qos));

    /** A pair of an application's own. */
    public record UserProperty(String name, String value) {}

    static RetainedRow of(Message message, int payloadMax, long nowNanos) {
        byte[] payload = message.payload();
        return new RetainedRow(
                message.topic().text(),
                message.qos().value(),
                message.publisher().isEmpty() ? null : message.publisher(),
                payload.length <= payloadMax ? payload : Arrays.copyOf(payload, payloadMax),
                payload.length,
                message.expiresAtNanos() == Message.NEVER
                        ? null
                        : Math.max(0, message.expiresAtNanos() - nowNanos) / 1_000_000_000L,
                message.properties().text(Property.CONTENT_TYPE),
                message.properties().text(Property.RESPONSE_TOPIC),
                message.properties().userProperties().stream()
                        .map(pair -> new UserProperty(pair.name(), pair.value()))
                        .toList());
    }
}
