package io.dunlin.client;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What the server said in CONNACK that it takes (3.2.2.3); what it did not say is unlimited. */
record ServerLimits(
        int receiveMax,
        QoS qosMax,
        boolean retainAvailable,
        long packetBytesMax,
        int topicAliasMax,
        boolean subscriptionIdsAvailable,
        int keepAliveSeconds) {

    static ServerLimits of(Connack connack, ProtocolVersion version, int keepAliveAsked) {
        Properties said = connack.properties();
        return new ServerLimits(
                (int) said.number(Property.RECEIVE_MAXIMUM, 65_535),
                QoS.of((int) said.number(Property.MAXIMUM_QOS, 2)),
                said.number(Property.RETAIN_AVAILABLE, 1) == 1,
                said.number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE),
                (int) said.number(Property.TOPIC_ALIAS_MAXIMUM, 0),
                version.hasProperties() && said.number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1) == 1,
                (int) said.number(Property.SERVER_KEEP_ALIVE, keepAliveAsked)); // [MQTT-3.1.2-21]
    }

    /** Why the server would not take this message, or null where it does. */
    @Nullable
    LimitExceeded refusal(Message message) {
        if (message.qos().compareTo(qosMax) > 0) { // [MQTT-3.2.2-11]
            return new LimitExceeded(
                    ReasonCode.QOS_NOT_SUPPORTED,
                    "The server takes QoS " + qosMax.value() + " at most: publish with a lower QoS.");
        }
        if (message.retain() && !retainAvailable) { // [MQTT-3.2.2-14]
            return new LimitExceeded(ReasonCode.RETAIN_NOT_SUPPORTED, "The server keeps no retained messages.");
        }
        return null;
    }

    /** Why the server would not take this message as a packet of this size, or null where it does. */
    @Nullable
    LimitExceeded refusal(Message message, int packetBytes) {
        LimitExceeded refusal = refusal(message);
        return refusal == null ? refusal(packetBytes) : refusal;
    }

    /** Why the server would not take a packet of this size, or null where it does. */
    @Nullable
    LimitExceeded refusal(int packetBytes) {
        return packetBytes <= packetBytesMax // [MQTT-3.2.2-15]
                ? null
                : new LimitExceeded(
                        ReasonCode.PACKET_TOO_LARGE,
                        "The server takes packets of " + packetBytesMax + " bytes at most, this one has " + packetBytes
                                + ".");
    }
}
