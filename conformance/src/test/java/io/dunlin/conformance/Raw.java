package io.dunlin.conformance;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.testkit.Bytes;

/** Short ways to packets that no well-behaved client sends, and to a few that it does. */
final class Raw {
    static final byte[] NO_PROPERTIES = {0};

    private Raw() {}

    /** CONNECT with these flags and this payload; everything else is right for the version. */
    static byte[] connect(ProtocolVersion version, int flags, Bytes payload) {
        return connect(version.protocolName(), version.level(), flags, version.hasProperties(), payload);
    }

    static byte[] connect(String name, int level, int flags, boolean properties, Bytes payload) {
        Bytes body = new Bytes().text(name).u8(level).u8(flags).u16(0);
        return Bytes.packet(0x10, (properties ? body.u8(0) : body).raw(payload.toArray()));
    }

    /** An empty property list in MQTT 5, nothing before. */
    static byte[] none(ProtocolVersion version) {
        return version.hasProperties() ? NO_PROPERTIES : new byte[0];
    }

    /** PUBLISH with these bytes as topic. */
    static byte[] publish(ProtocolVersion version, byte[] topic) {
        return Bytes.packet(0x30, new Bytes().binary(topic).raw(none(version)).raw(Bytes.utf8("x")));
    }

    /** SUBSCRIBE to one filter given as bytes. */
    static byte[] subscribe(ProtocolVersion version, int id, byte[] filter, int options) {
        return Bytes.packet(
                0x82, new Bytes().u16(id).raw(none(version)).binary(filter).u8(options));
    }

    static byte[] unsubscribe(ProtocolVersion version, int id, byte[] filter) {
        return Bytes.packet(0xA2, new Bytes().u16(id).raw(none(version)).binary(filter));
    }

    static SubscriptionRequest to(String filter, int qos) {
        return new SubscriptionRequest(filter, QoS.of(qos));
    }

    static SubscriptionRequest noLocal(String filter, int qos) {
        return new SubscriptionRequest(filter, QoS.of(qos), true, false, RetainHandling.SEND);
    }

    static SubscriptionRequest asPublished(String filter, int qos) {
        return new SubscriptionRequest(filter, QoS.of(qos), false, true, RetainHandling.SEND);
    }

    static SubscriptionRequest handling(String filter, int qos, RetainHandling handling) {
        return new SubscriptionRequest(filter, QoS.of(qos), false, false, handling);
    }

    static Properties identifier(int id) {
        return Properties.of(Property.SUBSCRIPTION_IDENTIFIER, id);
    }
}
