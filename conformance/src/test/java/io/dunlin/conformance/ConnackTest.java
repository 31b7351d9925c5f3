package io.dunlin.conformance;

import io.dunlin.broker.port.Authenticator.Outcome.Refused;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.World;

/** Section 3.2: what the broker says of itself. */
class ConnackTest {
    @Conversation
    @Clause("MQTT-3.2.2-1")
    void setsNoReservedFlags(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.persistent());
        client.check(client.lastBytes()[2] == 0, Bytes.hex(client.lastBytes()));
        client.disconnect();
        client.connect(it -> it.persistent());
        int expected = version == ProtocolVersion.V3_1 ? 0 : 1;
        client.check(client.lastBytes()[2] == expected, Bytes.hex(client.lastBytes()));
    }

    @Conversation
    @Clause({"MQTT-3.2.2-2", "MQTT311-3.2.2-1", "MQTT-3.1.2-4", "MQTT311-3.1.2-6", "MQTT-3.1.4-4", "MQTT311-3.1.4-3"})
    void saysNoSessionAfterACleanStart(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.persistent());
        client.subscribe("t", 1);
        client.disconnect();
        Connack connack = client.connect();
        client.check(!connack.sessionPresent(), "got " + connack);
        client.publish("t", "x", 1);
        client.expectNothing(); // the old subscription is gone
        client.disconnect();
        connack = client.connect(it -> it.persistent());
        client.check(!connack.sessionPresent(), "a session of a clean start was reused: " + connack);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-3", "MQTT-3.1.2-5", "MQTT-3.1.2-6", "MQTT311-3.2.2-2", "MQTT311-3.2.2-3", "MQTT311-3.1.2-4"})
    void saysWhetherThereIsASession(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        Connack connack = client.connect(it -> it.persistent());
        client.check(!connack.sessionPresent(), "got " + connack);
        client.subscribe("t", 1);
        client.disconnect();
        connack = client.connect(it -> it.persistent());
        client.check(connack.sessionPresent() == (version != ProtocolVersion.V3_1), "got " + connack);
        client.publish("t", "x", 1);
        client.receive("t", "x"); // the subscription lives
        client.drop();
        connack = client.connect(it -> it.persistent());
        client.check(connack.sessionPresent() == (version != ProtocolVersion.V3_1), "got " + connack);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-6", "MQTT311-3.2.2-4"})
    void saysNoSessionOnARefusal(World world, ProtocolVersion version) {
        world.with(ScriptedAuthenticator.only("u", "p"));
        Peer client = world.client("c", version);
        client.connect(it -> it.persistent().credentials("u", "p"));
        client.disconnect();
        Connack connack = client.connectRefused(
                ReasonCode.BAD_USER_NAME_OR_PASSWORD, it -> it.persistent().credentials("u", "q"));
        client.check(!connack.sessionPresent(), "got " + connack);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-11", "MQTT-3.2.2-12"})
    void tellsAndHoldsTheMaximumQos(World world) {
        world.with("maximumQos", QoS.AT_LEAST_ONCE);
        Peer client = world.client("c");
        Connack connack = client.connect();
        client.check(connack.properties().number(Property.MAXIMUM_QOS, 2) == 1, "got " + connack);
        client.check(
                client.subscribe(Raw.to("a", 0), Raw.to("b", 1), Raw.to("c", 2)).reasons().stream()
                        .noneMatch(ReasonCode::isError),
                "a SUBSCRIBE of any QoS must be accepted");
        client.publish("c", "x", 1);
        client.receive("c", "x");
        client.send(Pub.of("c", "y").qos(2));
        client.expectDisconnect(ReasonCode.QOS_NOT_SUPPORTED);
        Peer withWill = world.client("w");
        withWill.connectRefused(ReasonCode.QOS_NOT_SUPPORTED, it -> it.will("w", "x", 2, false, Properties.NONE));
    }

    @Conversation
    @Clause("MQTT-3.2.2-9")
    void leavesMaximumQosOutWhereItIs2(World world) {
        Peer client = world.client("c");
        Connack connack = client.connect();
        client.check(!connack.properties().has(Property.MAXIMUM_QOS), "got " + connack);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-13", "MQTT-3.2.2-14"})
    void tellsAndHoldsThatNothingIsRetained(World world) {
        world.with("retain", false);
        Peer client = world.client("c");
        Connack connack = client.connect();
        client.check(connack.properties().number(Property.RETAIN_AVAILABLE, 1) == 0, "got " + connack);
        client.send(Pub.of("t", "x").retain());
        client.expectDisconnect(ReasonCode.RETAIN_NOT_SUPPORTED);
        Peer withWill = world.client("w");
        withWill.connectRefused(ReasonCode.RETAIN_NOT_SUPPORTED, it -> it.will("w", "x", 0, true, Properties.NONE));
    }

    @Conversation
    @Clause("MQTT-3.2.2-15")
    void tellsAndHoldsItsMaximumPacketSize(World world) {
        world.with("packetBytesMax", 100);
        Peer client = world.client("c");
        Connack connack = client.connect();
        client.check(connack.properties().number(Property.MAXIMUM_PACKET_SIZE, 0) == 100, "got " + connack);
        client.subscribe("t", 0);
        client.send(Pub.of("t", "x".repeat(100 - 2 - 3 - 1))); // 100 bytes
        client.expectPublish("t", "x".repeat(94));
        client.send(Pub.of("t", "x".repeat(95)));
        client.expectDisconnect(ReasonCode.PACKET_TOO_LARGE);
        Peer old = world.connected("o", ProtocolVersion.V3_1_1);
        old.send(Pub.of("t", "x".repeat(200)));
        old.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24"})
    void keepsTheConnackWithinTheClientsPacketSize(World world) {
        world.with(ScriptedAuthenticator.only("u", "p"));
        Peer client = world.client("c");
        Connack connack = client.connectRefused(
                ReasonCode.BAD_USER_NAME_OR_PASSWORD,
                it -> it.credentials("u", "q").property(Property.MAXIMUM_PACKET_SIZE, 8));
        client.check(client.lastBytes().length <= 8, Bytes.hex(client.lastBytes()));
        client.check(!connack.properties().has(Property.REASON_STRING), "got " + connack);
        Connack told = client.connectRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, it -> it.credentials("u", "q"));
        client.check(
                told.properties().has(Property.REASON_STRING), "a reason string is helpful where it fits: " + told);
    }

    @Conversation
    @Clause("MQTT-3.2.2-19")
    void tellsNobodyWhyALoginIsRefused(World world) {
        world.with(new ScriptedAuthenticator(
                credentials -> new Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "the user is disabled")));
        Connack connack =
                world.client("c").connectRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, it -> it.credentials("u", "p"));
        String heard = connack.properties().text(Property.REASON_STRING);
        world.client("d").check("wrong user name or password".equals(heard), "got " + connack);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-21", "MQTT-3.1.2-21", "MQTT-3.2.2-22"})
    void tellsAServerKeepAliveOnlyWhereItDiffers(World world) {
        world.with("keepAliveSecondsMax", 60);
        Peer client = world.client("c");
        client.check(
                !client.connect(it -> it.keepAlive(60)).properties().has(Property.SERVER_KEEP_ALIVE),
                "60 seconds are allowed");
        Peer slow = world.client("slow");
        slow.check(
                slow.connect(it -> it.keepAlive(61)).properties().number(Property.SERVER_KEEP_ALIVE, 0) == 60,
                "61 seconds are more than allowed");
        Peer endless = world.client("endless");
        endless.check(
                endless.connect().properties().number(Property.SERVER_KEEP_ALIVE, 0) == 60,
                "none is more than allowed");
    }

    @Conversation
    @Clause({"MQTT-3.2.2-17", "MQTT-3.2.2-18", "MQTT-4.9.0-1"})
    void tellsItsLimits(World world) {
        world.with("receiveMaximum", 7).with("topicAliasMaximum", 5).with("expirySecondsMax", 100);
        Peer client = world.client("c");
        Properties told = client.connect(it -> it.property(Property.SESSION_EXPIRY_INTERVAL, 1_000))
                .properties();
        client.check(told.number(Property.RECEIVE_MAXIMUM, 0) == 7, "receive maximum in " + told);
        client.check(told.number(Property.TOPIC_ALIAS_MAXIMUM, 0) == 5, "topic alias maximum in " + told);
        client.check(told.number(Property.SESSION_EXPIRY_INTERVAL, 0) == 100, "session expiry in " + told);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-9", "MQTT311-3.8.3-2"})
    void tellsWhatIsSwitchedOff(World world) {
        BrokerOptions.Features all = BrokerOptions.Features.DEFAULTS;
        world.with("wildcardSubscriptions", !all.wildcardSubscriptions())
                .with("sharedSubscriptions", !all.sharedSubscriptions())
                .with("subscriptionIdentifiers", !all.subscriptionIdentifiers());
        Peer client = world.client("c");
        Properties told = client.connect().properties();
        client.check(told.number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1) == 0, "wildcards in " + told);
        client.check(told.number(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1) == 0, "shared in " + told);
        client.check(told.number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1) == 0, "identifiers in " + told);
        client.check(
                client.subscribe(Raw.to("a/#", 0)).reasons().getFirst()
                        == ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
                "a wildcard was accepted");
        client.check(
                client.subscribe(Raw.to("$share/g/a", 0)).reasons().getFirst()
                        == ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                "a shared subscription was accepted");
        Peer old = world.connected("old", ProtocolVersion.V3_1_1);
        old.check(old.subscribe(Raw.to("a/+", 0)).reasons().getFirst().isError(), "a wildcard was accepted");
    }

    @Conversation
    @Clause("MQTT-3.1.2-28")
    void returnsResponseInformationOnlyWhereAsked(World world) {
        world.with("responseInformation", "answers/");
        Peer client = world.client("c");
        client.check(!client.connect().properties().has(Property.RESPONSE_INFORMATION), "nobody asked");
        Peer refusing = world.client("r");
        refusing.check(
                !refusing.connect(it -> it.property(Property.REQUEST_RESPONSE_INFORMATION, 0))
                        .properties()
                        .has(Property.RESPONSE_INFORMATION),
                "it was refused");
        Peer asking = world.client("a");
        String told = asking.connect(it -> it.property(Property.REQUEST_RESPONSE_INFORMATION, 1))
                .properties()
                .text(Property.RESPONSE_INFORMATION);
        asking.check(told != null && told.startsWith("answers/"), "asked, and got " + told);
    }

    @Conversation
    @Clause({"MQTT-3.2.2-8", "MQTT311-3.2.2-6"})
    void sendsElsewhereWhereTheAuthenticatorSaysSo(World world) {
        world.with(
                new ScriptedAuthenticator(credentials -> new Refused(ReasonCode.SERVER_MOVED, "moved", "other:1883")));
        Peer client = world.client("c");
        Connack connack = client.connectRefused(ReasonCode.SERVER_MOVED, it -> it.credentials("u", "p"));
        client.check("other:1883".equals(connack.properties().text(Property.SERVER_REFERENCE)), "got " + connack);
        Peer old = world.client("o", ProtocolVersion.V3_1_1);
        old.sendConnect(it -> it.credentials("u", "p"));
        old.expectRefused(ReasonCode.SERVER_UNAVAILABLE, ReasonCode.NOT_AUTHORIZED);
    }
}
