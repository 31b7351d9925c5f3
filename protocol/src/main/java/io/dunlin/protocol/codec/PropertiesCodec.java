package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/** Properties (2.2.2): which may stand where, how often, with which values. */
final class PropertiesCodec {
    /** Where properties stand. PUBACK to PUBCOMP, SUBACK and UNSUBACK have the same. */
    enum Place {
        CONNECT(
                Property.SESSION_EXPIRY_INTERVAL,
                Property.RECEIVE_MAXIMUM,
                Property.MAXIMUM_PACKET_SIZE,
                Property.TOPIC_ALIAS_MAXIMUM,
                Property.REQUEST_RESPONSE_INFORMATION,
                Property.REQUEST_PROBLEM_INFORMATION,
                Property.USER_PROPERTY,
                Property.AUTHENTICATION_METHOD,
                Property.AUTHENTICATION_DATA),
        WILL(
                Property.WILL_DELAY_INTERVAL,
                Property.PAYLOAD_FORMAT_INDICATOR,
                Property.MESSAGE_EXPIRY_INTERVAL,
                Property.CONTENT_TYPE,
                Property.RESPONSE_TOPIC,
                Property.CORRELATION_DATA,
                Property.USER_PROPERTY),
        CONNACK(
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
                Property.AUTHENTICATION_DATA),
        PUBLISH(
                Property.PAYLOAD_FORMAT_INDICATOR,
                Property.MESSAGE_EXPIRY_INTERVAL,
                Property.TOPIC_ALIAS,
                Property.RESPONSE_TOPIC,
                Property.CORRELATION_DATA,
                Property.USER_PROPERTY,
                Property.SUBSCRIPTION_IDENTIFIER,
                Property.CONTENT_TYPE),
        ACK(Property.REASON_STRING, Property.USER_PROPERTY),
        SUBSCRIBE(Property.SUBSCRIPTION_IDENTIFIER, Property.USER_PROPERTY),
        UNSUBSCRIBE(Property.USER_PROPERTY),
        DISCONNECT(
                Property.SESSION_EXPIRY_INTERVAL,
                Property.REASON_STRING,
                Property.USER_PROPERTY,
                Property.SERVER_REFERENCE),
        AUTH(
                Property.AUTHENTICATION_METHOD,
                Property.AUTHENTICATION_DATA,
                Property.REASON_STRING,
                Property.USER_PROPERTY);

        private final long allowed; // a bit for each identifier

        Place(Property... properties) {
            long bits = 0;
            for (Property property : properties) {
                bits |= 1L << property.id();
            }
            allowed = bits;
        }

        boolean allows(Property property) {
            return (allowed & 1L << property.id()) != 0;
        }
    }

    private static final Set<Property> NEVER_ZERO =
            EnumSet.of(Property.RECEIVE_MAXIMUM, Property.MAXIMUM_PACKET_SIZE, Property.SUBSCRIPTION_IDENTIFIER);
    private static final Set<Property> ZERO_OR_ONE = EnumSet.of(
            Property.PAYLOAD_FORMAT_INDICATOR,
            Property.REQUEST_PROBLEM_INFORMATION,
            Property.REQUEST_RESPONSE_INFORMATION,
            Property.MAXIMUM_QOS,
            Property.RETAIN_AVAILABLE,
            Property.WILDCARD_SUBSCRIPTION_AVAILABLE,
            Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
            Property.SHARED_SUBSCRIPTION_AVAILABLE);

    private PropertiesCodec() {}

    static Properties decode(Input in, Place place) {
        int length = in.variable();
        if (length == 0) {
            return Properties.NONE;
        }
        int limit = in.limit();
        in.narrow(length);
        Properties.Builder properties = Properties.builder();
        long seen = 0;
        int users = 0;
        while (in.remaining() > 0) {
            Property property = Property.of(in.variable());
            if (property == null || !place.allows(property)) {
                throw Wire.malformed("a property that this packet cannot have");
            }
            long bit = 1L << property.id();
            if ((seen & bit) != 0 && !mayRepeat(property, place)) {
                throw Wire.protocolError(property + " stands twice");
            }
            seen |= bit;
            if (property == Property.USER_PROPERTY) {
                in.userProperties(++users);
            }
            properties.add(property, value(in, property));
        }
        in.widen(limit);
        if ((seen & 1L << Property.AUTHENTICATION_DATA.id()) != 0
                && (seen & 1L << Property.AUTHENTICATION_METHOD.id()) == 0) { // 3.1.2.11.10
            throw Wire.protocolError("authentication data without an authentication method");
        }
        return properties.build();
    }

