package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is published: topic, payload and how it travels. Immutable; the payload is the array itself, not a copy, and nobody
 * changes it. {@code properties} are those of PUBLISH (3.3.2.3); a TOPIC_ALIAS in them asks the client to send the topic once
 * and the alias from then on.
 */
public record Message(TopicName topic, byte[] payload, QoS qos, boolean retain, Properties properties) {

    /**
     * QoS 0, not retained, without properties.
     *
     * @throws io.dunlin.protocol.topic.InvalidTopic where the text is no topic name
     */
    public static Message of(String topic, byte[] payload) {
        return new Message(TopicName.of(topic), payload, QoS.AT_MOST_ONCE, false, Properties.NONE);
    }

    /** As {@link #of(String, byte[])} with the text in UTF-8. */
    public static Message of(String topic, String text) {
        return of(topic, text.getBytes(StandardCharsets.UTF_8));
    }

    public Message withQos(QoS changed) {
        return new Message(topic, payload, changed, retain, properties);
    }

    public Message withRetain(boolean changed) {
        return new Message(topic, payload, qos, changed, properties);
    }

    public Message withProperties(Properties changed) {
        return new Message(topic, payload, qos, retain, changed);
    }

    /** 0, 1 or 2. */
    public Message withQos(int level) {
        return withQos(QoS.of(level));
    }

    /** What the payload is, for instance {@code application/json} (3.3.2.3.9). Ignored before MQTT 5, like all that follow. */
    public Message withContentType(String type) {
        return with(Property.CONTENT_TYPE, type);
    }

    /** Says that the payload is text in UTF-8 (3.3.2.3.2), which the server may check. */
    public Message withTextFormat() {
        return with(Property.PAYLOAD_FORMAT_INDICATOR, 1L);
    }

    /**
     * After this time the server gives the message to nobody any more (3.3.2.3.3): 0 to 4,294,967,295 s, rounded up to seconds.
     * Time that the message waits in this client counts too.
     */
    public Message withExpiry(Duration expiry) {
        return with(Property.MESSAGE_EXPIRY_INTERVAL, WillBuilder.seconds(expiry));
    }

    /** Where an answer is to go (4.10); {@link MqttClient#request} sets it by itself. */
    public Message withResponseTopic(String responseTopic) {
        return with(Property.RESPONSE_TOPIC, TopicName.of(responseTopic).text()); // [MQTT-3.3.2-14]
    }

    /** What an answer is to carry, so that it is known for what it answers (4.10). */
    public Message withCorrelationData(byte[] data) {
        return with(Property.CORRELATION_DATA, data);
    }

    /** A name and a value of the application's own, added to those before; they arrive in this order. */
    public Message withUserProperty(String name, String value) {
        return withProperties(properties.toBuilder().user(name, value).build());
    }

    private Message with(Property property, Object value) {
        return withProperties(
                properties.without(property).toBuilder().add(property, value).build());
    }

    /** The payload read as UTF-8; bytes that are none become U+FFFD. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Message that
                && topic.equals(that.topic)
                && qos == that.qos
                && retain == that.retain
                && properties.equals(that.properties)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return "Message[" + topic + ", " + qos + (retain ? ", retained, " : ", ") + payload.length + " bytes]";
    }
}
