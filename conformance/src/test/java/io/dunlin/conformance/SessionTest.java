package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sections 4.1 and 4.4: what a session keeps, how long, and what is sent again. */
class SessionTest {
    @Conversation(EVERYWHERE)
    @Clause({
        "MQTT-3.1.2-5", "MQTT-3.1.2-23", "MQTT-4.1.0-1", "MQTT-4.5.0-1",
        "MQTT311-3.1.2-4", "MQTT311-3.1.2-5", "MQTT311-4.1.0-1", "MQTT311-4.5.0-1"
    })
    void keepsMessagesForClientsThatAreAway(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t/#", 2);
        receiver.disconnect();
        Peer sender = world.connected("sender", version);
        sender.publish("t/1", "one", 1);
        sender.publish("t/2", "two", 2);
        sender.publish("other", "no", 1);
        receiver.connect(it -> it.persistent());
        receiver.receive("t/1", "one");
        receiver.receive("t/2", "two");
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.1.0-1", "MQTT311-4.1.0-2"})
    void keepsTheSessionWhileConnectedWhateverTheExpiry(World world) {
        Peer client = world.connected("c");
        client.subscribe("t", 1);
        for (int i = 0; i < 3; i++) {
            client.publish("t", "x" + i, 1);
            client.receive("t", "x" + i);
        }
    }

    @Conversation(MEMORY)
    @Clause("MQTT-4.1.0-1")
    void keepsTheSessionWhileConnectedBeyondItsExpiry(World world) {
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.SESSION_EXPIRY_INTERVAL, 5));
        client.subscribe("t", 1);
        world.advance(Duration.ofSeconds(100));
        client.publish("t", "x", 1);
        client.receive("t", "x");
    }

    @Conversation
    @Clause({"MQTT-3.1.2-23", "MQTT-4.1.0-2", "MQTT311-3.1.2-6"})
    void dropsASessionWithoutExpiryAtItsEnd(World world) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            Peer client = world.connected("c", version);
            client.subscribe("t", 1);
            client.drop();
            Peer sender = world.connected("sender", version);
            sender.publish("t", "x", 1);
            Connack connack = client.connect(it -> it.cleanStart(false));
            client.check(!connack.sessionPresent(), "got " + connack);
            client.expectNothing();
            client.disconnect();
            client.connect(); // leaves nothing behind for the next version
            client.disconnect();
        }
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void dropsASessionOnceExpired(World world) {
        Peer client = world.client("c");
        client.connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 100));
        client.drop();
        world.advance(Duration.ofSeconds(99));
        client.check(
                client.connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 100))
                        .sessionPresent(),
                "the session is gone too early");
        world.advance(Duration.ofSeconds(200)); // no time runs while connected
        client.drop();
        world.advance(Duration.ofSeconds(101));
        client.check(!client.connect(it -> it.cleanStart(false)).sessionPresent(), "the session has not expired");
    }

    @Conversation(MEMORY)
    @Clause("MQTT-3.1.2-23")
    void neverExpiresAtTheHighestInterval(World world) {
        world.with("expirySecondsMax", 0xFFFF_FFFFL);
        Peer client = world.client("c");
        client.connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL));
        client.drop();
        world.leap(Duration.ofDays(365 * 140));
        client.check(client.connect(it -> it.cleanStart(false)).sessionPresent(), "the session has expired");
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void takesAnotherExpiryFromDisconnect(World world) {
        Peer client = world.client("c");
        client.connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 100));
        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.of(Property.SESSION_EXPIRY_INTERVAL, 10)));
        client.drop();
        world.advance(Duration.ofSeconds(11));
        client.check(
                !client.connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 100))
                        .sessionPresent(),
                "the session lives on");
        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.of(Property.SESSION_EXPIRY_INTERVAL, 0)));
        client.drop();
        client.check(!client.connect(it -> it.cleanStart(false)).sessionPresent(), "the session lives on");
        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.of(Property.SESSION_EXPIRY_INTERVAL, 10)));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR); // it was 0 at CONNECT
    }

    @Conversation
    @Clause("MQTT311-3.1.2-7")
    void keepsRetainedMessagesBeyondSessions(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "kept").qos(1).retain());
        sender.disconnect();
        sender.connect();
        sender.disconnect();
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("r", 1);
        receiver.receive("r", "kept");
    }

    @Conversation
    @Clause({
        "MQTT-4.4.0-1",
        "MQTT-3.3.1-1",
        "MQTT-3.3.1-3",
        "MQTT-4.3.2-3",
        "MQTT-4.3.3-3",
        "MQTT-2.2.1-5",
        "MQTT311-4.4.0-1",
        "MQTT311-3.3.1-1",
        "MQTT311-3.3.1-3",
        "MQTT311-2.3.1-3",
        "MQTT311-2.3.1-4"
    })
    void sendsUnacknowledgedPublishesAgainWithDup(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "a", 1);
        sender.publish("t", "b", 2);
        sender.publish("t", "c", 1);
        List<Publish> first = new ArrayList<>();
        for (String payload : List.of("a", "b", "c")) {
            first.add(receiver.expectPublish("t", payload));
            receiver.check(!first.getLast().dup(), "DUP at first: " + first.getLast());
        }
        receiver.drop();
        receiver.connect(it -> it.persistent());
        for (Publish before : first) {
            Publish again = receiver.expect(Publish.class);
            receiver.check(
                    again.dup()
                            && again.packetId() == before.packetId()
                            && Peer.text(again).equals(Peer.text(before))
                            && again.qos() == before.qos(),
                    "expected " + before + " again with DUP, got " + again);
            receiver.acknowledge(again);
        }
        receiver.drop();
        receiver.connect(it -> it.persistent());
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.4.0-1", "MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT311-4.4.0-1", "MQTT311-4.3.3-1"})
    void sendsUnansweredPubrelsAgainAndNotTheirPublish(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "x", 2);
        int id = receiver.expectPublish("t", "x").packetId();
        receiver.send(new Pubrec(id));
        receiver.expect(new Pubrel(id));
        for (int i = 0; i < 2; i++) {
            receiver.drop();
            receiver.connect(it -> it.persistent());
            receiver.expect(new Pubrel(id));
        }
        receiver.send(new Pubcomp(id));
        receiver.expectNothing();
        receiver.drop();
        receiver.connect(it -> it.persistent());
        receiver.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.4.0-1"})
    void sendsNothingAgainWithinAConnection(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "a", 1);
        sender.publish("t", "b", 2);
        receiver.expectPublish("t", "a");
        receiver.expectPublish("t", "b");
        world.advance(Duration.ofHours(1));
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.4.0-2", "MQTT-4.3.3-4", "MQTT-4.3.3-9"})
    void takesRefusalsForAcknowledgements(World world) {
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender");
        sender.publish("t", "a", 1);
        sender.publish("t", "b", 2);
        receiver.send(new Puback(receiver.expectPublish("t", "a").packetId(), ReasonCode.QUOTA_EXCEEDED));
        receiver.send(new Pubrec(receiver.expectPublish("t", "b").packetId(), ReasonCode.UNSPECIFIED_ERROR));
        receiver.expectNothing(); // no PUBREL
        receiver.drop();
        receiver.connect(it -> it.persistent());
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.3.3-10", "MQTT-4.1.0-1", "MQTT311-4.3.3-2"})
    void remembersQos2MessagesOfTheClientOverConnections(World world, ProtocolVersion version) {
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("t", 2);
        Peer sender = world.client("sender", version);
        sender.connect(it -> it.persistent());
        sender.send(Pub.of("t", "x").qos(2).id(9));
        sender.expect(Pubrec.class);
        watcher.receive("t", "x");
        sender.drop();
        sender.connect(it -> it.persistent());
        sender.send(Pub.of("t", "x").qos(2).id(9).dup());
        sender.expect(Pubrec.class);
        sender.send(new Pubrel(9));
        sender.expect(new Pubcomp(9));
        watcher.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-4", "MQTT311-3.1.2-6"})
    void forgetsAllAtACleanStart(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "unacknowledged", 1);
        receiver.expectPublish("t", "unacknowledged");
        receiver.drop();
        sender.publish("t", "queued", 1);
        receiver.connect();
        receiver.expectNothing();
        sender.publish("t", "after", 1);
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.1.4-3", "MQTT-3.1.2-5", "MQTT-4.4.0-1"})
    void handsTheSessionOverAtATakeOver(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        Peer owner = world.client("c", version);
        owner.connect(it -> it.persistent());
        owner.subscribe("t", 1);
        for (int i = 0; i < 5; i++) {
            sender.publish("t", "m" + i, 1);
            owner.expectPublish("t", "m" + i);
            Peer heir = world.client("c", version);
            Connack connack = heir.connect(it -> it.persistent());
            heir.check(version == ProtocolVersion.V3_1 || connack.sessionPresent(), "got " + connack);
            Publish again = heir.expectPublish("t", "m" + i);
            heir.check(again.dup(), "DUP is missing: " + again);
            heir.acknowledge(again);
            owner.expectDisconnect(ReasonCode.SESSION_TAKEN_OVER);
            owner = heir;
        }
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.5.0-1", "MQTT311-4.5.0-1"})
    void queuesInOrderAndDropsOnlyBeyondTheLimit(World world) {
        world.with("queueMessagesMax", 5);
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 1);
        receiver.drop();
        Peer sender = world.connected("sender");
        for (int i = 0; i < 8; i++) {
            sender.send(Pub.of("t", "m" + i).qos(1));
            world.advance(Duration.ofSeconds(1)); // publishers that overload a session are slowed down for a while
            sender.expect(Puback.class);
        }
        receiver.connect(it -> it.persistent());
        for (int i = 0; i < 5; i++) {
            receiver.receive("t", "m" + i); // drop-newest: the first five stay
        }
        receiver.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.1.2-23")
    void keepsNoQos0MessagesOnlyWhereItMayChoose(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 1);
        receiver.drop();
        Peer sender = world.connected("sender", version);
        sender.publish("t", "zero", 0);
        sender.publish("t", "one", 1);
        receiver.connect(it -> it.persistent());
        List<Packet> came = receiver.drain();
        receiver.check(
                came.stream()
                        .anyMatch(it -> it instanceof Publish publish
                                && Peer.text(publish).equals("one")),
                "the QoS 1 message is lost: " + came);
    }
}
