package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
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
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.util.List;

/** Sections 3.8 to 3.11: subscribing, unsubscribing and their answers. */
class SubscribeTest {
    @Conversation(EVERYWHERE)
    @Clause({
        "MQTT-3.8.4-1",
        "MQTT-3.8.4-5",
        "MQTT-3.8.4-6",
        "MQTT-3.8.4-7",
        "MQTT-3.9.3-1",
        "MQTT-3.9.3-2",
        "MQTT-3.8.3-1",
        "MQTT311-3.8.4-1",
        "MQTT311-3.8.4-4",
        "MQTT311-3.8.4-5",
        "MQTT311-3.9.3-1",
        "MQTT311-3.9.3-2",
        "MQTT311-3.8.3-1"
    })
    void answersEachFilterInOrder(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        if (version.hasProperties()) {
            Suback suback = client.subscribe(
                    Raw.to("ü/0", 0), Raw.to("b/#/c", 2), Raw.to("a/2", 2), Raw.to("+x", 1), Raw.to("a/1", 1));
            client.check(
                    suback.reasons()
                            .equals(List.of(
                                    ReasonCode.SUCCESS,
                                    ReasonCode.TOPIC_FILTER_INVALID,
                                    ReasonCode.GRANTED_QOS_2,
                                    ReasonCode.TOPIC_FILTER_INVALID,
                                    ReasonCode.GRANTED_QOS_1)),
                    "got " + suback);
        } else {
            Suback suback = client.subscribe(Raw.to("ü/0", 0), Raw.to("a/2", 2), Raw.to("a/1", 1));
            client.check(
                    suback.reasons()
                            .equals(List.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_2, ReasonCode.GRANTED_QOS_1)),
                    "got " + suback);
        }
        for (String topic : List.of("ü/0", "a/1", "a/2")) {
            client.publish(topic, topic, 2);
            client.receive(topic, topic);
        }
    }

    @Conversation
    @Clause({"MQTT-3.8.3-1", "MQTT-3.10.3-1", "MQTT311-3.10.3-1", "MQTT311-3.8.3-1"})
    void closesOnFiltersThatAreNotUtf8(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.subscribe(version, 1, Bytes.hex("61 FF"), 0));
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        client = world.connected("c", version);
        client.sendBytes(Raw.unsubscribe(version, 1, Bytes.hex("61 FF")));
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }

    @Conversation
    @Clause({"MQTT-3.8.3-2", "MQTT-3.10.3-2", "MQTT311-3.8.3-3", "MQTT311-3.10.3-2"})
    void closesWhereThereIsNoFilter(World world, ProtocolVersion version) {
        for (int first : new int[] {0x82, 0xA2}) {
            Peer client = world.connected("c", version);
            client.sendBytes(Bytes.packet(first, new Bytes().u16(1).raw(Raw.none(version))));
            client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        }
    }

    @Conversation
    @Clause({"MQTT-3.8.3-5", "MQTT311-3.8.3-4"})
    void closesOnReservedOptionBits(World world, ProtocolVersion version) {
        int[] wrong =
                switch (version) {
                    case V3_1 -> new int[] {0x03, 0xFF}; // it leaves the upper bits undefined
                    case V3_1_1 -> new int[] {0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF};
                    case V5 -> new int[] {0x03, 0x40, 0x80, 0xC1};
                };
        for (int options : wrong) {
            Peer client = world.connected("c", version);
            client.sendBytes(Raw.subscribe(version, 1, Bytes.utf8("a"), options));
            for (Packet last : client.awaitEnd()) {
                client.check(
                        last instanceof Disconnect disconnect
                                && (disconnect.reason() == ReasonCode.MALFORMED_PACKET
                                        || disconnect.reason() == ReasonCode.PROTOCOL_ERROR),
                        "after options " + options + " got " + last);
            }
        }
    }

    @Conversation
    @Clause("MQTT-3.8.3-5")
    void closesOnRetainHandling3(World world) {
        Peer client = world.connected("c");
        client.sendBytes(Raw.subscribe(ProtocolVersion.V5, 1, Bytes.utf8("a"), 0x30));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation
    @Clause("MQTT-3.8.3-3")
    void doesNotEchoWhereNoLocalIsSet(World world) {
        Peer client = world.client("c");
        client.connect(it -> it.persistent());
        client.subscribe(Raw.noLocal("t", 2));
        Peer other = world.connected("other");
        for (int qos = 0; qos <= 2; qos++) {
            client.publish("t", "own", qos);
            client.expectNothing();
            other.publish("t", "other", qos);
            client.receive("t", "other");
        }
        client.drop();
        client.connect(it -> it.persistent()); // the rule is for the client id, not for the connection
        client.publish("t", "own", 1);
        client.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.8.3-4")
    void closesOnNoLocalForASharedSubscription(World world) {
        Peer client = world.connected("c");
        client.sendBytes(Raw.subscribe(ProtocolVersion.V5, 1, Bytes.utf8("$share/g/t"), 0x04));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation
    @Clause({"MQTT-3.8.4-3", "MQTT311-3.8.4-3"})
    void replacesAnEqualSubscription(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        Peer sender = world.connected("sender", version);
        client.subscribe("t", 2);
        client.subscribe("t", 0);
        sender.publish("t", "x", 2);
        client.check(client.receive("t", "x").qos() == QoS.AT_MOST_ONCE, "the new QoS holds");
        client.expectNothing(); // one subscription, one copy
        client.subscribe("t", 1);
        sender.publish("t", "y", 2);
        client.check(client.receive("t", "y").qos() == QoS.AT_LEAST_ONCE, "the new QoS holds");
        client.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.8.4-3")
    void replacesAllOptions(World world) {
        Peer client = world.connected("c");
        client.subscribe(
                Raw.identifier(5),
                new SubscriptionRequest("t", QoS.AT_LEAST_ONCE, true, true, RetainHandling.DO_NOT_SEND));
        client.subscribe(Raw.identifier(6), Raw.to("t", 1));
        client.publish(Pub.of("t", "x").qos(1).retain());
        Publish publish = client.receive("t", "x");
        client.check(
                !publish.retain()
                        && publish.properties().subscriptionIdentifiers().equals(List.of(6)),
                "got " + publish);
        client.subscribe(Raw.to("t", 1));
        Publish stored = client.receive("t", "x");
        client.check(
                stored.retain() && stored.properties().subscriptionIdentifiers().isEmpty(), "got " + stored);
    }

    @Conversation
    @Clause({"MQTT-3.8.4-4", "MQTT311-3.8.4-3"})
    void losesNoMessagesWhileASubscriptionIsReplaced(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe("t", 1);
        Peer sender = world.connected("sender", version);
        for (int i = 0; i < 20; i++) {
            sender.send(Pub.of("t", "m" + i).qos(1));
            client.sendBytes(Raw.subscribe(version, 100 + i, Bytes.utf8("t"), 1));
        }
        for (int i = 0; i < 20; i++) {
            Publish publish = client.await(Publish.class);
            client.check(Peer.text(publish).equals("m" + i), "expected m" + i + ", got " + publish);
            client.send(new Puback(publish.packetId()));
        }
    }

    @Conversation
    @Clause({"MQTT-3.8.4-8", "MQTT311-3.8.4-6"})
    void deliversAtTheLowerOfBothQos(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        for (int granted = 0; granted <= 2; granted++) {
            Peer client = world.connected("c", version);
            client.subscribe("t", granted);
            for (int published = 0; published <= 2; published++) {
                sender.publish("t", "x", published);
                Publish publish = client.receive("t", "x");
                client.check(publish.qos() == QoS.of(Math.min(granted, published)), "got " + publish);
            }
            client.disconnect();
        }
    }

    @Conversation
    @Clause({"MQTT-3.8.4-7", "MQTT-3.9.3-2", "MQTT311-3.9.3-2"})
    void refusesWhatIsNotAuthorized(World world, ProtocolVersion version) {
        world.with(new ScriptedAuthorizer().deny(Kind.SUBSCRIBE, "secret/#"));
        Peer client = world.connected("c", version);
        Suback suback = client.subscribe(Raw.to("open", 1), Raw.to("secret/#", 1), Raw.to("$share/g/secret/#", 1));
        List<ReasonCode> expected = version.hasProperties()
                ? List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.NOT_AUTHORIZED)
                : List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.UNSPECIFIED_ERROR, ReasonCode.UNSPECIFIED_ERROR);
        client.check(suback.reasons().equals(expected), "got " + suback);
        world.connected("sender").publish("secret/x", "x", 1);
        client.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.8.4-7")
    void refusesBeyondTheLimitOfSubscriptions(World world) {
        world.with("subscriptionsMax", 2);
        Peer client = world.connected("c");
        Suback suback = client.subscribe(Raw.to("a", 0), Raw.to("b", 0), Raw.to("c", 0), Raw.to("a", 1));
        client.check(
                suback.reasons()
                        .equals(List.of(
                                ReasonCode.SUCCESS,
                                ReasonCode.SUCCESS,
                                ReasonCode.QUOTA_EXCEEDED,
                                ReasonCode.GRANTED_QOS_1)),
                "got " + suback);
    }

    @Conversation
    @Clause({"MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT311-3.10.4-1", "MQTT311-3.10.4-2"})
    void removesExactlyTheFilterThatIsNamed(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe(Raw.to("a/+", 0), Raw.to("a/#", 0), Raw.to("a/b", 0), Raw.to("A/b", 0));
        client.unsubscribe("a/b");
        client.unsubscribe("A/B", "a/", "a/b/", "+/b");
        client.unsubscribe("a/+");
        client.publish("a/b", "x", 1);
        client.expectPublish("a/b", "x"); // by a/# alone
        client.expectNothing();
        client.unsubscribe("a/#");
        client.publish("a/b", "y", 1);
        client.expectNothing();
        client.publish("A/b", "z", 1);
        client.expectPublish("A/b", "z");
    }

    @Conversation
    @Clause({
        "MQTT-3.10.4-4",
        "MQTT-3.10.4-5",
        "MQTT-3.10.4-6",
        "MQTT-3.11.3-1",
        "MQTT-3.11.3-2",
        "MQTT-3.10.3-1",
        "MQTT311-3.10.4-4",
        "MQTT311-3.10.4-5",
        "MQTT311-3.10.4-6",
        "MQTT311-3.10.3-1"
    })
    void answersUnsubscribeWithOneReasonForEachFilter(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe(Raw.to("a", 0), Raw.to("ü/#", 0));
        Unsuback unsuback = client.unsubscribe("a", "never", "ü/#", "a");
        List<ReasonCode> expected = version.hasProperties()
                ? List.of(
                        ReasonCode.SUCCESS,
                        ReasonCode.NO_SUBSCRIPTION_EXISTED,
                        ReasonCode.SUCCESS,
                        ReasonCode.NO_SUBSCRIPTION_EXISTED)
                : List.of();
        client.check(unsuback.reasons().equals(expected), "got " + unsuback);
        client.publish("a", "x", 1);
        client.publish("ü/b", "x", 1);
        client.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.10.4-3", "MQTT311-3.10.4-3"})
    void finishesDeliveriesAfterUnsubscribe(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.persistent());
        client.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "one", 1);
        sender.publish("t", "two", 2);
        Publish one = client.expectPublish("t", "one");
        Publish two = client.expectPublish("t", "two");
        client.unsubscribe("t");
        client.drop();
        client.connect(it -> it.persistent());
        client.acknowledge(client.expect(Publish.class, it -> it.packetId() == one.packetId(), "one again"));
        client.expect(Publish.class, it -> it.packetId() == two.packetId(), "two again");
        client.send(new Pubrec(two.packetId()));
        client.expect(new Pubrel(two.packetId()));
        client.send(new Pubcomp(two.packetId()));
        client.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.8.4-1", "MQTT-3.8.4-2"})
    void answersWhereTheAuthorizerIsLate(World world, ProtocolVersion version) {
        ScriptedAuthorizer late =
                new ScriptedAuthorizer().deny(Kind.SUBSCRIBE, "secret").hold();
        world.with(late);
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.subscribe(version, 7, Bytes.utf8("secret"), 0));
        client.sendBytes(Raw.subscribe(version, 8, Bytes.utf8("open"), 0));
        client.expectNothing();
        late.answer();
        client.expect(
                Suback.class,
                it -> it.packetId() == 7 && it.reasons().getFirst().isError(),
                "SUBACK of 7");
        client.expect(
                Suback.class,
                it -> it.packetId() == 8 && !it.reasons().getFirst().isError(),
                "SUBACK of 8");
    }

    @Conversation
    @Clause("MQTT-3.3.4-3")
    void closesOnWrongSubscriptionIdentifiers(World world) {
        for (String properties : List.of("02 0B 00", "04 0B 01 0B 02")) {
            Peer client = world.connected("c");
            client.sendBytes(Bytes.packet(
                    0x82, new Bytes().u16(1).raw(properties).text("t").u8(0)));
            client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        }
        world.with("subscriptionIdentifiers", false);
        Peer client = world.connected("c");
        client.sendBytes(
                Bytes.packet(0x82, new Bytes().u16(1).raw("02 0B 01").text("t").u8(0)));
        client.expectDisconnect(ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
    }
}
