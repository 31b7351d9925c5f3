package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import java.nio.charset.StandardCharsets;

/**
 * What a responder answers with ({@link MqttClient#respond}); topic, correlation data and QoS are those that the request asks
 * for. Immutable; the payload is the array itself, not a copy.
 */
public record Reply(byte[] payload, Properties properties) {

    public static Reply of(byte[] payload) {
        return new Reply(payload, Properties.NONE);
    }

    /** The text in UTF-8. */
    public static Reply of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Also says what the payload is, for instance {@code application/json}. */
    public Reply withContentType(String type) {
        return new Reply(
                payload,
                properties.without(Property.CONTENT_TYPE).toBuilder()
                        .text(Property.CONTENT_TYPE, type)
                        .build());
    }

    public Reply withUserProperty(String name, String value) {
        return new Reply(payload, properties.toBuilder().user(name, value).build());
    }
}