    private static boolean mayRepeat(Property property, Place place) {
        return property == Property.USER_PROPERTY
                || property == Property.SUBSCRIPTION_IDENTIFIER && place == Place.PUBLISH;
    }

    private static Object value(Input in, Property property) {
        return switch (property.type()) {
            case BYTE -> checked(property, in.oneByte());
            case TWO_BYTES -> checked(property, in.twoBytes());
            case FOUR_BYTES -> checked(property, in.fourBytes());
            case VARIABLE -> checked(property, in.variable());
            case TEXT -> checked(property, in.text());
            case BINARY -> in.binary();
            case PAIR -> new UserProperty(in.text(), in.text()); // [MQTT-1.5.7-1]
        };
    }

    private static Long checked(Property property, long value) {
        if (value == 0 && property == Property.TOPIC_ALIAS) { // [MQTT-3.3.2-8]
            throw new ProtocolError(ReasonCode.TOPIC_ALIAS_INVALID, "a topic alias is never 0");
        }
        if (value == 0 && NEVER_ZERO.contains(property)) {
            throw Wire.protocolError(property + " is never 0");
        }
        if (value > 1 && ZERO_OR_ONE.contains(property)) {
            throw Wire.protocolError(property + " is 0 or 1");
        }
        return value;
    }

    private static String checked(Property property, String text) { // [MQTT-3.3.2-13] [MQTT-3.3.2-19]
        if (property == Property.RESPONSE_TOPIC
                && (text.isEmpty() || text.indexOf('+') >= 0 || text.indexOf('#') >= 0)) { // [MQTT-3.3.2-14]
            throw Wire.protocolError("a response topic is a topic name: not empty, without wildcards");
        }
        return text;
    }

    /** With the length in front. */
    static int bytes(Properties properties) {
        int content = contentBytes(properties);
        return Wire.variableBytes(content) + content;
    }

    static void put(Properties properties, ByteBuffer out) {
        Wire.putVariable(contentBytes(properties), out); // [MQTT-2.2.2-1]
        putContent(properties, out);
    }

    /** Without the length in front. */
    static int contentBytes(Properties properties) {
        int bytes = 0;
        for (int i = 0; i < properties.size(); i++) {
            bytes += 1 + valueBytes(properties.key(i), properties.value(i));
        }
        return bytes;
    }

    private static int valueBytes(Property property, Object value) {
        return switch (property.type()) {
            case BYTE -> 1;
            case TWO_BYTES -> 2;
            case FOUR_BYTES -> 4;
            case VARIABLE -> Wire.variableBytes(((Long) value).intValue());
            case TEXT -> Wire.textBytes((String) value);
            case BINARY -> Wire.binaryBytes((byte[]) value);
            case PAIR -> Wire.textBytes(((UserProperty) value).name()) + Wire.textBytes(((UserProperty) value).value());
        };
    }

    static void putContent(Properties properties, ByteBuffer out) {
        for (int i = 0; i < properties.size(); i++) {
            Property property = properties.key(i);
            out.put((byte) property.id());
            putValue(property, properties.value(i), out);
        }
    }

    private static void putValue(Property property, Object value, ByteBuffer out) {
        switch (property.type()) {
            case BYTE -> out.put(((Long) value).byteValue());
            case TWO_BYTES -> out.putShort(((Long) value).shortValue());
            case FOUR_BYTES -> out.putInt(((Long) value).intValue());
            case VARIABLE -> Wire.putVariable(((Long) value).intValue(), out);
            case TEXT -> Wire.putText((String) value, out);
            case BINARY -> Wire.putBinary((byte[]) value, out);
            case PAIR -> {
                Wire.putText(((UserProperty) value).name(), out);
                Wire.putText(((UserProperty) value).value(), out);
            }
        }
    }
}
