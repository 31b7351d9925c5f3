package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.admin.Views;
import io.dunlin.broker.session.Messenger;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** Section 3.3.1.3: retained messages, and the options that govern them (3.8.3.1). */
class RetainTest {
    @Conversation
    @Clause({"MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT311-3.3.1-5", "MQTT311-3.3.1-6", "MQTT311-3.3.1-8"})
    void keepsTheLastMessageOfEachTopic(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r/a", "old").qos(1).retain());
        sender.publish(Pub.of("r/a", "new").qos(2).retain());
        sender.publish(Pub.of("r/b", "b").qos(1).retain());
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("r/a", 2);
        Publish publish = receiver.receive("r/a", "new");
        receiver.check(publish.retain() && publish.qos() == QoS.EXACTLY_ONCE, "got " + publish);
        receiver.expectNothing();
        receiver.subscribe("r/+", 1);
        Set<String> topics = new TreeSet<>();
        for (int i = 0; i < 2; i++) {
            Publish each = receiver.expect(Publish.class);
            receiver.check(each.retain() && each.qos() == QoS.AT_LEAST_ONCE, "got " + each);
            topics.add(each.topic().text());
            receiver.acknowledge(each);
        }
        receiver.check(topics.equals(Set.of("r/a", "r/b")), "got " + topics);
        receiver.expectNothing();
    }

    /** Removing takes some at a time, and others publish between. */
    @Conversation(MEMORY)
    void anAdministratorRemovesNothingThatHasComeLater(World world) {
        Views views = world.broker().views();
        int topics = 300;
        for (int i = 0; i < topics; i++) {
            views.publish(letter("r/" + i, "old"));
        }
        world.settle();
        CompletionStage<Integer> removed = views.removeRetained(TopicFilter.of("r/#"));
        for (int i = 0; i < topics; i++) {
            views.publish(letter("r/" + i, "new"));
        }
        world.settle();
        assertThat(views.countRetained(TopicFilter.of("r/#")).messages()).isEqualTo(topics);
        assertThat(removed.toCompletableFuture().join()).isBetween(1, topics - 1);
    }

    private static Messenger.Letter letter(String topic, String payload) {
        return new Messenger.Letter(
                TopicName.of(topic),
                QoS.AT_MOST_ONCE,
                true,
                Properties.NONE,
                payload.getBytes(StandardCharsets.UTF_8),
                "admin");
    }

