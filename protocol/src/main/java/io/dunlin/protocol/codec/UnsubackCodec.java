package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Unsuback;
import java.nio.ByteBuffer;
import java.util.List;

/** UNSUBACK (3.11). */
final class UnsubackCodec {
    private UnsubackCodec() {}

    static Unsuback decode(Input in, ProtocolVersion version) {
        int packetId = in.packetId();
        if (!version.hasProperties()) {
            in.expectEnd();
            return new Unsuback(packetId, Properties.NONE, List.of());
        }
        Properties properties = PropertiesCodec.decode(in, PropertiesCodec.Place.ACK);
        return new Unsuback(packetId, properties, SubackCodec.reasons(in, ReasonSet.UNSUBACK));
    }

    static int bytes(Unsuback packet, ProtocolVersion version) {
        return version.hasProperties()
                ? Short.BYTES
                        + PropertiesCodec.bytes(packet.properties())
                        + packet.reasons().size()
                : Short.BYTES;
    }

    static void put(Unsuback packet, ProtocolVersion version, ByteBuffer out) {
        out.putShort((short) packet.packetId());
        if (version.hasProperties()) {
            PropertiesCodec.put(packet.properties(), out);
            for (ReasonCode reason : packet.reasons()) { // [MQTT-3.11.3-1]
                out.put((byte) reason.value());
            }
        }
    }
}
