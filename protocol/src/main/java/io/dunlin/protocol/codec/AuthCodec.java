package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** AUTH (3.15), MQTT 5 only. Whether the method is there and the right one is for the receiver to judge. */
final class AuthCodec {
    private AuthCodec() {}

    static Auth decode(Input in, Role role) {
        ReasonSet allowed = role == Role.SERVER ? ReasonSet.AUTH_OF_CLIENT : ReasonSet.AUTH_OF_SERVER;
        if (in.remaining() == 0) {
            return new Auth(allowed.of(ReasonCode.SUCCESS.value()), Properties.NONE);
        }
        ReasonCode reason = allowed.read(in);
        Properties properties = PropertiesCodec.decode(in, PropertiesCodec.Place.AUTH);
        in.expectEnd();
        return new Auth(reason, properties);
    }

    static int bytes(Auth packet) {
        boolean bare =
                packet.reason() == ReasonCode.SUCCESS && packet.properties().isEmpty();
        return bare ? 0 : 1 + PropertiesCodec.bytes(packet.properties());
    }

    static void put(Auth packet, ByteBuffer out) {
        if (bytes(packet) > 0) {
            out.put((byte) packet.reason().value());
            PropertiesCodec.put(packet.properties(), out);
        }
    }
}
