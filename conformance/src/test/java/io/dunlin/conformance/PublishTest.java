package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Section 3.3: PUBLISH, but for retained messages and topic aliases. */
class PublishTest {
    @Conversation(EVERYWHERE)
    @Clause({
        "MQTT-3.3.4-1",
        "MQTT-4.3.1-1",
        "MQTT-4.3.2-4",
        "MQTT-4.3.3-8",
        "MQTT-4.3.3-11",
        "MQTT-3.3.1-2",
        "MQTT311-3.3.4-1",
        "MQTT311-4.3.1-1",
        "MQTT311-4.3.2-2",
        "MQTT311-4.3.3-2",
        "MQTT311-3.3.1-2"
    })
    void answersByItsQos(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.send(Pub.of("t", "zero"));
        sender.expectNothing();
        sender.send(Pub.of("t", "one").qos(1).id(5));
        sender.expect(new Puback(5));
        sender.send(Pub.of("t", "two").qos(2).id(6));
        sender.expect(new Pubrec(6));
        sender.send(new Pubrel(6));
        sender.expect(new Pubcomp(6));
        for (int qos = 0; qos <= 2; qos++) {
            Publish publish =
                    receiver.receive("t", List.of("zero", "one", "two").get(qos));
            receiver.check(publish.qos() == QoS.of(qos) && !publish.dup(), "got " + publish);
        }
    }

