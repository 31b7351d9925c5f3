package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** DISCONNECT (3.14). */
final class DisconnectCodec {
    private DisconnectCodec() {}

    static Disconnect decode(Input in, ProtocolVersion version, Role role) {
        if (in.remaining() == 0) {
            return new Disconnect(ReasonCode.SUCCESS);
        }
        if (!version.hasProperties()) {
            throw Wire.malformed("before MQTT 5 a DISCONNECT has a fixed header and no more");
        }
        boolean fromClient = role == Role.SERVER;
        ReasonSet allowed = fromClient ? ReasonSet.DISCONNECT_OF_CLIENT : ReasonSet.DISCONNECT_OF_SERVER;
        ReasonCode reason = allowed.read(in);
        if (in.remaining() == 0) {
            return new Disconnect(reason);
        }
        Properties properties = PropertiesCodec.decode(in, PropertiesCodec.Place.DISCONNECT);
        in.expectEnd();
        if (!fromClient && properties.has(Property.SESSION_EXPIRY_INTERVAL)) { // [MQTT-3.14.2-2]
            throw Wire.protocolError("a server's DISCONNECT has no session expiry interval");
        }
        return new Disconnect(reason, properties);
    }

    static int bytes(Disconnect packet, ProtocolVersion version) {
        if (!version.hasProperties()
                || packet.reason() == ReasonCode.SUCCESS && packet.properties().isEmpty()) {
            return 0;
        }
        return 1 + (packet.properties().isEmpty() ? 0 : PropertiesCodec.bytes(packet.properties()));
    }

    static void put(Disconnect packet, ProtocolVersion version, ByteBuffer out) {
        if (bytes(packet, version) > 0) {
            out.put((byte) packet.reason().value());
            if (!packet.properties().isEmpty()) {
                PropertiesCodec.put(packet.properties(), out);
            }
        }
    }
}
