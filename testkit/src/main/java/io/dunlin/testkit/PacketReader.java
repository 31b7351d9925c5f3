package io.dunlin.testkit;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server sends, written from the specification apart from the codec that the broker uses, and strictly: reserved
 * bits, the shortest length encoding, the properties and reason codes that each packet may carry, UTF-8. What a server must
 * never send is an AssertionError.
 */
public final class PacketReader {
    /** A packet with the bytes that it came in. */
    public record Frame(Packet packet, byte[] bytes) {}

    private final ProtocolVersion version;
    private final boolean v5;

    public PacketReader(ProtocolVersion version) {
        this.version = version;
        this.v5 = version.hasProperties();
    }

    /** The next packet, or null where the buffer holds only a part of one; the position is then as before. */
    public @Nullable Frame read(ByteBuffer in) {
        int start = in.position();
        if (in.remaining() < 2) {
            return null;
        }
        int first = in.get() & 0xFF;
        Integer length = in.hasRemaining() ? lengthOrNull(in) : null;
        if (length == null || in.remaining() < length) {
            in.position(start);
            return null;
        }
        int end = in.position() + length;
        ByteBuffer body = in.slice(in.position(), length);
        byte[] bytes = new byte[end - start];
        in.get(start, bytes);
        in.position(end);
        try {
            Packet packet = packet(first, body);
            require(!body.hasRemaining(), body.remaining() + " bytes too many at the end");
            return new Frame(packet, bytes);
        } catch (AssertionError | RuntimeException error) {
            throw new AssertionError(
                    "the server sent a wrong packet (" + error.getMessage() + "): "
                            + Bytes.hex(bytes.length > 64 ? Arrays.copyOf(bytes, 64) : bytes),
                    error);
        }
    }

    private Packet packet(int first, ByteBuffer in) {
        int type = first >> 4;
        int flags = first & 15;
        require(type == 3 || flags == (type == 6 ? 2 : 0), "reserved flags " + flags + " of packet type " + type);
        return switch (type) {
            case 2 -> connack(in);
            case 3 -> publish(flags, in);
            case 4 -> new Puback(id(in), ackReason(in, ReasonSets.PUBACK), ackProperties(in));
            case 5 -> new Pubrec(id(in), ackReason(in, ReasonSets.PUBACK), ackProperties(in));
            case 6 -> new Pubrel(id(in), ackReason(in, ReasonSets.PUBREL), ackProperties(in));
            case 7 -> new Pubcomp(id(in), ackReason(in, ReasonSets.PUBREL), ackProperties(in));
            case 9 -> suback(in);
            case 11 -> unsuback(in);
            case 13 -> Pingresp.INSTANCE;
            case 14 -> {
                require(v5, "a server sends DISCONNECT only in MQTT 5");
                ReasonCode reason = ackReason(in, ReasonSets.DISCONNECT);
                yield new Disconnect(reason, in.hasRemaining() ? properties(in, DISCONNECT) : Properties.NONE);
            }
            case 15 -> {
                require(v5, "AUTH exists only in MQTT 5");
                ReasonCode reason = ackReason(in, ReasonSets.AUTH);
                yield new Auth(reason, in.hasRemaining() ? properties(in, AUTH) : Properties.NONE);
            }
            default -> throw new AssertionError("a server never sends packet type " + type);
        };
    }

    private Connack connack(ByteBuffer in) {
        int flags = in.get() & 0xFF;
        require((flags & 0xFE) == 0, "CONNACK flags " + flags);
        int code = in.get() & 0xFF;
        if (!v5) {
            require(code <= 5, "CONNACK return code " + code + " in " + version);
            return new Connack(flags == 1, ReasonSets.OF_RETURN_CODE.get(code), Properties.NONE);
        }
        return new Connack(flags == 1, listed(code, ReasonSets.CONNACK), properties(in, CONNACK));
    }

