package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.testkit.DelayedJournal;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a client finds after the broker has crashed and started again with the records that its journal had (MQTT 5, section 4.1).
 * {@code before} is the broker that crashes, {@code after} the next one.
 */
class RestartTest {
    private final DelayedJournal journal = new DelayedJournal();
    private final World before = World.inMemory().with(journal);
    private World after = before;

    @AfterEach
    void end() {
        before.close();
        if (after != before) {
            after.close();
        }
    }

    private World restart() {
        after = World.inMemory().with(journal.crashed(journal.records().size()));
        return after;
    }

    private static Peer persistent(World world, String id) {
        Peer peer = world.client(id);
        peer.connect(it -> it.cleanStart(false).persistent());
        return peer;
    }

    private static Connack returns(Peer peer) {
        Connack connack = peer.connect(it -> it.cleanStart(false).persistent());
        assertThat(connack.sessionPresent()).isTrue();
        return connack;
    }

    @Test
    void subscriptionsAndQueuedMessagesAreThere() { // [MQTT-4.1.0-1] [MQTT-4.1.0-2]
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a/+", 1);
        receiver.subscribe("gone", 1);
        receiver.unsubscribe("gone");
        receiver.disconnect();
        Peer sender = before.connected("sender");
        sender.publish("a/1", "one", 1);
        sender.publish("a/2", "two", 2);
        sender.publish("gone", "not for it", 1);
        Peer back = restart().client("receiver");
        returns(back);
        back.receive("a/1", "one");
        back.receive("a/2", "two");
        after.connected("sender").publish("a/3", "three", 1);
        back.receive("a/3", "three");
        back.expectNothing();
    }

