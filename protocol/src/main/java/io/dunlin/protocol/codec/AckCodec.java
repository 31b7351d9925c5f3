package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7): one shape. */
final class AckCodec {
    private AckCodec() {}

    static Packet decode(Input in, int type, ProtocolVersion version) {
        int packetId = in.packetId();
        if (in.remaining() == 0) {
            return switch (type) {
                case Wire.PUBACK -> new Puback(packetId);
                case Wire.PUBREC -> new Pubrec(packetId);
                case Wire.PUBREL -> new Pubrel(packetId);
                default -> new Pubcomp(packetId);
            };
        }
        if (!version.hasProperties()) {
            throw Wire.malformed("before MQTT 5 an acknowledgement has a packet identifier and no more");
        }
        ReasonCode reason = reasons(type).read(in);
        Properties properties = Properties.NONE;
        if (in.remaining() > 0) {
            properties = PropertiesCodec.decode(in, PropertiesCodec.Place.ACK);
            in.expectEnd();
        }
        return switch (type) {
            case Wire.PUBACK -> new Puback(packetId, reason, properties);
            case Wire.PUBREC -> new Pubrec(packetId, reason, properties);
            case Wire.PUBREL -> new Pubrel(packetId, reason, properties);
            default -> new Pubcomp(packetId, reason, properties);
        };
    }

    private static ReasonSet reasons(int type) {
        return switch (type) {
            case Wire.PUBACK -> ReasonSet.PUBACK;
            case Wire.PUBREC -> ReasonSet.PUBREC;
            case Wire.PUBREL -> ReasonSet.PUBREL;
            default -> ReasonSet.PUBCOMP;
        };
    }

    /** The shortest of the three forms: without reason and properties, without properties, whole. */
    static int bytes(ReasonCode reason, Properties properties, ProtocolVersion version) {
        if (!version.hasProperties() || reason == ReasonCode.SUCCESS && properties.isEmpty()) {
            return Short.BYTES;
        }
        return Short.BYTES + 1 + (properties.isEmpty() ? 0 : PropertiesCodec.bytes(properties));
    }

    static void put(int packetId, ReasonCode reason, Properties properties, ProtocolVersion version, ByteBuffer out) {
        out.putShort((short) packetId);
        if (!version.hasProperties() || reason == ReasonCode.SUCCESS && properties.isEmpty()) {
            return;
        }
        out.put((byte) reason.value());
        if (!properties.isEmpty()) {
            PropertiesCodec.put(properties, out);
        }
    }
}
