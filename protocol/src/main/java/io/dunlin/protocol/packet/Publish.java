package io.dunlin.protocol.packet;

import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH (3.3). {@code packetId} is 0 at QoS 0. The topic is {@link TopicName#EMPTY} where a topic alias stands for it. The
 * payload is shared by all who hold the packet: nobody changes it.
 */
public record Publish(
        boolean dup, QoS qos, boolean retain, TopicName topic, int packetId, Properties properties, byte[] payload)
        implements Packet {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Publish that
                && dup == that.dup
                && qos == that.qos
                && retain == that.retain
                && topic.equals(that.topic)
                && packetId == that.packetId
                && properties.equals(that.properties)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * topic.hashCode() + packetId) + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return "Publish[dup=" + dup + ", qos=" + qos + ", retain=" + retain + ", topic=" + topic + ", packetId="
                + packetId + ", properties=" + properties + ", " + payload.length + " bytes]";
    }
}