    private Publish publish(int flags, ByteBuffer in) {
        int qos = flags >> 1 & 3;
        require(qos < 3, "QoS 3");
        require(qos > 0 || (flags & 8) == 0, "DUP at QoS 0");
        String topic = text(in);
        int packetId = qos == 0 ? 0 : id(in);
        Properties properties = v5 ? properties(in, PUBLISH) : Properties.NONE;
        require(!topic.isEmpty() || properties.has(Property.TOPIC_ALIAS), "neither topic nor alias");
        require(properties.number(Property.TOPIC_ALIAS, 1) != 0, "topic alias 0");
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        TopicName name = topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic);
        return new Publish((flags & 8) != 0, QoS.of(qos), (flags & 1) != 0, name, packetId, properties, payload);
    }

    private Suback suback(ByteBuffer in) {
        int packetId = id(in);
        Properties properties = v5 ? properties(in, ACK) : Properties.NONE;
        List<ReasonCode> reasons = new ArrayList<>();
        while (in.hasRemaining()) {
            reasons.add(listed(in.get() & 0xFF, v5 ? ReasonSets.SUBACK : ReasonSets.SUBACK_311));
        }
        return new Suback(packetId, properties, reasons);
    }

    private Unsuback unsuback(ByteBuffer in) {
        int packetId = id(in);
        Properties properties = v5 ? properties(in, ACK) : Properties.NONE;
        List<ReasonCode> reasons = new ArrayList<>();
        while (v5 && in.hasRemaining()) {
            reasons.add(listed(in.get() & 0xFF, ReasonSets.UNSUBACK));
        }
        return new Unsuback(packetId, properties, reasons);
    }

    private static int id(ByteBuffer in) {
        int id = in.getShort() & 0xFFFF;
        require(id != 0, "packet identifier 0");
        return id;
    }

    private ReasonCode ackReason(ByteBuffer in, Set<ReasonCode> allowed) {
        return v5 && in.hasRemaining() ? listed(in.get() & 0xFF, allowed) : ReasonCode.SUCCESS;
    }

    private Properties ackProperties(ByteBuffer in) {
        return v5 && in.hasRemaining() ? properties(in, ACK) : Properties.NONE;
    }

    private static ReasonCode listed(int value, Set<ReasonCode> allowed) {
        ReasonCode reason = ReasonCode.of(value);
        require(reason != null && allowed.contains(reason), "reason code 0x" + Integer.toHexString(value));
        return Objects.requireNonNull(reason);
    }

    private static Properties properties(ByteBuffer in, Set<Property> allowed) {
        Integer length = lengthOrNull(in);
        require(length != null && length <= in.remaining(), "property length");
        int end = in.position() + Objects.requireNonNull(length);
        Properties.Builder found = Properties.builder();
        while (in.position() < end) {
            Property property = Property.of(in.get() & 0xFF);
            require(property != null && allowed.contains(property), "property " + property);
            found.add(Objects.requireNonNull(property), value(in, property));
        }
        require(in.position() == end, "a property beyond the property length");
        return found.build();
    }

    private static Object value(ByteBuffer in, Property property) {
        return switch (property.type()) {
            case BYTE -> {
                long value = in.get() & 0xFF;
                require(value <= 1, property + " is " + value);
                yield value;
            }
            case TWO_BYTES -> (long) (in.getShort() & 0xFFFF);
            case FOUR_BYTES -> in.getInt() & 0xFFFF_FFFFL;
            case VARIABLE -> (long) Objects.requireNonNull(lengthOrNull(in));
            case TEXT -> text(in);
            case BINARY -> binary(in);
            case PAIR -> new UserProperty(text(in), text(in));
        };
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = binary(in);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            require(text.indexOf(0) < 0, "U+0000 in a string");
            return text;
        } catch (CharacterCodingException e) {
            throw new AssertionError("a string that is not UTF-8", e);
        }
    }

    private static byte[] binary(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return bytes;
    }

    private static @Nullable Integer lengthOrNull(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            if (!in.hasRemaining()) {
                return null;
            }
            int digit = in.get() & 0xFF;
            value |= (digit & 0x7F) << shift;
            if (digit < 0x80) {
                require(shift == 0 || digit != 0, "a variable byte integer that is longer than it need be");
                return value;
            }
        }
        throw new AssertionError("a variable byte integer of more than four bytes");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static final Set<Property> ACK = EnumSet.of(Property.REASON_STRING, Property.USER_PROPERTY);
    private static final Set<Property> DISCONNECT =
            EnumSet.of(Property.REASON_STRING, Property.USER_PROPERTY, Property.SERVER_REFERENCE);
    private static final Set<Property> AUTH = EnumSet.of(
            Property.REASON_STRING,
            Property.USER_PROPERTY,
            Property.AUTHENTICATION_METHOD,
            Property.AUTHENTICATION_DATA);
    private static final Set<Property> PUBLISH = EnumSet.of(
            Property.PAYLOAD_FORMAT_INDICATOR,
            Property.MESSAGE_EXPIRY_INTERVAL,
            Property.TOPIC_ALIAS,
            Property.RESPONSE_TOPIC,
            Property.CORRELATION_DATA,
            Property.USER_PROPERTY,
            Property.SUBSCRIPTION_IDENTIFIER,
            Property.CONTENT_TYPE);
    private static final Set<Property> CONNACK = EnumSet.of(
            Property.SESSION_EXPIRY_INTERVAL,
            Property.RECEIVE_MAXIMUM,
            Property.MAXIMUM_QOS,
            Property.RETAIN_AVAILABLE,
            Property.MAXIMUM_PACKET_SIZE,
            Property.ASSIGNED_CLIENT_IDENTIFIER,
            Property.TOPIC_ALIAS_MAXIMUM,
            Property.REASON_STRING,
            Property.USER_PROPERTY,
            Property.WILDCARD_SUBSCRIPTION_AVAILABLE,
            Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
            Property.SHARED_SUBSCRIPTION_AVAILABLE,
            Property.SERVER_KEEP_ALIVE,
            Property.RESPONSE_INFORMATION,
            Property.SERVER_REFERENCE,
            Property.AUTHENTICATION_METHOD,
            Property.AUTHENTICATION_DATA);
}
