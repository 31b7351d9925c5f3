package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.nio.ByteBuffer;

/**
 * Packets to bytes. What a version does not have is left out; reasons are mapped to the nearest return code. CONNECT is
 * written in its own version, whatever is asked. Without state: any thread. (A broker's PUBLISH goes by {@link PublishWriter}.)
 */
public final class PacketEncoder {
    private PacketEncoder() {}

    /**
     * The bytes of the whole packet.
     *
     * @throws IllegalArgumentException where the packet cannot be written: text or binary data above 65,535 bytes, more than
     *     268,435,455 bytes in all, AUTH before MQTT 5
     */
    public static int size(Packet packet, ProtocolVersion version) {
        int body = bodyBytes(type(packet), packet, version);
        return 1 + Wire.variableBytes(body) + body;
    }

    /** Writes exactly {@link #size} bytes. */
    public static void encode(Packet packet, ProtocolVersion version, ByteBuffer out) {
        int type = type(packet);
        int body = bodyBytes(type, packet, version);
        out.put((byte) (type << 4 | flags(type, packet)));
        Wire.putVariable(body, out);
        putBody(type, packet, version, out);
    }

    /** The packet in an array of its own. */
    public static byte[] encode(Packet packet, ProtocolVersion version) {
        byte[] bytes = new byte[size(packet, version)];
        encode(packet, version, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /**
     * The packet if it is not larger than the peer accepts; else without its reason string; else without its user properties
     * too. The result may still be too large: then it must not be sent. PUBLISH, CONNECT and requests stay as they are.
     *
     * @param packetBytesMax the peer's maximum packet size
     */
    public static Packet fit(Packet packet, ProtocolVersion version, long packetBytesMax) {
        if (!version.hasProperties() || size(packet, version) <= packetBytesMax) {
            return packet;
        }
        // [MQTT-3.2.2-19] [MQTT-3.4.2-2] [MQTT-3.5.2-2] [MQTT-3.6.2-2] [MQTT-3.7.2-2] [MQTT-3.9.2-1] [MQTT-3.11.2-1]
        // [MQTT-3.14.2-3] [MQTT-3.15.2-2]
        Packet fitting = without(packet, Property.REASON_STRING);
        if (size(fitting, version) <= packetBytesMax) {
            return fitting;
        }
        // [MQTT-3.2.2-20] [MQTT-3.4.2-3] [MQTT-3.5.2-3] [MQTT-3.6.2-3] [MQTT-3.7.2-3] [MQTT-3.9.2-2] [MQTT-3.11.2-2]
        // [MQTT-3.14.2-4] [MQTT-3.15.2-3]
        return without(fitting, Property.USER_PROPERTY);
    }

    private static Packet without(Packet packet, Property property) {
        if (packet instanceof Connack p) {
            return new Connack(p.sessionPresent(), p.reason(), p.properties().without(property));
        }
        if (packet instanceof Puback p) {
            return new Puback(p.packetId(), p.reason(), p.properties().without(property));
        }
        if (packet instanceof Pubrec p) {
            return new Pubrec(p.packetId(), p.reason(), p.properties().without(property));
        }
        if (packet instanceof Pubrel p) {
            return new Pubrel(p.packetId(), p.reason(), p.properties().without(property));
        }
        if (packet instanceof Pubcomp p) {
            return new Pubcomp(p.packetId(), p.reason(), p.properties().without(property));
        }
        if (packet instanceof Suback p) {
            return new Suback(p.packetId(), p.properties().without(property), p.reasons());
        }
        if (packet instanceof Unsuback p) {
            return new Unsuback(p.packetId(), p.properties().without(property), p.reasons());
        }
        if (packet instanceof Disconnect p) {
            return new Disconnect(p.reason(), p.properties().without(property));
        }
        if (packet instanceof Auth p) {
            return new Auth(p.reason(), p.properties().without(property));
        }
        return packet;
    }

    private static int type(Packet packet) {
        if (packet instanceof Puback) {
            return Wire.PUBACK;
        }
        if (packet instanceof Publish) {
            return Wire.PUBLISH;
        }
        if (packet instanceof Pubrec) {
            return Wire.PUBREC;
        }
        if (packet instanceof Pubrel) {
            return Wire.PUBREL;
        }
        if (packet instanceof Pubcomp) {
            return Wire.PUBCOMP;
        }
        if (packet instanceof Connect) {
            return Wire.CONNECT;
        }
        if (packet instanceof Connack) {
            return Wire.CONNACK;
        }
        if (packet instanceof Subscribe) {
            return Wire.SUBSCRIBE;
        }
        if (packet instanceof Suback) {
            return Wire.SUBACK;
        }
        if (packet instanceof Unsubscribe) {
            return Wire.UNSUBSCRIBE;
        }
        if (packet instanceof Unsuback) {
            return Wire.UNSUBACK;
        }
        if (packet instanceof Disconnect) {
            return Wire.DISCONNECT;
        }
        if (packet instanceof Auth) {
            return Wire.AUTH;
        }
        return packet instanceof Pingreq ? Wire.PINGREQ : Wire.PINGRESP;
    }

    private static int flags(int type, Packet packet) { // [MQTT-2.1.3-1] [MQTT311-2.2.2-1]
        return switch (type) {
            case Wire.PUBLISH -> {
                Publish publish = (Publish) packet;
                yield PublishCodec.flags(publish.dup(), publish.qos(), publish.retain());
            }
            case Wire.PUBREL, Wire.SUBSCRIBE, Wire.UNSUBSCRIBE -> 0b0010;
            default -> 0;
        };
    }

    private static int bodyBytes(int type, Packet packet, ProtocolVersion version) {
        return switch (type) {
            case Wire.PUBLISH -> PublishCodec.bytes((Publish) packet, version);
            case Wire.PUBACK -> {
                Puback p = (Puback) packet;
                yield AckCodec.bytes(p.reason(), p.properties(), version);
            }
            case Wire.PUBREC -> {
                Pubrec p = (Pubrec) packet;
                yield AckCodec.bytes(p.reason(), p.properties(), version);
            }
            case Wire.PUBREL -> {
                Pubrel p = (Pubrel) packet;
                yield AckCodec.bytes(p.reason(), p.properties(), version);
            }
            case Wire.PUBCOMP -> {
                Pubcomp p = (Pubcomp) packet;
                yield AckCodec.bytes(p.reason(), p.properties(), version);
            }
            case Wire.CONNECT -> ConnectCodec.bytes((Connect) packet);
            case Wire.CONNACK -> ConnackCodec.bytes((Connack) packet, version);
            case Wire.SUBSCRIBE -> SubscribeCodec.bytes((Subscribe) packet, version);
            case Wire.SUBACK -> SubackCodec.bytes((Suback) packet, version);
            case Wire.UNSUBSCRIBE -> UnsubscribeCodec.bytes((Unsubscribe) packet, version);
            case Wire.UNSUBACK -> UnsubackCodec.bytes((Unsuback) packet, version);
            case Wire.DISCONNECT -> DisconnectCodec.bytes((Disconnect) packet, version);
            case Wire.AUTH -> {
                if (!version.hasProperties()) {
                    throw new IllegalArgumentException("AUTH exists in MQTT 5 only");
                }
                yield AuthCodec.bytes((Auth) packet);
            }
            default -> 0; // PINGREQ, PINGRESP
        };
    }

    private static void putBody(int type, Packet packet, ProtocolVersion version, ByteBuffer out) {
        switch (type) {
            case Wire.PUBLISH -> PublishCodec.put((Publish) packet, version, out);
            case Wire.PUBACK -> {
                Puback p = (Puback) packet;
                AckCodec.put(p.packetId(), p.reason(), p.properties(), version, out);
            }
            case Wire.PUBREC -> {
                Pubrec p = (Pubrec) packet;
                AckCodec.put(p.packetId(), p.reason(), p.properties(), version, out);
            }
            case Wire.PUBREL -> {
                Pubrel p = (Pubrel) packet;
                AckCodec.put(p.packetId(), p.reason(), p.properties(), version, out);
            }
            case Wire.PUBCOMP -> {
                Pubcomp p = (Pubcomp) packet;
                AckCodec.put(p.packetId(), p.reason(), p.properties(), version, out);
            }
            case Wire.CONNECT -> ConnectCodec.put((Connect) packet, out);
            case Wire.CONNACK -> ConnackCodec.put((Connack) packet, version, out);
            case Wire.SUBSCRIBE -> SubscribeCodec.put((Subscribe) packet, version, out);
            case Wire.SUBACK -> SubackCodec.put((Suback) packet, version, out);
            case Wire.UNSUBSCRIBE -> UnsubscribeCodec.put((Unsubscribe) packet, version, out);
            case Wire.UNSUBACK -> UnsubackCodec.put((Unsuback) packet, version, out);
            case Wire.DISCONNECT -> DisconnectCodec.put((Disconnect) packet, version, out);
            case Wire.AUTH -> AuthCodec.put((Auth) packet, out);
            default -> {} // PINGREQ, PINGRESP
        }
    }
}