    @Test
    void aSessionThatEndedIsGone() {
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 1);
        receiver.disconnect();
        before.connected("receiver").disconnect(); // a clean start
        Peer back = restart().client("receiver");
        assertThat(back.connect(it -> it.cleanStart(false).persistent()).sessionPresent())
                .isFalse();
    }

    @Test
    void messagesInFlightComeAgainWithTheirIdentifiers() { // [MQTT-4.4.0-1] [MQTT-4.6.0-1]
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 2);
        Peer sender = before.connected("sender");
        sender.publish("a", "one", 1);
        sender.publish("a", "two", 2);
        sender.publish("a", "three", 2);
        sender.publish("a", "four", 1);
        int one = receiver.expectPublish("a", "one").packetId();
        int two = receiver.expectPublish("a", "two").packetId();
        int three = receiver.expectPublish("a", "three").packetId();
        int four = receiver.expectPublish("a", "four").packetId();
        receiver.send(new Pubrec(two));
        receiver.expect(new Pubrel(two));
        receiver.send(new Puback(four));
        before.settle();

        Peer back = restart().client("receiver");
        returns(back);
        Publish first = back.expectPublish("a", "one");
        assertThat(first.packetId()).isEqualTo(one);
        assertThat(first.dup()).isTrue();
        back.expect(new Pubrel(two));
        assertThat(back.expectPublish("a", "three").packetId()).isEqualTo(three);
        back.send(new Pubcomp(two));
        back.send(new Pubrec(three));
        back.expect(new Pubrel(three));
        back.send(new Pubcomp(three));
        back.send(new Puback(one));
        back.expectNothing();
        after.connected("other").publish("a", "next", 2);
        assertThat(back.expectPublish("a", "next").packetId()).isNotIn(one, two, three);
    }

    @Test
    void aMessageThatWasTakenIsNotTakenTwice() { // [MQTT-4.3.3-10]
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 2);
        receiver.disconnect();
        Peer sender = persistent(before, "sender");
        sender.send(Pub.of("a", "once").qos(2).id(7));
        sender.expect(Pubrec.class);
        Peer again = restart().client("sender");
        returns(again);
        again.send(Pub.of("a", "once").qos(2).id(7).dup());
        again.expect(Pubrec.class);
        again.send(new Pubrel(7));
        again.expect(Pubcomp.class);
        again.send(Pub.of("a", "new").qos(2).id(7));
        again.expect(Pubrec.class);
        Peer back = after.client("receiver");
        returns(back);
        back.receive("a", "once");
        back.receive("a", "new");
        back.expectNothing();
    }

    @Test
    void aQosTwoMessageGoesOutOnlyOnceItsIdentifierIsStored() { // [MQTT-4.3.3-10]: else it could come twice
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 2);
        Peer sender = before.connected("sender");
        journal.hold();
        sender.send(Pub.of("a", "x").qos(2));
        before.settle();
        receiver.expectNothing();
        journal.store();
        before.settle();
        journal.store();
        receiver.expectPublish("a", "x");
        journal.release();
    }

    @Test
    void retainedMessagesAreThere() {
        Peer sender = before.connected("sender");
        sender.publish(Pub.of("r/1", "old").qos(1).retain());
        sender.publish(Pub.of("r/1", "new").qos(1).retain());
        sender.publish(Pub.of("r/2", "removed").qos(1).retain());
        sender.publish(Pub.of("r/2", "").qos(1).retain());
        Peer reader = restart().connected("reader");
        reader.subscribe("r/#", 1);
        assertThat(reader.receive("r/1", "new").retain()).isTrue();
        reader.expectNothing();
    }

    @Test
    void aRetainedMessageUnderWayToAPersistentSessionComesAgain() {
        before.connected("sender").publish(Pub.of("r", "x").qos(1).retain());
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("r", 1);
        int id = receiver.expectPublish("r", "x").packetId();
        Peer back = restart().client("receiver");
        returns(back);
        Publish again = back.expectPublish("r", "x");
        assertThat(again.packetId()).isEqualTo(id);
        assertThat(again.retain()).isTrue();
    }

    @Test
    void theEndOfTheBrokerIsTheEndOfItsConnectionsForWillsAndExpiry() { // [MQTT-3.1.2-8] [MQTT-3.1.2-23]
        Peer watcher = persistent(before, "watcher");
        watcher.subscribe("will/#", 1);
        before.client("at once")
                .connect(it -> it.cleanStart(false).persistent().will("will/at once", "w", 1, false, Properties.NONE));
        before.client("later")
                .connect(it -> it.cleanStart(false)
                        .persistent()
                        .will("will/later", "w", 1, false, Properties.of(Property.WILL_DELAY_INTERVAL, 20)));
        Peer leaver = before.client("leaver");
        leaver.connect(it -> it.cleanStart(false).persistent().will("will/leaver", "w", 1, false, Properties.NONE));
        leaver.disconnect(); // no will
        before.client("short").connect(it -> it.cleanStart(false).property(Property.SESSION_EXPIRY_INTERVAL, 30));

        Peer back = restart().client("watcher");
        returns(back);
        back.receive("will/at once", "w");
        back.expectNothing();
        after.advance(Duration.ofSeconds(21));
        back.receive("will/later", "w");
        after.advance(Duration.ofSeconds(10));
        assertThat(after.client("short").connect(it -> it.cleanStart(false)).sessionPresent())
                .isFalse();
        back.expectNothing();
    }

    @Test
    void subscriptionOptionsAndIdentifiersHold() {
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe(
                Properties.of(Property.SUBSCRIPTION_IDENTIFIER, 42),
                new io.dunlin.protocol.packet.SubscriptionRequest(
                        "a/#", QoS.AT_LEAST_ONCE, true, true, io.dunlin.protocol.packet.RetainHandling.SEND));
        receiver.disconnect();
        before.connected("sender").publish(Pub.of("a/b", "queued").qos(1).retain());
        Peer back = restart().client("receiver");
        returns(back);
        Publish queued = back.receive("a/b", "queued");
        assertThat(queued.properties().subscriptionIdentifiers()).containsExactly(42);
        assertThat(queued.retain()).isTrue();
        back.publish("a/own", "not to itself", 1);
        back.expectNothing();
    }

    @Test
    void aLongQueueIsReadPageByPageInOrder() { // [MQTT-4.6.0-6]
        int messages = 3_000;
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 2);
        receiver.disconnect();
        Peer sender = before.connected("sender");
        for (int i = 0; i < messages; i++) {
            sender.publish("a", Integer.toString(i), 1 + i % 2);
        }
        assertThat(journal.records()).anyMatch(record -> record instanceof JournalRecord.Spilled);
        assertThat(before.broker().totals().queuedMessages()).isEqualTo(messages);
        Peer half = before.client("receiver");
        returns(half);
        for (int i = 0; i < messages / 2; i++) {
            half.receive("a", Integer.toString(i));
        }
        before.settle();
        half.drop();
        before.settle();
        sender.publish("a", "last", 1);
        Peer back = restart().client("receiver");
        returns(back);
        List<String> texts = new ArrayList<>();
        for (int i = messages / 2; i <= messages; i++) {
            Publish next = back.await(Publish.class);
            texts.add(Peer.text(next));
            back.acknowledge(next);
        }
        for (int i = messages / 2; i < messages; i++) {
            assertThat(texts.get(i - messages / 2)).isEqualTo(Integer.toString(i));
        }
        assertThat(texts.getLast()).isEqualTo("last");
        back.expectNothing();
        assertThat(after.broker().totals().queuedMessages()).isZero();
        assertThat(after.broker().totals().queuedBytes()).isZero();
    }

    @Test
    void whatWasAcknowledgedIsThereWhereverTheJournalEnds() {
        Peer receiver = persistent(before, "receiver");
        receiver.subscribe("a", 2);
        receiver.disconnect();
        Peer sender = persistent(before, "sender");
        journal.hold();
        for (int i = 1; i <= 20; i++) {
            sender.send(Pub.of("a", Integer.toString(i)).qos(1 + i % 2).id(i));
        }
        before.settle();
        int from = 4;
        int appended = journal.records().size();
        assertThat(appended).isGreaterThan(20);
        for (int upTo = from; upTo <= appended; upTo++) {
            journal.store(upTo);
            before.settle();
            int acknowledged = sender.drain().size();
            try (World next = World.inMemory().with(journal.crashed(upTo))) {
                Peer back = next.client("receiver");
                returns(back);
                int there = back.drain().size();
                assertThat(there).isGreaterThanOrEqualTo(acknowledged);
            }
        }
        journal.release();
    }
}
