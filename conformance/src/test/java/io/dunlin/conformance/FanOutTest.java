package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.PacketWriter;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Messages that come together and go to many. */
class FanOutTest {
    private static final int RECEIVERS = 20;

    @Conversation(EVERYWHERE)
    @Clause({"MQTT-4.6.0-6", "MQTT311-4.6.0-6"})
    void eachGetsAllInTheirOrder(World world, ProtocolVersion version) {
        List<Peer> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Peer receiver = world.connected("receiver-" + i, version);
            receiver.subscribe("t", 1);
            receiver.subscribe("u", 0);
            receivers.add(receiver);
        }
        // Runs of one topic, broken by another topic, by QoS 1, by a message that is retained, and by one that is
        // large.
        List<Pub> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Pub pub = Pub.of(topic(i), payload(i));
            sent.add(i % 11 == 5 ? pub.qos(1).id(i + 1) : i == 20 ? pub.retain() : pub);
        }
        sendTogether(world.connected("sender", version), sent);
        for (Peer receiver : receivers) {
            for (int i = 0; i < 40; i++) {
                Publish got = receiver.receive(topic(i), payload(i));
                boolean atLeastOnce = i % 11 == 5 && topic(i).equals("t");
                receiver.check(
                        got.qos() == (atLeastOnce ? QoS.AT_LEAST_ONCE : QoS.AT_MOST_ONCE) && !got.retain(),
                        "got " + got);
            }
            receiver.ping().expectNothing();
        }
        receivers.getFirst().check(world.counted(Counter.PUBLISHES_SENT) == 40 * RECEIVERS, "publishes counted");
    }

    private static String topic(int i) {
        return i % 7 == 3 ? "u" : "t";
    }

    private static String payload(int i) {
        return "message " + i + (i == 30 ? "x".repeat(20_000) : "");
    }

    @Conversation
    @Clause({"MQTT-3.8.3-3", "MQTT-3.3.4-3", "MQTT-3.1.2-24", "MQTT-3.3.2-6"})
    void eachGetsWhatItAskedFor(World world) {
        List<Peer> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Peer receiver = world.connected("receiver-" + i, i % 2 == 0 ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1);
            receiver.subscribe("t", 0);
            receivers.add(receiver);
        }
        Peer numbered = world.connected("numbered");
        numbered.subscribe(Raw.identifier(7), Raw.to("t", 0));
        Peer small = world.client("small");
        small.connect(it -> it.property(Property.MAXIMUM_PACKET_SIZE, 20));
        small.subscribe("t", 0);
        Peer aliased = world.client("aliased");
        aliased.connect(it -> it.property(Property.TOPIC_ALIAS_MAXIMUM, 5));
        aliased.subscribe("t", 0);
        Peer sender = world.connected("sender");
        sender.subscribe(Raw.noLocal("t", 0));

        sendTogether(
                sender,
                List.of(
                        Pub.of("t", "one"),
                        Pub.of("t", "a payload that is too large for some"),
                        Pub.of("t", "two").user("k", "v"),
                        Pub.of("t", "three").property(Property.MESSAGE_EXPIRY_INTERVAL, 100),
                        Pub.of("t", "four")));

        for (Peer receiver : receivers) {
            boolean v5 = receiver.version() == ProtocolVersion.V5;
            receiver.receive("t", "one");
            receiver.receive("t", "a payload that is too large for some");
            Publish two = receiver.receive("t", "two");
            receiver.check(two.properties().userProperties().size() == (v5 ? 1 : 0), "got " + two);
            Publish three = receiver.receive("t", "three");
            receiver.check(!v5 || three.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, 0) > 90, "got " + three);
            receiver.receive("t", "four");
            receiver.expectNothing();
        }
        for (int i = 0; i < 5; i++) {
            Publish got = numbered.expect(Publish.class);
            numbered.check(got.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0) == 7, "got " + got);
            Publish alias = aliased.expect(Publish.class);
            aliased.check(alias.properties().number(Property.TOPIC_ALIAS, 0) > 0, "got " + alias);
        }
        small.receive("t", "one");
        small.receive("t", "two");
        small.receive("t", "three");
        small.receive("t", "four");
        small.expectNothing();
        sender.expectNothing();
    }

    @Conversation
    void nobodyGetsWhatItMayNotReceive(World world) {
        world.with(new ScriptedAuthorizer().inPart("#").deny(Kind.RECEIVE, "secret"));
        List<Peer> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Peer receiver = world.connected("receiver-" + i);
            receiver.subscribe("#", 0);
            receivers.add(receiver);
        }
        sendTogether(
                world.connected("sender"),
                List.of(Pub.of("secret", "a"), Pub.of("secret", "b"), Pub.of("open", "c"), Pub.of("open", "d")));
        for (Peer receiver : receivers) {
            receiver.receive("open", "c");
            receiver.receive("open", "d");
            receiver.expectNothing();
        }
    }

    @Conversation
    @Clause({"MQTT-3.10.4-2", "MQTT-3.14.4-1"})
    void whoLeavesGetsWhatCameBeforeAndNothingAfter(World world, ProtocolVersion version) {
        List<Peer> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Peer receiver = world.connected("receiver-" + i, version);
            receiver.subscribe("t", 0);
            receivers.add(receiver);
        }
        // It publishes to itself as well, unsubscribes, publishes and is thrown out, all in one write.
        Peer sender = world.connected("sender", version);
        sender.subscribe("t", 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(PacketWriter.write(Pub.of("t", "one").build(), version));
        bytes.writeBytes(PacketWriter.write(Pub.of("t", "two").build(), version));
        bytes.writeBytes(Raw.unsubscribe(version, 9, Bytes.utf8("t")));
        bytes.writeBytes(PacketWriter.write(Pub.of("t", "three").build(), version));
        bytes.writeBytes(Bytes.hex("60 02 00 01"));
        sender.sendBytes(bytes.toByteArray());
        sender.receive("t", "one");
        sender.receive("t", "two");
        sender.expect(Unsuback.class);
        for (Peer receiver : receivers) {
            receiver.receive("t", "one");
            receiver.receive("t", "two");
            receiver.receive("t", "three");
            receiver.expectNothing();
        }
    }

    @Conversation
    @Clause("MQTT-3.1.2-8")
    void willsOfSeveralClientsAreOfTheirOwn(World world) {
        List<Peer> receivers = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Peer receiver = world.connected("receiver-" + i);
            receiver.subscribe("status", 0);
            receivers.add(receiver);
        }
        List<Peer> doomed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Peer each = world.client("doomed-" + i);
            int number = i;
            each.connect(it -> it.will("status", "gone " + number));
            doomed.add(each);
        }
        doomed.forEach(Peer::cut);
        for (Peer receiver : receivers) {
            Set<String> wills = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                wills.add(Peer.text(receiver.expect(Publish.class)));
            }
            receiver.check(wills.equals(Set.of("gone 0", "gone 1", "gone 2")), "got " + wills);
            receiver.expectNothing();
        }
    }

    private static void sendTogether(Peer sender, List<Pub> all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        all.forEach(pub -> bytes.writeBytes(PacketWriter.write(pub.build(), sender.version())));
        sender.sendBytes(bytes.toByteArray());
    }
}
