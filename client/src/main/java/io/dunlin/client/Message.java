package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
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
