package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Packets out of the bytes of one connection. It judges all that the bytes alone decide and never acts: what is wrong is
 * thrown as {@link ProtocolError}, and after that the decoder is of no more use. One for each connection, used by one thread
 * at a time.
 *
 * <p>A server's decoder wants CONNECT first, once, and takes the version from it; a client's is told the version.
 */
public final class PacketDecoder {
    /** Whose ear it is: SERVER decodes what clients send. */
    public enum Role {
        SERVER,
        CLIENT
    }

    private final Role role;
    private int packetBytesMax;
    private final byte[] firstBytes;
    private final Input input = new Input();
    private TopicCache topics;
    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private boolean versionKnown;
    private boolean connected;

    // Of the packet that packetBytes() saw last.
    private int headBytes;
    private boolean overlong;

    /**
     * @param packetBytesMax the most bytes of one packet, fixed header included
     * @param topics the cache of the thread that decodes
     */
    public PacketDecoder(Role role, int packetBytesMax, TopicCache topics) {
        this.role = role;
        this.packetBytesMax = packetBytesMax;
        this.topics = topics;
        this.firstBytes = FixedHeader.table(role);
        this.versionKnown = role == Role.CLIENT;
    }

    /** V3_1_1 until CONNECT (SERVER) or {@link #version(ProtocolVersion)} said otherwise. */
    public ProtocolVersion version() {
        return version;
    }

    /** For a client's decoder, and for one that begins after CONNECT. */
    public void version(ProtocolVersion known) {
        version = known;
        versionKnown = true;
    }

    /**
     * Whether {@link #version} is what the peer speaks, so that an error can be answered in it: true as soon as the version in
     * CONNECT was read, even if what follows is wrong. Of a version that Dunlin does not speak, it is the nearest.
     */
    public boolean versionKnown() {
        return versionKnown;
    }

    /** The most bytes of one packet from now on, fixed header included. */
    public void packetBytesMax(int bytes) {
        packetBytesMax = bytes;
    }

    /**
     * How many things one packet may hold; without it any number that fits. A packet with more is refused with QUOTA_EXCEEDED: each
     * of them takes many times its bytes in memory.
     *
     * @param userProperties in one packet, a will's by themselves
     * @param filters in one SUBSCRIBE or UNSUBSCRIBE
     */
    public void itemsMax(int userProperties, int filters) {
        input.itemsMax(userProperties, filters);
    }

    /** When the connection moved to a thread with another cache. */
    public void topics(TopicCache cache) {
        topics = cache;
    }

    /**
     * The bytes of the packet that starts at the buffer's position, or -1 while its fixed header is not complete. The position
     * stays.
     *
     * @throws ProtocolError from the fixed header alone, before the body came: a first byte that cannot be, a length of more
     *     than four bytes, more than the most bytes of a packet
     */
    public int packetBytes(ByteBuffer in) {
        int at = in.position();
        int limit = in.limit();
        if (at >= limit) {
            return -1;
        }
        int first = in.get(at) & 0xFF;
        if (firstBytes[first] != 0) {
            FixedHeader.judge(firstBytes[first], version);
        }
        if (!versionKnown && first >> 4 != Wire.CONNECT) { // [MQTT-3.1.0-1] [MQTT311-3.1.0-1]
            throw Wire.protocolError("the first packet is CONNECT");
        }
        int length = 0;
        for (int i = 1; i < 5; i++) {
            if (at + i >= limit) {
                return -1;
            }
            int b = in.get(at + i);
            length |= (b & 0x7F) << 7 * (i - 1);
            if (b >= 0) {
                headBytes = i + 1;
                return checkedBytes(length, b);
            }
        }
        throw Wire.malformed("the remaining length has more than four bytes");
    }

    private int checkedBytes(int length, int lastByte) {
        // Only MQTT 5 forbids a longer encoding than need be; of CONNECT it is judged once the version is known.
        overlong = lastByte == 0 && headBytes > 2;
        if (overlong && version == ProtocolVersion.V5) { // [MQTT-1.5.5-1]
            throw tooLongLength();
        }
        if (headBytes + length > packetBytesMax) {
            throw new ProtocolError(
                    ReasonCode.PACKET_TOO_LARGE,
                    "a packet of " + (headBytes + length) + " bytes where " + packetBytesMax + " are the most");
        }
        return headBytes + length;
    }

    private static ProtocolError tooLongLength() {
        return Wire.malformed("the remaining length is longer than it need be");
    }

    /**
     * Takes one whole packet from the buffer's position, or returns null and leaves the position where it was while the packet
     * is not complete. What the packet holds is copied: the buffer may be used again.
     *
     * @throws ProtocolError where the packet cannot be accepted
     */
    public @Nullable Packet decode(ByteBuffer in) {
        int bytes = packetBytes(in);
        if (bytes < 0 || bytes > in.remaining()) { // [MQTT-6.0.0-2] [MQTT311-6.0.0-2]
            return null;
        }
        int start = in.position();
        int first = in.get(start) & 0xFF;
        if (in.hasArray()) {
            int from = in.arrayOffset() + start;
            input.reset(in.array(), from + headBytes, from + bytes);
        } else {
            byte[] copy = new byte[bytes];
            in.get(start, copy);
            input.reset(copy, headBytes, bytes);
        }
        in.position(start + bytes);
        Packet packet = body(first >> 4, first & 0x0F);
        input.clear();
        return packet;
    }

    private Packet body(int type, int flags) {
        return switch (type) {
            case Wire.PUBLISH -> PublishCodec.decode(input, flags, version, role, topics);
            case Wire.PUBACK, Wire.PUBREC, Wire.PUBREL, Wire.PUBCOMP -> AckCodec.decode(input, type, version);
            case Wire.CONNECT -> connect();
            case Wire.CONNACK -> ConnackCodec.decode(input, version);
            case Wire.SUBSCRIBE -> SubscribeCodec.decode(input, version);
            case Wire.SUBACK -> SubackCodec.decode(input, version);
            case Wire.UNSUBSCRIBE -> UnsubscribeCodec.decode(input, version);
            case Wire.UNSUBACK -> UnsubackCodec.decode(input, version);
            case Wire.PINGREQ -> empty(Pingreq.INSTANCE);
            case Wire.PINGRESP -> empty(Pingresp.INSTANCE);
            case Wire.DISCONNECT -> DisconnectCodec.decode(input, version, role);
            case Wire.AUTH -> AuthCodec.decode(input, role);
            default -> throw new AssertionError(type);
        };
    }

    private Packet empty(Packet packet) {
        input.expectEnd();
        return packet;
    }

    private Connect connect() {
        if (connected) { // [MQTT-3.1.0-2] [MQTT311-3.1.0-2]
            throw Wire.protocolError("a second CONNECT");
        }
        connected = true;
        String protocolName = ConnectCodec.protocolName(input);
        int level = input.oneByte();
        ProtocolVersion spoken = ConnectCodec.version(protocolName, level);
        versionKnown = true;
        if (spoken == null) { // [MQTT-3.1.2-2] [MQTT311-3.1.2-2]
            version = level > ProtocolVersion.V5.level() ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1;
            throw ConnectCodec.unsupported("protocol level " + level + " of " + protocolName + " is not spoken here");
        }
        version = spoken;
        if (overlong && spoken == ProtocolVersion.V5) { // [MQTT-1.5.5-1]
            throw tooLongLength();
        }
        return ConnectCodec.decode(input, spoken, topics);
    }
}
