package io.dunlin.broker.port;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;

/**
 * What was published, without anything of one receiver: immutable, shared by all its receivers and between shards.
 *
 * @param properties those that are forwarded unchanged and in order: payload format, content type, response topic,
 *     correlation data, user properties
 * @param payload shared: nobody changes it
 * @param publisher the client id of the publisher, "" for the broker itself
 * @param expiresAtNanos in {@link Clock#nanos} time, {@link #NEVER} where it does not expire
 */
public record Message(
        TopicName topic,
        QoS qos,
        boolean retain,
        Properties properties,
        byte[] payload,
        String publisher,
        long expiresAtNanos) {
    public static final long NEVER = Long.MAX_VALUE;

    public boolean isExpired(long nowNanos) {
        return expiresAtNanos != NEVER && expiresAtNanos - nowNanos <= 0;
    }

    /** What it counts for in limits by bytes: topic, payload and properties, and a constant for the objects. */
    public int weight() {
        return payload.length + topic.utf8().length + properties.weight() + 96;
    }
}
