package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.DelayedJournal;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sections 4.3, 4.6 and 4.9: handshakes, order, flow control. */
class QosTest {
    @Conversation
    @Clause({"MQTT-4.3.2-5", "MQTT311-4.3.2-2"})
    void takesAnIdentifierForANewMessageAfterPuback(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 1);
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("t", "first").qos(1).id(4));
        sender.publish(Pub.of("t", "second").qos(1).id(4).dup());
        receiver.receive("t", "first");
        receiver.receive("t", "second");
    }

    @Conversation
    @Clause({"MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT311-4.3.3-2"})
    void passesAQos2MessageOnOnce(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        for (int i = 0; i < 3; i++) {
            sender.send(Pub.of("t", "first").qos(2).id(4));
            sender.expect(Pubrec.class, it -> it.packetId() == 4 && !it.reason().isError(), "PUBREC of 4");
        }
        receiver.receive("t", "first");
        receiver.expectNothing();
        sender.send(new Pubrel(4));
        sender.expect(new Pubcomp(4));
        sender.publish(Pub.of("t", "second").qos(2).id(4));
        receiver.receive("t", "second");
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.3.3-9", "MQTT-3.5.2-1"})
    void freesTheIdentifierOfARefusedQos2Message(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "secret"));
        Peer receiver = world.connected("receiver");
        receiver.subscribe("#", 2);
        Peer sender = world.connected("sender");
        sender.send(Pub.of("secret", "x").qos(2).id(4));
        sender.expect(Pubrec.class, it -> it.reason() == ReasonCode.NOT_AUTHORIZED, "a refusal");
        sender.publish(Pub.of("t", "y").qos(2).id(4));
        receiver.receive("t", "y");
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT311-4.3.3-1", "MQTT-2.2.1-5"})
    void answersEachPubrecWithItsPubrel(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        sender.publish("t", "x", 2);
        int id = receiver.expectPublish("t", "x").packetId();
        receiver.send(new Pubrec(id));
        receiver.expect(new Pubrel(id));
        receiver.send(new Pubrec(id)); // again, for instance after the answer was lost
        receiver.expect(new Pubrel(id));
        receiver.send(new Pubcomp(id));
        receiver.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT311-4.3.2-2", "MQTT311-4.3.3-2", "MQTT-4.5.0-1"})
    void acknowledgesOnlyWhatIsStored(World world, ProtocolVersion version) {
        DelayedJournal journal = new DelayedJournal();
        world.with(journal);
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 2);
        receiver.disconnect();
        Peer sender = world.connected("sender", version);
        journal.hold();
        sender.send(Pub.of("t", "one").qos(1));
        sender.send(Pub.of("t", "two").qos(2));
        sender.expectNothing();
        sender.ping(); // the rest goes on
        journal.store();
        sender.expect(Puback.class, it -> it.packetId() == 1, "PUBACK of 1");
        sender.expect(Pubrec.class, it -> it.packetId() == 2, "PUBREC of 2");
        sender.send(Pub.of("nobody/there", "x").qos(1));
        sender.expect(Puback.class); // nothing had to be stored
        sender.send(Pub.of("retained", "x").qos(1).retain());
        sender.expectNothing();
        journal.release();
        sender.expect(Puback.class);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.3.2-4", "MQTT-4.6.0-5"})
    void acknowledgesInOrderWhateverIsStoredFirst(World world) {
        DelayedJournal journal = new DelayedJournal();
        world.with(journal);
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 1);
        receiver.disconnect();
        Peer sender = world.connected("sender");
        journal.hold();
        sender.send(Pub.of("t", "stored").qos(1).id(1));
        sender.send(Pub.of("other", "not stored").qos(1).id(2));
        sender.send(Pub.of("t", "stored").qos(1).id(3));
        world.settle();
        journal.release();
        List<Integer> order = new ArrayList<>();
        for (Packet packet : sender.drain()) {
            order.add(((Puback) packet).packetId());
        }
        sender.check(order.equals(List.of(1, 2, 3)), "the order of PUBACKs: " + order);
    }

    // order

    @Conversation(EVERYWHERE)
    @Clause({"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT311-4.6.0-5", "MQTT311-4.6.0-6"})
    void keepsTheOrderOfEachPublisherTopicAndQos(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t/#", 2);
        Peer sender = world.connected("sender", version);
        int count = 90;
        for (int i = 0; i < count; i++) {
            sender.send(Pub.of("t/" + i % 2, "" + i).qos(i % 3));
        }
        for (int i = 0; i < count; i++) {
            if (i % 3 == 2) {
                sender.send(new Pubrel(sender.await(Pubrec.class).packetId()));
            }
        }
        int[] last = {-1, -1, -1, -1, -1, -1};
        for (int i = 0; i < count; i++) {
            Publish publish = receiver.await(Publish.class);
            int value = Integer.parseInt(Peer.text(publish));
            int kind = value % 6; // one topic, one QoS
            receiver.check(value > last[kind], value + " after " + last[kind]);
            last[kind] = value;
            receiver.acknowledge(publish);
        }
        receiver.check(last[5] == 89 && last[4] == 88, "some are lost");
    }

    @Conversation
    @Clause({"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.4.0-1", "MQTT311-4.6.0-6"})
    void keepsTheOrderOverReconnects(World world, ProtocolVersion version) {
        Peer receiver = world.client("receiver", version);
        receiver.connect(it -> it.persistent());
        receiver.subscribe("t", 1);
        Peer sender = world.connected("sender", version);
        int next = 0;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 10; i++) {
                sender.publish("t", "" + (round * 10 + i), 1);
            }
            for (int i = 0; i < 7; i++) {
                receiver.receive("t", "" + next++);
            }
            receiver.drop();
            receiver.connect(it -> it.persistent());
        }
        while (next < 50) {
            receiver.receive("t", "" + next++);
        }
        receiver.expectNothing();
    }

    // flow control

    @Conversation
    @Clause({"MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-3.3.4-10", "MQTT-4.9.0-3"})
    void keepsToTheClientsReceiveMaximum(World world) {
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.property(Property.RECEIVE_MAXIMUM, 3));
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 10; i++) {
            sender.publish("t", "m" + i, 1 + i % 2);
        }
        List<Publish> unacknowledged = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            unacknowledged.add(receiver.expectPublish("t", "m" + i));
        }
        receiver.expectNothing();
        receiver.ping(); // other packets are answered
        receiver.subscribe("other", 0);
        sender.publish("other", "zero", 0); // and QoS 0 is not held back
        receiver.expectPublish("other", "zero");
        for (int i = 3; i < 10; i++) {
            receiver.acknowledge(unacknowledged.removeFirst());
            unacknowledged.add(receiver.expectPublish("t", "m" + i));
            receiver.expectNothing();
        }
    }

    @Conversation
    @Clause({"MQTT-4.9.0-2", "MQTT-3.3.4-9"})
    void countsAQos2MessageUntilPubcomp(World world) {
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.property(Property.RECEIVE_MAXIMUM, 1));
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender");
        sender.publish("t", "a", 2);
        sender.publish("t", "b", 2);
        sender.publish("t", "c", 1);
        int id = receiver.expectPublish("t", "a").packetId();
        receiver.send(new Pubrec(id));
        receiver.expect(new Pubrel(id));
        receiver.expectNothing();
        receiver.send(new Pubcomp(id));
        int second = receiver.expectPublish("t", "b").packetId();
        receiver.send(new Pubrec(second, ReasonCode.UNSPECIFIED_ERROR)); // frees its place too
        receiver.receive("t", "c");
    }

    @Conversation
    @Clause({"MQTT-3.3.4-7", "MQTT-4.9.0-1"})
    void closesWhereTheClientExceedsTheReceiveMaximum(World world) {
        world.with("receiveMaximum", 3);
        Peer sender = world.connected("sender");
        for (int id = 1; id <= 3; id++) {
            sender.send(Pub.of("t", "x").qos(2).id(id));
            sender.expect(Pubrec.class);
        }
        sender.send(Pub.of("t", "x").qos(2).id(1).dup()); // no new one
        sender.expect(Pubrec.class);
        sender.send(new Pubrel(1));
        sender.expect(new Pubcomp(1));
        sender.send(Pub.of("t", "x").qos(2).id(1));
        sender.expect(Pubrec.class);
        sender.send(Pub.of("t", "x").qos(2).id(4));
        sender.expectDisconnect(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
    }

    @Conversation
    @Clause({"MQTT-4.9.0-3", "MQTT-3.3.4-8", "MQTT-3.3.4-10"})
    void processesEverythingElseAtQuotaZero(World world) {
        world.with("receiveMaximum", 1);
        Peer client = world.connected("c");
        client.send(Pub.of("t", "x").qos(2).id(1));
        client.expect(Pubrec.class);
        client.subscribe("t/+", 1);
        client.send(Pub.of("t/0", "zero"));
        client.expectPublish("t/0", "zero");
        client.unsubscribe("t/+");
        client.ping();
        client.send(new Pubrel(1));
        client.expect(new Pubcomp(1));
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.5.0-1", "MQTT-3.3.4-10"})
    void holdsBackASlowReaderWithoutHarmToOthers(World world) {
        world.with("socketBytesMax", 100_000L).with("queueMessagesMax", 1_000_000);
        Peer slow = world.connected("slow");
        slow.subscribe("t", 1);
        Peer quick = world.connected("quick");
        quick.subscribe("t", 1);
        slow.wire().reading(false);
        Peer sender = world.connected("sender");
        String payload = "x".repeat(10_000);
        for (int i = 0; i < 200; i++) {
            sender.send(Pub.of("t", payload).qos(i % 2));
            world.advance(Duration.ofMillis(500)); // the sender is slowed down, and not for ever
            quick.receive("t", payload);
        }
        quick.ping();
        sender.check(sender.drain().size() == 100, "not every publish was acknowledged");
        slow.wire().reading(true);
        int ones = 0;
        for (List<Packet> some = slow.drain(); !some.isEmpty(); some = slow.drain()) {
            for (Packet packet : some) {
                Publish publish = (Publish) packet;
                ones += publish.packetId() > 0 ? 1 : 0;
                slow.acknowledge(publish);
            }
        }
        slow.check(ones == 100, "of 100 messages of QoS 1 came " + ones);
    }

    @Conversation
    void ignoresAcknowledgementsOfNothing(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.send(new Puback(17));
        client.send(new Pubcomp(18));
        client.sendBytes(Bytes.packet(0x40, new Bytes().u16(65_535)));
        client.ping();
    }
}
