package io.dunlin.protocol.packet;

import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The will of a CONNECT (3.1.2.5): what to publish when the connection ends without DISCONNECT. The payload is shared. */
public record Will(TopicName topic, QoS qos, boolean retain, Properties properties, byte[] payload) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Will that
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
        return "Will[topic=" + topic + ", qos=" + qos + ", retain=" + retain + ", properties=" + properties + ", "
                + payload.length + " bytes]";
    }
}
