package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** CONNECT (3.1). */
final class ConnectCodec {
    private static final int RESERVED = 0x01;
    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_QOS_SHIFT = 3;
    private static final int WILL_RETAIN = 0x20;
    private static final int WILL_BITS = 0x38;
    private static final int PASSWORD = 0x40;
    private static final int USERNAME = 0x80;

    private ConnectCodec() {}

    /** The protocol name; anything but the two that exist ends it. */
    static String protocolName(Input in) {
        String name = in.text();
        if (!name.equals("MQTT") && !name.equals("MQIsdp")) { // [MQTT-3.1.2-1] [MQTT311-3.1.2-1]
            throw unsupported("the protocol name is neither MQTT nor MQIsdp");
        }
        return name;
    }

    /** The version of this name and level, or null where Dunlin does not speak it. */
    static @Nullable ProtocolVersion version(String protocolName, int level) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            if (version.level() == level && version.protocolName().equals(protocolName)) {
                return version;
            }
        }
        return null;
    }

    static ProtocolError unsupported(String message) {
        return new ProtocolError(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, message);
    }

    /** What follows the level. */
    static Connect decode(Input in, ProtocolVersion version, TopicCache topics) {
        int flags = in.oneByte();
        checkFlags(flags, version);
        int keepAliveSeconds = in.twoBytes();
        boolean v5 = version.hasProperties();
        Properties properties = v5 ? PropertiesCodec.decode(in, PropertiesCodec.Place.CONNECT) : Properties.NONE;
        String clientId = in.text(); // [MQTT-3.1.3-3] [MQTT-3.1.3-4] [MQTT311-3.1.3-3] [MQTT311-3.1.3-4]
        Will will = null;
        if ((flags & WILL) != 0) { // [MQTT-3.1.2-9] [MQTT311-3.1.2-9]
            Properties willProperties = v5 ? PropertiesCodec.decode(in, PropertiesCodec.Place.WILL) : Properties.NONE;
            TopicName topic = in.topic(topics); // [MQTT-3.1.3-11] [MQTT311-3.1.3-10]
            if (topic.isEmpty()) {
                throw new ProtocolError(ReasonCode.TOPIC_NAME_INVALID, "the will topic is empty"); // [MQTT-4.7.3-1]
            }
            QoS qos = QoS.of(flags >> WILL_QOS_SHIFT & 3);
            will = new Will(topic, qos, (flags & WILL_RETAIN) != 0, willProperties, in.binary());
        }
        String username = null;
        if ((flags & USERNAME) != 0 && !leftOut(in, version)) { // [MQTT-3.1.2-17] [MQTT311-3.1.2-19]
            username = in.text(); // [MQTT-3.1.3-12] [MQTT311-3.1.3-11]
        }
        byte[] password = null;
        if ((flags & PASSWORD) != 0 && !leftOut(in, version)) { // [MQTT-3.1.2-19] [MQTT311-3.1.2-21]
            password = in.binary();
        }
        in.expectEnd(); // [MQTT-3.1.2-16] [MQTT-3.1.2-18] [MQTT311-3.1.2-18] [MQTT311-3.1.2-20]
        boolean cleanStart = (flags & CLEAN_START) != 0;
        return new Connect(version, clientId, cleanStart, keepAliveSeconds, properties, will, username, password);
    }

    /** In 3.1 the packet's length goes before the flags: a user name or password that is announced may be missing. */
    private static boolean leftOut(Input in, ProtocolVersion version) {
        return version == ProtocolVersion.V3_1 && in.remaining() == 0;
    }

    private static void checkFlags(int flags, ProtocolVersion version) {
        boolean lenient = version == ProtocolVersion.V3_1; // which leaves unused bits undefined
        if ((flags & RESERVED) != 0 && !lenient) { // [MQTT-3.1.2-3] [MQTT311-3.1.2-3]
            throw Wire.malformed("the reserved flag of CONNECT is set");
        }
        if ((flags & WILL) == 0) {
            // [MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13] [MQTT311-3.1.2-15]
            if ((flags & WILL_BITS) != 0 && !lenient) {
                throw Wire.malformed("will QoS or will retain without a will");
            }
        } else if ((flags >> WILL_QOS_SHIFT & 3) == 3) { // [MQTT-3.1.2-12] [MQTT311-3.1.2-14]
            throw Wire.malformed("a will has no QoS 3");
        }
        if ((flags & (PASSWORD | USERNAME)) == PASSWORD && !version.hasProperties()) { // [MQTT311-3.1.2-22]
            throw Wire.malformed("a password without a user name");
        }
    }

    static int bytes(Connect packet) {
        boolean v5 = packet.version().hasProperties();
        int bytes = 2 + packet.version().protocolName().length() + 4 + Wire.textBytes(packet.clientId());
        bytes += v5 ? PropertiesCodec.bytes(packet.properties()) : 0;
        Will will = packet.will();
        if (will != null) {
            bytes += v5 ? PropertiesCodec.bytes(will.properties()) : 0;
            bytes += Wire.binaryBytes(will.topic().utf8()) + Wire.binaryBytes(will.payload());
        }
        String username = packet.username();
        byte[] password = packet.password();
        if (username == null && password != null && !v5) { // [MQTT311-3.1.2-22]
            throw new IllegalArgumentException("before MQTT 5 a password needs a user name");
        }
        bytes += username == null ? 0 : Wire.textBytes(username);
        return bytes + (password == null ? 0 : Wire.binaryBytes(password));
    }

    static void put(Connect packet, ByteBuffer out) {
        boolean v5 = packet.version().hasProperties();
        Will will = packet.will();
        String username = packet.username();
        byte[] password = packet.password();
        Wire.putText(packet.version().protocolName(), out);
        out.put((byte) packet.version().level());
        out.put((byte) flags(packet));
        out.putShort((short) packet.keepAliveSeconds());
        if (v5) {
            PropertiesCodec.put(packet.properties(), out);
        }
        Wire.putText(packet.clientId(), out); // [MQTT-3.1.3-1] [MQTT311-3.1.3-1]
        if (will != null) {
            if (v5) {
                PropertiesCodec.put(will.properties(), out);
            }
            Wire.putBinary(will.topic().utf8(), out);
            Wire.putBinary(will.payload(), out);
        }
        if (username != null) {
            Wire.putText(username, out);
        }
        if (password != null) {
            Wire.putBinary(password, out);
        }
    }

    private static int flags(Connect packet) {
        int flags = packet.cleanStart() ? CLEAN_START : 0;
        Will will = packet.will();
        if (will != null) {
            flags |= WILL | will.qos().value() << WILL_QOS_SHIFT | (will.retain() ? WILL_RETAIN : 0);
        }
        return flags | (packet.username() == null ? 0 : USERNAME) | (packet.password() == null ? 0 : PASSWORD);
    }
}
