package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;

/** PUBLISH (3.3). */
final class PublishCodec {
    static final int RETAIN = 0x01;
    static final int QOS_SHIFT = 1;
    static final int DUP = 0x08;

    private PublishCodec() {}

    /** The flags were judged with the fixed header. */
    static Publish decode(Input in, int flags, ProtocolVersion version, Role role, TopicCache topics) {
        QoS qos = QoS.of(flags >> QOS_SHIFT & 3);
        TopicName topic = in.topic(topics); // [MQTT-3.3.2-1] [MQTT-3.3.2-2] [MQTT311-3.3.2-1] [MQTT311-3.3.2-2]
        int packetId = qos == QoS.AT_MOST_ONCE ? 0 : in.packetId(); // [MQTT-2.2.1-2] [MQTT311-2.3.1-5]
        Properties properties = Properties.NONE;
        if (version.hasProperties()) {
            properties = PropertiesCodec.decode(in, PropertiesCodec.Place.PUBLISH);
            if (role == Role.SERVER && properties.has(Property.SUBSCRIPTION_IDENTIFIER)) { // [MQTT-3.3.4-6]
                throw Wire.protocolError("a client's PUBLISH has no subscription identifier");
            }
        }
        if (topic.isEmpty() && !properties.has(Property.TOPIC_ALIAS)) {
            if (version.hasProperties()) { // 3.3.2.3.4
                throw Wire.protocolError("a PUBLISH has a topic or a topic alias");
            }
            throw new ProtocolError(ReasonCode.TOPIC_NAME_INVALID, "the topic is empty"); // [MQTT311-4.7.3-1]
        }
        boolean dup = (flags & DUP) != 0 && qos != QoS.AT_MOST_ONCE;
        return new Publish(dup, qos, (flags & RETAIN) != 0, topic, packetId, properties, in.rest());
    }

    static int flags(boolean dup, QoS qos, boolean retain) {
        int bits = qos.value() << QOS_SHIFT; // [MQTT-3.3.1-4] [MQTT311-3.3.1-4]
        if (dup && qos != QoS.AT_MOST_ONCE) { // [MQTT-3.3.1-2] [MQTT-4.3.1-1] [MQTT311-3.3.1-2] [MQTT311-4.3.1-1]
            bits |= DUP;
        }
        return retain ? bits | RETAIN : bits;
    }

    static int bytes(Publish packet, ProtocolVersion version) {
        return Wire.binaryBytes(packet.topic().utf8())
                + (packet.qos() == QoS.AT_MOST_ONCE ? 0 : Short.BYTES)
                + (version.hasProperties() ? PropertiesCodec.bytes(packet.properties()) : 0)
                + packet.payload().length;
    }

    static void put(Publish packet, ProtocolVersion version, ByteBuffer out) {
        Wire.putBinary(packet.topic().utf8(), out);
        if (packet.qos() != QoS.AT_MOST_ONCE) { // [MQTT-2.2.1-2] [MQTT311-2.3.1-5]
            out.putShort((short) packet.packetId());
        }
        if (version.hasProperties()) {
            PropertiesCodec.put(packet.properties(), out);
        }
        out.put(packet.payload());
    }
}
