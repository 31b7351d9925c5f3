package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.ProtocolVersion;

/** What the first byte of a packet may be (2.1.2, 2.1.3), by receiver. */
final class FixedHeader {
    private static final byte GOOD = 0;
    private static final byte BAD_FLAGS = 1;
    private static final byte WRONG_DIRECTION = 2;
    private static final byte ONLY_IN_3_1 = 3;
    private static final byte ONLY_IN_5 = 4;
    private static final byte NO_TYPE = 5;

    private static final byte[] TO_SERVER = verdicts(Role.SERVER);
    private static final byte[] TO_CLIENT = verdicts(Role.CLIENT);

    private FixedHeader() {}

    static byte[] table(Role role) {
        return role == Role.SERVER ? TO_SERVER : TO_CLIENT;
    }

    /** Ends it unless the verdict, not 0, is one that this version lets pass. */
    static void judge(byte verdict, ProtocolVersion version) {
        switch (verdict) {
            case NO_TYPE -> throw Wire.malformed("packet type 0 does not exist");
            case WRONG_DIRECTION -> throw Wire.protocolError("a packet that the other side never sends");
            case ONLY_IN_5 -> {
                if (version != ProtocolVersion.V5) {
                    throw Wire.protocolError("AUTH exists in MQTT 5 only");
                }
            }
            case ONLY_IN_3_1 -> {
                if (version != ProtocolVersion.V3_1) {
                    throw badFlags();
                }
            }
            default -> throw badFlags();
        }
    }

    private static RuntimeException badFlags() { // [MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2]
        return Wire.malformed("flags of the fixed header that this packet cannot have");
    }

    private static byte[] verdicts(Role role) {
        byte[] table = new byte[256];
        for (int first = 0; first < table.length; first++) {
            int type = first >> 4;
            boolean wrongWay =
                    switch (type) {
                        case Wire.CONNECT, Wire.SUBSCRIBE, Wire.UNSUBSCRIBE, Wire.PINGREQ -> role == Role.CLIENT;
                        case Wire.CONNACK, Wire.SUBACK, Wire.UNSUBACK, Wire.PINGRESP -> role == Role.SERVER;
                        default -> false;
                    };
            table[first] = type == 0 ? NO_TYPE : wrongWay ? WRONG_DIRECTION : flags(type, first & 0x0F);
        }
        return table;
    }

    private static byte flags(int type, int flags) {
        return switch (type) {
            case Wire.PUBLISH -> {
                int qos = flags >> PublishCodec.QOS_SHIFT & 3;
                boolean dupWithoutAck = qos == 0 && (flags & PublishCodec.DUP) != 0;
                if (qos == 3) { // [MQTT-3.3.1-4] [MQTT311-3.3.1-4]
                    yield BAD_FLAGS;
                }
                yield dupWithoutAck ? ONLY_IN_3_1 : GOOD; // [MQTT-3.3.1-2] [MQTT311-3.3.1-2]
            }
            // [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT311-3.6.1-1] [MQTT311-3.8.1-1] [MQTT311-3.10.1-1]
            case Wire.PUBREL, Wire.SUBSCRIBE, Wire.UNSUBSCRIBE ->
                flags == 0b0010 ? GOOD : flags == 0b1010 ? ONLY_IN_3_1 : BAD_FLAGS; // 3.1 repeats them with DUP
            case Wire.AUTH -> flags == 0 ? ONLY_IN_5 : BAD_FLAGS; // [MQTT-3.15.1-1]
            default -> flags == 0 ? GOOD : BAD_FLAGS; // [MQTT-3.14.1-1] [MQTT311-3.14.1-1]
        };
    }
}