    @Conversation
    @Clause("MQTT311-3.3.1-7")
    void replacesTheMessageByOneOfQos0(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "old").qos(1).retain());
        sender.publish(Pub.of("r", "new").retain());
        sender.ping();
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("r", 1);
        receiver.receive("r", "new");
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT311-3.3.1-10", "MQTT311-3.3.1-11"})
    void removesTheMessageByAnEmptyOneAndDeliversThat(World world, ProtocolVersion version) {
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("r", 1);
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "x").qos(1).retain());
        watcher.receive("r", "x");
        sender.publish(Pub.of("r", "").qos(1).retain());
        Publish empty = watcher.receive("r", "");
        watcher.check(!empty.retain(), "got " + empty);
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("r", 1);
        receiver.expectNothing();
        watcher.check(
                world.broker().totals().retainedMessages() == 0,
                "still stored: " + world.broker().totals());
        sender.publish(Pub.of("never/there", "").qos(1).retain());
        watcher.check(
                world.broker().totals().retainedMessages() == 0,
                "stored: " + world.broker().totals());
    }

    @Conversation
    @Clause({"MQTT-3.3.1-8", "MQTT311-3.3.1-12"})
    void leavesTheMessageWhereOneComesWithoutRetain(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "kept").qos(1).retain());
        sender.publish("r", "passing", 1);
        sender.publish("r", "", 1);
        sender.publish("other", "passing", 1);
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("#", 1);
        receiver.receive("r", "kept");
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.3.1-12", "MQTT311-3.3.1-9"})
    void clearsRetainForEstablishedSubscriptions(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("r", 1);
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "x").qos(1).retain());
        Publish publish = receiver.receive("r", "x");
        receiver.check(!publish.retain(), "got " + publish);
    }

    @Conversation
    @Clause("MQTT-3.3.1-13")
    void keepsRetainWhereTheSubscriptionAsksForIt(World world) {
        Peer receiver = world.connected("receiver");
        receiver.subscribe(Raw.asPublished("r", 1));
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r", "x").qos(1).retain());
        receiver.check(receiver.receive("r", "x").retain(), "RETAIN 1 was published");
        sender.publish("r", "y", 1);
        receiver.check(!receiver.receive("r", "y").retain(), "RETAIN 0 was published");
    }

    @Conversation
    @Clause({"MQTT-3.3.1-12", "MQTT-3.3.1-9"})
    void marksStoredMessagesWhateverRetainAsPublishedSays(World world) {
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r", "x").qos(1).retain());
        Peer receiver = world.connected("receiver");
        receiver.subscribe("r", 0);
        receiver.check(receiver.receive("r", "x").retain(), "a stored message comes with RETAIN 1");
    }

    @Conversation
    @Clause({"MQTT-3.3.1-9", "MQTT-3.8.4-4", "MQTT311-3.8.4-3"})
    void sendsStoredMessagesAgainAtEachSubscribe(World world, ProtocolVersion version) {
        Peer sender = world.connected("sender", version);
        sender.publish(Pub.of("r", "x").qos(1).retain());
        Peer receiver = world.connected("receiver", version);
        for (int i = 0; i < 3; i++) {
            receiver.subscribe("r", 1);
            receiver.receive("r", "x");
        }
        receiver.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.3.1-10")
    void sendsStoredMessagesForNewSubscriptionsOnlyWhereAsked(World world) {
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r", "x").qos(1).retain());
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.persistent());
        receiver.subscribe(Raw.handling("r", 1, RetainHandling.SEND_IF_NEW));
        receiver.receive("r", "x");
        receiver.subscribe(Raw.handling("r", 1, RetainHandling.SEND_IF_NEW));
        receiver.expectNothing();
        receiver.disconnect();
        receiver.connect(it -> it.persistent());
        receiver.subscribe(Raw.handling("r", 0, RetainHandling.SEND_IF_NEW));
        receiver.expectNothing(); // the subscription outlived the connection
        receiver.unsubscribe("r");
        receiver.subscribe(Raw.handling("r", 1, RetainHandling.SEND_IF_NEW));
        receiver.receive("r", "x");
    }

    @Conversation
    @Clause("MQTT-3.3.1-11")
    void sendsNoStoredMessagesWhereAsked(World world) {
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r", "x").qos(1).retain());
        Peer receiver = world.connected("receiver");
        receiver.subscribe(Raw.handling("r", 1, RetainHandling.DO_NOT_SEND));
        receiver.expectNothing();
        sender.publish("r", "y", 1);
        receiver.receive("r", "y");
    }

    @Conversation
    @Clause({"MQTT-3.3.1-9", "MQTT-4.7.2-1", "MQTT311-4.7.2-1"})
    void sendsStoredMessagesByTheSameRulesOfMatching(World world) {
        Peer sender = world.connected("sender");
        for (String topic : List.of("$x/a", "a", "a/", "a/b", "a/b/c", "/a", "b/a")) {
            sender.publish(Pub.of(topic, topic).qos(1).retain());
        }
        Peer receiver = world.connected("receiver");
        for (String filter : List.of("#", "a/#", "+/a", "+", "a/+", "$x/#", "+/b/#", "/+", "a/+/c")) {
            receiver.subscribe(filter, 0);
            Set<String> topics = new TreeSet<>();
            for (Packet packet : receiver.drain()) {
                topics.add(((Publish) packet).topic().text());
            }
            receiver.check(topics.equals(expected(filter)), filter + " brought " + topics);
            receiver.unsubscribe(filter);
        }
    }

    private static Set<String> expected(String filter) {
        return switch (filter) {
            case "#" -> Set.of("a", "a/", "a/b", "a/b/c", "/a", "b/a");
            case "a/#" -> Set.of("a", "a/", "a/b", "a/b/c");
            case "+/a" -> Set.of("/a", "b/a");
            case "+" -> Set.of("a");
            case "a/+" -> Set.of("a/", "a/b");
            case "$x/#" -> Set.of("$x/a");
            case "+/b/#" -> Set.of("a/b", "a/b/c");
            case "/+" -> Set.of("/a");
            case "a/+/c" -> Set.of("a/b/c");
            default -> throw new IllegalArgumentException(filter);
        };
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void letsStoredMessagesExpire(World world) {
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r", "x").qos(1).retain().property(Property.MESSAGE_EXPIRY_INTERVAL, 10));
        world.advance(Duration.ofSeconds(4));
        Peer receiver = world.connected("receiver");
        receiver.subscribe("r", 1);
        Publish publish = receiver.receive("r", "x");
        long left = publish.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        receiver.check(left == 6, "4 of 10 seconds are over, left are " + left);
        world.advance(Duration.ofSeconds(7));
        receiver.subscribe("r", 1);
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.3.1-9", "MQTT-4.9.0-2", "MQTT-3.3.4-9"})
    void paysAttentionToTheWindowWhereManyAreStored(World world) {
        Peer sender = world.connected("sender");
        for (int i = 0; i < 50; i++) {
            sender.publish(Pub.of("r/" + i, "x" + i).qos(1).retain());
        }
        Peer receiver = world.client("receiver");
        receiver.connect(it -> it.property(Property.RECEIVE_MAXIMUM, 3));
        receiver.subscribe("r/#", 1);
        Set<String> came = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            Publish publish = receiver.expect(Publish.class);
            came.add(publish.topic().text());
            receiver.acknowledge(publish);
        }
        receiver.check(came.size() == 50, "got " + came);
        receiver.expectNothing();
    }

    @Conversation
    @Clause("MQTT-3.3.1-5")
    void refusesBeyondItsLimits(World world) {
        world.with("retainedMax", 2);
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("r/1", "x").qos(1).retain());
        sender.publish(Pub.of("r/2", "x").qos(1).retain());
        sender.check(
                sender.publishRefusable(Pub.of("r/3", "x").qos(1).retain()) == ReasonCode.QUOTA_EXCEEDED,
                "a third was taken");
        sender.publish(Pub.of("r/2", "y").qos(1).retain()); // replacing is not growing
        sender.publish(Pub.of("r/1", "").qos(1).retain());
        sender.publish(Pub.of("r/3", "x").qos(1).retain());
    }
}
