package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** CONNACK (3.2). */
final class ConnackCodec {
    private static final ReasonCode[] BY_RETURN_CODE = {
        ReasonCode.SUCCESS,
        ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
        ReasonCode.SERVER_UNAVAILABLE,
        ReasonCode.BAD_USER_NAME_OR_PASSWORD,
        ReasonCode.NOT_AUTHORIZED
    };

    private ConnackCodec() {}

    static Connack decode(Input in, ProtocolVersion version) {
        int flags = in.oneByte();
        if (version == ProtocolVersion.V3_1) {
            flags = 0; // a reserved byte there
        } else if (flags > 1) { // [MQTT-3.2.2-1]
            throw Wire.malformed("a reserved flag of CONNACK is set");
        }
        ReasonCode reason;
        Properties properties = Properties.NONE;
        if (version.hasProperties() && !isOldRefusal(in)) {
            reason = ReasonSet.CONNACK.read(in);
            properties = PropertiesCodec.decode(in, PropertiesCodec.Place.CONNACK);
        } else {
            int returnCode = in.oneByte();
            if (returnCode >= BY_RETURN_CODE.length) {
                throw Wire.protocolError("return code " + returnCode + " of CONNACK does not exist");
            }
            reason = BY_RETURN_CODE[returnCode];
        }
        in.expectEnd();
        if (flags == 1 && reason != ReasonCode.SUCCESS) { // [MQTT-3.2.2-6] [MQTT311-3.2.2-4]
            throw Wire.protocolError("a session cannot be present where the connection is refused");
        }
        return new Connack(flags == 1, reason, properties);
    }

    /** A server that knows no MQTT 5 refuses it in its own words. [MQTT311-3.1.2-2] */
    private static boolean isOldRefusal(Input in) {
        return in.remaining() == 1 && in.peek() > 0 && in.peek() < BY_RETURN_CODE.length;
    }

    static int bytes(Connack packet, ProtocolVersion version) {
        return version.hasProperties() ? 2 + PropertiesCodec.bytes(packet.properties()) : 2;
    }

    static void put(Connack packet, ProtocolVersion version, ByteBuffer out) {
        boolean present = packet.sessionPresent()
                && packet.reason() == ReasonCode.SUCCESS // [MQTT-3.2.2-6] [MQTT311-3.2.2-4]
                && version != ProtocolVersion.V3_1;
        out.put((byte) (present ? 1 : 0)); // [MQTT-3.2.2-1]
        if (version.hasProperties()) {
            out.put((byte) packet.reason().value());
            PropertiesCodec.put(packet.properties(), out);
        } else {
            out.put((byte) returnCode(packet.reason()));
        }
    }

    /** The return code of 3.1 and 3.1.1 that comes nearest. */
    private static int returnCode(ReasonCode reason) {
        int value = reason.value();
        if (value < 0x80) {
            return 0;
        }
        return switch (value) {
            case 0x84 -> 1;
            case 0x85 -> 2;
            case 0x86 -> 4;
            case 0x87, 0x8A, 0x8C -> 5; // not authorised, banned, bad authentication method
            default -> 3; // server unavailable
        };
    }
}
