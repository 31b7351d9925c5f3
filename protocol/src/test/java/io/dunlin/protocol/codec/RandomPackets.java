package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
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
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Packets that are right in every respect, by a seed. */
public final class RandomPackets {
    private static final int[] POINTS = {'a', 'z', '/', ' ', 0x7F, 0x80, 0x7FF, 0x800, 0xFEFF, 0xFFFD, 0x10000, 0x10FFFF
    };

    private final Random random;
    private final ProtocolVersion version;

    public RandomPackets(Random random, ProtocolVersion version) {
        this.random = random;
        this.version = version;
    }

    /** Any packet but CONNECT that is sent to this side. */
    public Packet next(Role to) {
        int kinds = version.hasProperties() ? 10 : 9;
        return switch (random.nextInt(kinds)) {
            case 0, 1 -> publish(to);
            case 2 -> new Puback(id(), ack(ReasonSet.PUBACK), properties(PropertiesCodec.Place.ACK, to));
            case 3 -> new Pubrec(id(), ack(ReasonSet.PUBREC), properties(PropertiesCodec.Place.ACK, to));
            case 4 -> new Pubrel(id(), ack(ReasonSet.PUBREL), properties(PropertiesCodec.Place.ACK, to));
            case 5 -> new Pubcomp(id(), ack(ReasonSet.PUBCOMP), properties(PropertiesCodec.Place.ACK, to));
            case 6 -> to == Role.SERVER ? subscribe() : suback();
            case 7 -> to == Role.SERVER ? unsubscribe() : unsuback();
            case 8 -> rarer(to);
            default -> auth(to);
        };
    }

    private Packet rarer(Role to) {
        if (random.nextBoolean()) {
            return to == Role.SERVER ? Pingreq.INSTANCE : Pingresp.INSTANCE;
        }
        if (to == Role.CLIENT && random.nextBoolean()) {
            return connack();
        }
        ReasonSet reasons = to == Role.SERVER ? ReasonSet.DISCONNECT_OF_CLIENT : ReasonSet.DISCONNECT_OF_SERVER;
        return new Disconnect(ack(reasons), properties(PropertiesCodec.Place.DISCONNECT, to));
    }

    public Connect connect() {
        Will will = null;
        if (random.nextBoolean()) {
            Properties properties = properties(PropertiesCodec.Place.WILL, Role.SERVER);
            will = new Will(topic(), qos(), random.nextBoolean(), properties, bytes(20));
        }
        boolean user = random.nextBoolean();
        return new Connect(
                version,
                version == ProtocolVersion.V3_1 ? "c" + random.nextInt(1000) : text(),
                random.nextBoolean(),
                random.nextInt(0x10000),
                properties(PropertiesCodec.Place.CONNECT, Role.SERVER),
                will,
                user ? text() : null,
                user && random.nextBoolean() ? bytes(20) : null);
    }

    private Publish publish(Role to) {
        QoS qos = qos();
        boolean dup = qos != QoS.AT_MOST_ONCE && random.nextBoolean();
        Properties properties = properties(PropertiesCodec.Place.PUBLISH, to);
        boolean aliasOnly = properties.has(Property.TOPIC_ALIAS) && random.nextBoolean();
        return new Publish(
                dup,
                qos,
                random.nextBoolean(),
                aliasOnly ? TopicName.EMPTY : topic(),
                qos == QoS.AT_MOST_ONCE ? 0 : id(),
                properties,
                bytes(random.nextInt(20) == 0 ? 20_000 : 100));
    }

    private Connack connack() {
        Properties properties = properties(PropertiesCodec.Place.CONNACK, Role.CLIENT);
        if (random.nextBoolean()) {
            boolean present = version != ProtocolVersion.V3_1 && random.nextBoolean();
            return new Connack(present, ReasonCode.SUCCESS, properties);
        }
        int returnCode = 0x84 + random.nextInt(5);
        return new Connack(false, reason(ReasonSet.CONNACK, returnCode), properties);
    }