    @Conversation
    @Clause({"MQTT-3.3.1-3", "MQTT311-3.3.1-3"})
    void doesNotPassDupOn(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("t", "one").qos(1).dup());
        sender.publish(Pub.of("t", "two").qos(2).dup());
        receiver.check(!receiver.receive("t", "one").dup(), "DUP is of the sender's connection only");
        receiver.check(!receiver.receive("t", "two").dup(), "DUP is of the sender's connection only");
    }

    @Conversation
    @Clause({"MQTT-3.3.2-1", "MQTT311-3.3.2-1"})
    void takesTheTopicFromTheFirstField(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("größe/€", 0);
        Peer sender = world.connected("sender", version);
        sender.send(Pub.of("größe/€", "x"));
        receiver.expectPublish("größe/€", "x");
        byte[] topic = Bytes.utf8("größe/€");
        byte[] sent = Arrays.copyOfRange(receiver.lastBytes(), 4, 4 + topic.length);
        receiver.check(Arrays.equals(topic, sent), Bytes.hex(receiver.lastBytes()));
        for (String cut : List.of("30 00", "30 01 00", "30 03 00 05 61", "32 03 00 01 61", "32 04 00 01 61 00")) {
            Peer client = world.connected("c", version);
            client.sendHex(cut);
            client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        }
    }

    @Conversation
    @Clause({"MQTT-3.3.2-2", "MQTT-4.7.0-1", "MQTT311-3.3.2-2", "MQTT311-4.7.1-1"})
    void closesOnWildcardsInTopicNames(World world, ProtocolVersion version) {
        for (String topic : List.of("#", "+", "a/#", "a/+/b", "a+", "b#")) {
            Peer client = world.connected("c", version);
            client.sendBytes(Raw.publish(version, Bytes.utf8(topic)));
            client.expectDisconnect(ReasonCode.TOPIC_NAME_INVALID);
        }
    }

    @Conversation
    @Clause({"MQTT-4.7.3-1", "MQTT311-4.7.3-1"})
    void closesOnEmptyTopics(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.publish(version, new byte[0]));
        client.expectDisconnect(version.hasProperties() ? ReasonCode.PROTOCOL_ERROR : ReasonCode.TOPIC_NAME_INVALID);
    }

    @Conversation
    @Clause({"MQTT-4.7.3-3", "MQTT311-4.7.3-3"})
    void takesTopicsUpTo65535Bytes(World world, ProtocolVersion version) {
        String longest = "t".repeat(65_535);
        Peer client = world.connected("c", version);
        client.subscribe(longest, 1);
        client.publish(longest, "x", 1);
        client.receive(longest, "x");
    }

    @Conversation
    @Clause({
        "MQTT-3.3.2-4",
        "MQTT-3.3.2-15",
        "MQTT-3.3.2-16",
        "MQTT-3.3.2-17",
        "MQTT-3.3.2-18",
        "MQTT-3.3.2-20",
        "MQTT-3.3.2-13",
        "MQTT-3.3.2-19"
    })
    void forwardsPropertiesUnchangedAndInOrder(World world) {
        for (int retained = 0; retained <= 1; retained++) {
            Peer receiver = world.connected("receiver" + retained);
            Peer sender = world.connected("sender");
            Pub pub = Pub.of("p", "{}")
                    .qos(1)
                    .user("z", "1")
                    .property(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                    .user("a", "2")
                    .property(Property.CONTENT_TYPE, "application/json; größe")
                    .property(Property.RESPONSE_TOPIC, "answer/€")
                    .user("z", "3")
                    .property(Property.CORRELATION_DATA, Bytes.hex("00 FF 10"))
                    .user("z", "1");
            if (retained == 1) {
                sender.publish(pub.retain());
                receiver.subscribe("p", 1);
            } else {
                receiver.subscribe("p", 1);
                sender.publish(pub);
            }
            Publish publish = receiver.receive("p", "{}");
            List<UserProperty> expected = List.of(
                    new UserProperty("z", "1"),
                    new UserProperty("a", "2"),
                    new UserProperty("z", "3"),
                    new UserProperty("z", "1"));
            receiver.check(publish.properties().userProperties().equals(expected), "got " + publish);
            receiver.check(publish.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1, "got " + publish);
            receiver.check(
                    "application/json; größe".equals(publish.properties().text(Property.CONTENT_TYPE)),
                    "got " + publish);
            receiver.check("answer/€".equals(publish.properties().text(Property.RESPONSE_TOPIC)), "got " + publish);
            receiver.check(
                    Arrays.equals(Bytes.hex("00 FF 10"), publish.properties().binary(Property.CORRELATION_DATA)),
                    "got " + publish);
            receiver.disconnect();
        }
    }

    @Conversation
    @Clause({"MQTT-3.3.2-4"})
    void forwardsAPayloadFormatOf0(World world) {
        Peer client = world.connected("c");
        client.subscribe("p", 0);
        client.send(Pub.of("p", "x").property(Property.PAYLOAD_FORMAT_INDICATOR, 0));
        Publish publish = client.expectPublish("p", "x");
        client.check(publish.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 9) == 0, "got " + publish);
        client.send(Pub.of("p", "y"));
        client.check(
                !client.expectPublish("p", "y").properties().has(Property.PAYLOAD_FORMAT_INDICATOR), "none was sent");
    }

    @Conversation
    @Clause({"MQTT-3.3.2-14", "MQTT-3.3.2-13", "MQTT-3.3.2-19"})
    void closesOnWrongProperties(World world) {
        for (Bytes properties : List.of(
                new Bytes().u8(0x08).text("a/#"), // response topic with a wildcard
                new Bytes().u8(0x08).text("+"),
                new Bytes().u8(0x08).raw("00 03 ED A0 80"), // response topic not UTF-8
                new Bytes().u8(0x03).raw("00 02 C0 AF"), // content type not UTF-8
                new Bytes().raw("01 02"), // payload format 2
                new Bytes().raw("01 01 01 01"), // twice
                new Bytes().raw("02 00 00 00 05 02 00 00 00 05"), // twice
                new Bytes().raw("11 00 00 00 05"), // of another packet
                new Bytes().raw("7E 00"))) { // unknown
            Peer client = world.connected("c");
            client.sendBytes(Bytes.packet(0x30, new Bytes().text("t").counted(properties)));
            for (Packet last : client.awaitEnd()) {
                client.check(
                        last instanceof Disconnect disconnect
                                && List.of(
                                                ReasonCode.MALFORMED_PACKET,
                                                ReasonCode.PROTOCOL_ERROR,
                                                ReasonCode.TOPIC_NAME_INVALID)
                                        .contains(disconnect.reason()),
                        "got " + last);
            }
        }
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.3.2-5", "MQTT-3.3.2-6", "MQTT-4.3.3-7"})
    void countsTheExpiryDownAndDropsWhatExpired(World world) {
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        receiver.drop();
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("t", "short").qos(1).property(Property.MESSAGE_EXPIRY_INTERVAL, 5));
        sender.publish(Pub.of("t", "long").qos(2).property(Property.MESSAGE_EXPIRY_INTERVAL, 50));
        sender.publish(Pub.of("t", "endless").qos(1));
        world.advance(Duration.ofSeconds(20));
        receiver.connect(it -> it.persistent());
        Publish publish = receiver.expectPublish("t", "long");
        long left = publish.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        receiver.check(left == 30, "20 of 50 seconds are over, left are " + left);
        receiver.check(
                !receiver.receive("t", "endless").properties().has(Property.MESSAGE_EXPIRY_INTERVAL), "it has none");
        // once sent it does not expire any more
        world.advance(Duration.ofSeconds(100));
        receiver.drop();
        receiver.connect(it -> it.persistent());
        Publish again = receiver.expectPublish("t", "long");
        receiver.check(again.dup(), "got " + again);
        receiver.acknowledge(again);
        receiver.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.3.2-6"})
    void forwardsTheWholeExpiryAtOnce(World world) {
        Peer client = world.connected("c");
        client.subscribe("t", 0);
        client.send(Pub.of("t", "x").property(Property.MESSAGE_EXPIRY_INTERVAL, 77));
        long left = client.expectPublish("t", "x").properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        client.check(left == 77, "left are " + left);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.3.3-13", "MQTT-3.3.2-5"})
    void goesOnWithTheHandshakeOfAnExpiredMessage(World world) {
        Peer sender = world.connected("sender");
        sender.send(Pub.of("t", "x").qos(2).id(3).property(Property.MESSAGE_EXPIRY_INTERVAL, 1));
        sender.expect(Pubrec.class);
        world.advance(Duration.ofSeconds(5));
        sender.send(Pub.of("t", "x").qos(2).id(3).dup().property(Property.MESSAGE_EXPIRY_INTERVAL, 1));
        sender.expect(Pubrec.class);
        sender.send(new Pubrel(3));
        sender.expect(new Pubcomp(3));
    }

    @Conversation
    @Clause({"MQTT-3.3.4-2", "MQTT311-3.3.5-1"})
    void deliversAtTheHighestQosOfOverlappingSubscriptions(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe(Raw.to("t/#", 0), Raw.to("t/+", 2), Raw.to("t/a", 1));
        Peer sender = world.connected("sender", version);
        sender.publish("t/a", "x", 2);
        boolean atHighest = false;
        for (Packet packet : receiver.drain()) {
            Publish publish = (Publish) packet;
            receiver.check(Peer.text(publish).equals("x"), "got " + publish);
            atHighest |= publish.qos() == QoS.EXACTLY_ONCE;
        }
        receiver.check(atHighest, "no copy came at QoS 2");
    }

    @Conversation
    @Clause({"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"})
    void namesTheSubscriptionsByTheirIdentifiers(World world) {
        Peer receiver = world.connected("receiver");
        receiver.subscribe(Raw.identifier(1), Raw.to("t/#", 1));
        receiver.subscribe(Raw.identifier(268_435_455), Raw.to("t/+", 1));
        receiver.subscribe(Raw.to("t/a", 1));
        receiver.subscribe(Raw.identifier(7), Raw.to("other", 1));
        Peer sender = world.connected("sender");
        sender.publish("t/a", "x", 1);
        TreeSet<Integer> identifiers = new TreeSet<>();
        int copies = 0;
        for (Packet packet : receiver.drain()) {
            Publish publish = (Publish) packet;
            identifiers.addAll(publish.properties().subscriptionIdentifiers());
            copies++;
            receiver.acknowledge(publish);
        }
        receiver.check(identifiers.equals(Set.of(1, 268_435_455)), "got " + identifiers);
        receiver.check(copies == 1, "one copy was expected, " + copies + " came");
        sender.publish("other", "y", 1);
        Publish other = receiver.receive("other", "y");
        receiver.check(other.properties().subscriptionIdentifiers().equals(List.of(7)), "got " + other);
    }

    @Conversation
    @Clause("MQTT-3.3.4-6")
    void closesOnASubscriptionIdentifierFromAClient(World world) {
        Peer client = world.connected("c");
        client.send(Pub.of("t", "x").property(Property.SUBSCRIPTION_IDENTIFIER, 1));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation
    @Clause({"MQTT311-3.3.5-2", "MQTT-3.4.2-1", "MQTT-3.5.2-1"})
    void refusesWhatIsNotAuthorized(World world, ProtocolVersion version) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "secret"));
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("#", 1);
        Peer client = world.connected("c", version);
        ReasonCode expected = version.hasProperties() ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS;
        client.send(Pub.of("secret", "zero"));
        client.check(client.publishRefusable(Pub.of("secret", "one").qos(1)) == expected, "PUBACK");
        client.check(client.publishRefusable(Pub.of("secret", "two").qos(2)) == expected, "PUBREC");
        watcher.expectNothing();
        client.publish("open", "x", 1);
        watcher.receive("open", "x");
    }

    @Conversation(MEMORY)
    @Clause({"MQTT311-3.3.5-2", "MQTT-4.6.0-5"})
    void waitsForALateAuthorizerInOrder(World world, ProtocolVersion version) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().deny(Kind.PUBLISH, "secret");
        world.with(late);
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("#", 1);
        Peer client = world.connected("c", version);
        late.hold();
        client.send(Pub.of("t", "1").qos(1));
        client.send(Pub.of("secret", "2").qos(1));
        client.send(Pub.of("t", "3").qos(1));
        watcher.expectNothing();
        client.expectNothing();
        late.answer();
        watcher.receive("t", "1");
        watcher.receive("t", "3");
        client.expect(new Puback(1));
        client.expect(Puback.class);
        client.expect(new Puback(3));
    }

    @Conversation
    @Clause({"MQTT-3.3.2-3", "MQTT311-3.3.2-3"})
    void sendsOnlyWhatMatches(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe(Raw.to("a/+/c", 1), Raw.to("b/#", 1), Raw.to("exact", 1));
        Peer sender = world.connected("sender", version);
        for (String topic : List.of("a/c", "a/b/d", "a/b/c/d", "bb", "a", "Exact", "exact/", "/b", "c")) {
            sender.publish(topic, "no", 1);
        }
        receiver.expectNothing();
        for (String topic : List.of("a/b/c", "a//c", "b", "b/", "b/x/y/z", "exact")) {
            sender.publish(topic, topic, 1);
            receiver.receive(topic, topic);
        }
    }
}
