package io.dunlin.protocol.packet;

import io.dunlin.protocol.topic.TopicName;

/** The will of a CONNECT (3.1.2.5): what to publish when the connection ends without DISCONNECT. The payload is shared. */
public record Will(TopicName topic, QoS qos, boolean retain, Properties properties, byte[] payload) {
    @Override
    public String toString() {
        return "Will[topic=" + topic + ", qos=" + qos + ", retain=" + retain + ", properties=" + properties + ", "
                + payload.length + " bytes]";
    }
}