    private Subscribe subscribe() {
        boolean v5 = version.hasProperties();
        List<SubscriptionRequest> requests = several(() -> v5
                ? new SubscriptionRequest(
                        text(),
                        qos(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        RetainHandling.values()[random.nextInt(3)])
                : new SubscriptionRequest(text(), qos()));
        return new Subscribe(id(), properties(PropertiesCodec.Place.SUBSCRIBE, Role.SERVER), requests);
    }

    private Suback suback() {
        ReasonSet reasons = version.hasProperties() ? ReasonSet.SUBACK : ReasonSet.SUBACK_3;
        return new Suback(id(), properties(PropertiesCodec.Place.ACK, Role.CLIENT), several(() -> anyOf(reasons)));
    }

    private Unsubscribe unsubscribe() {
        return new Unsubscribe(id(), properties(PropertiesCodec.Place.UNSUBSCRIBE, Role.SERVER), several(this::text));
    }

    private Unsuback unsuback() {
        List<ReasonCode> reasons = version.hasProperties() ? several(() -> anyOf(ReasonSet.UNSUBACK)) : List.of();
        return new Unsuback(id(), properties(PropertiesCodec.Place.ACK, Role.CLIENT), reasons);
    }

    private Auth auth(Role to) {
        ReasonSet reasons = to == Role.SERVER ? ReasonSet.AUTH_OF_CLIENT : ReasonSet.AUTH_OF_SERVER;
        return new Auth(anyOf(reasons), properties(PropertiesCodec.Place.AUTH, to));
    }

    private <T> List<T> several(Supplier<T> one) {
        List<T> all = new ArrayList<>();
        do {
            all.add(one.get());
        } while (random.nextInt(3) > 0);
        return all;
    }

    private ReasonCode ack(ReasonSet reasons) {
        return version.hasProperties() && random.nextBoolean() ? anyOf(reasons) : ReasonCode.SUCCESS;
    }

    private ReasonCode anyOf(ReasonSet reasons) {
        while (true) {
            ReasonCode code = ReasonCode.values()[random.nextInt(ReasonCode.values().length)];
            if (reasons.has(code.value())) {
                return code;
            }
        }
    }

    private static ReasonCode reason(ReasonSet reasons, int value) {
        return reasons.of(value);
    }

    private Properties properties(PropertiesCodec.Place place, Role to) {
        if (!version.hasProperties() || random.nextInt(3) == 0) {
            return Properties.NONE;
        }
        Properties.Builder builder = Properties.builder();
        for (Property property : Property.values()) {
            boolean ofTheOtherSide = property == Property.SUBSCRIPTION_IDENTIFIER
                            && place == PropertiesCodec.Place.PUBLISH
                            && to == Role.SERVER
                    || property == Property.SESSION_EXPIRY_INTERVAL
                            && place == PropertiesCodec.Place.DISCONNECT
                            && to == Role.CLIENT
                    || property == Property.AUTHENTICATION_DATA && !builder.has(Property.AUTHENTICATION_METHOD);
            if (place.allows(property) && !ofTheOtherSide && random.nextInt(3) == 0) {
                builder.add(property, value(property));
                if (property == Property.USER_PROPERTY) {
                    builder.add(property, value(property));
                }
            }
        }
        return builder.build();
    }

    private Object value(Property property) {
        return switch (property.type()) {
            case BYTE -> (long) random.nextInt(2);
            case TWO_BYTES -> 1L + random.nextInt(0xFFFF);
            case FOUR_BYTES -> 1L + (random.nextLong() >>> random.nextInt(32) & 0xFFFF_FFFEL);
            case VARIABLE -> 1L + (random.nextInt(268_435_455) >>> random.nextInt(28));
            case TEXT -> property == Property.RESPONSE_TOPIC ? topic().text() : text();
            case BINARY -> bytes(10);
            case PAIR -> new UserProperty(text(), text());
        };
    }

    private QoS qos() {
        return QoS.of(random.nextInt(3));
    }

    private int id() {
        return 1 + random.nextInt(0xFFFF);
    }

    private byte[] bytes(int lessThan) {
        byte[] bytes = new byte[random.nextInt(lessThan)];
        random.nextBytes(bytes);
        return bytes;
    }

    private TopicName topic() {
        return TopicName.of("t" + text());
    }

    private String text() {
        int length = random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    random.nextBoolean() ? 'a' + random.nextInt(26) : POINTS[random.nextInt(POINTS.length)]);
        }
        return text.toString();
    }
}
