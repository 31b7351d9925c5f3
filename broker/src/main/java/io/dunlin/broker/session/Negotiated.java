package io.dunlin.broker.session;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asked for and the broker's options allow, for one connection.
 *
 * @param sessionExpirySeconds how long the session outlives the connection; 0 ends it with the connection
 * @param keepAliveSeconds what holds, 0 for none
 * @param receiveMaximum of the client: QoS 1 and 2 messages in flight towards it
 * @param inboundMaximum of the broker: QoS 1 and 2 messages in flight from it
 * @param packetBytesMax of the client: the largest packet towards it
 * @param aliasesIn that the client may use
 * @param aliasesOut that the broker may use
 */
record Negotiated(
        long sessionExpirySeconds,
        int keepAliveSeconds,
        int receiveMaximum,
        int inboundMaximum,
        long packetBytesMax,
        int aliasesIn,
        int aliasesOut,
        boolean problemInformation) {

    private static final int WITHOUT_RECEIVE_MAXIMUM = 65_535;

    static Negotiated of(Connect connect, BrokerOptions options) {
        BrokerOptions.ConnectionLimits limits = options.connections();
        Properties asked = connect.properties();
        boolean v5 = connect.version() == ProtocolVersion.V5;
        long receiveMaximum = asked.number(Property.RECEIVE_MAXIMUM, WITHOUT_RECEIVE_MAXIMUM);
        return new Negotiated(
                sessionExpirySeconds(connect, options.sessions().expirySecondsMax()),
                keepAliveSeconds(connect.keepAliveSeconds(), limits.keepAliveSecondsMax()),
                (int) Math.min(
                        Math.min(receiveMaximum, options.sessions().inFlightMax()), OutgoingWindow.MESSAGES_MAX - 1),
                v5 ? limits.receiveMaximum() : WITHOUT_RECEIVE_MAXIMUM,
                asked.number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE),
                v5 ? limits.topicAliasMaximum() : 0,
                // [MQTT-3.1.2-26] [MQTT-3.1.2-27]
                (int) Math.min(asked.number(Property.TOPIC_ALIAS_MAXIMUM, 0), limits.topicAliasMaximumOut()),
                asked.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1);
    }

    private static long sessionExpirySeconds(Connect connect, long expirySecondsMax) {
        if (connect.version() != ProtocolVersion.V5) {
            return connect.cleanStart() ? 0 : expirySecondsMax;
        }
        return Math.min(connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0), expirySecondsMax);
    }

    private static int keepAliveSeconds(int asked, int limit) {
        return limit > 0 && (asked == 0 || asked > limit) ? limit : asked;
    }

    /** What the CONNACK of an MQTT 5 client says of all this. */
    Properties.Builder connack(Connect connect, BrokerOptions options) {
        BrokerOptions.Features features = options.features();
        Properties.Builder told = Properties.builder();
        long expiryAsked = connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
        if (expiryAsked != sessionExpirySeconds) {
            told.number(Property.SESSION_EXPIRY_INTERVAL, sessionExpirySeconds);
        }
        if (inboundMaximum < WITHOUT_RECEIVE_MAXIMUM) {
            told.number(Property.RECEIVE_MAXIMUM, inboundMaximum);
        }
        if (features.maximumQos() != QoS.EXACTLY_ONCE) { // [MQTT-3.2.2-9]
            told.number(Property.MAXIMUM_QOS, features.maximumQos().value());
        }
        unavailable(told, Property.RETAIN_AVAILABLE, features.retain());
        told.number(Property.MAXIMUM_PACKET_SIZE, options.connections().packetBytesMax());
        if (aliasesIn > 0) {
            told.number(Property.TOPIC_ALIAS_MAXIMUM, aliasesIn);
        }
        unavailable(told, Property.WILDCARD_SUBSCRIPTION_AVAILABLE, features.wildcardSubscriptions());
        unavailable(told, Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, features.subscriptionIdentifiers());
        unavailable(told, Property.SHARED_SUBSCRIPTION_AVAILABLE, features.sharedSubscriptions());
        if (keepAliveSeconds != connect.keepAliveSeconds()) { // [MQTT-3.2.2-22]
            told.number(Property.SERVER_KEEP_ALIVE, keepAliveSeconds);
        }
        if (connect.properties().number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1 // [MQTT-3.1.2-28]
                && !features.responseInformation().isEmpty()) {
            told.text(Property.RESPONSE_INFORMATION, features.responseInformation());
        }
        return told;
    }

    /** The rest of the silence that 1.5 times the keep alive allows [MQTT-3.1.2-22]; 0 for any. */
    long silenceNanos() {
        return keepAliveSeconds * 1_500_000_000L;
    }

    private static void unavailable(Properties.Builder told, Property property, boolean available) {
        if (!available) {
            told.number(property, 0);
        }
    }

    /** The method of enhanced authentication, or null. */
    static @Nullable String authenticationMethod(Connect connect) {
        return connect.properties().text(Property.AUTHENTICATION_METHOD);
    }
}
