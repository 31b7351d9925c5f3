package io.dunlin.conformance;

import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.HashMap;
import java.util.Map;

/** Section 3.3.2.3.4: topic aliases, both ways. */
class TopicAliasTest {
    private static Pub alias(String topic, String payload, int alias) {
        return Pub.of(topic, payload).property(Property.TOPIC_ALIAS, alias);
    }

    @Conversation
    @Clause({"MQTT-3.3.2-12", "MQTT-3.3.2-9", "MQTT-3.2.2-17"})
    void takesAllAliasesUpToItsMaximum(World world) {
        world.with("topicAliasMaximum", 3);
        Peer receiver = world.connected("receiver");
        receiver.subscribe("#", 0);
        Peer sender = world.connected("sender");
        for (int i = 1; i <= 3; i++) {
            sender.send(alias("t/" + i, "set", i));
            receiver.expectPublish("t/" + i, "set");
        }
        for (int i = 3; i >= 1; i--) {
            sender.send(alias("", "used", i));
            Publish publish = receiver.expectPublish("t/" + i, "used");
            receiver.check(!publish.properties().has(Property.TOPIC_ALIAS), "the sender's alias went on: " + publish);
        }
        sender.send(alias("t/new", "reset", 2));
        receiver.expectPublish("t/new", "reset");
        sender.send(alias("", "used", 2));
        receiver.expectPublish("t/new", "used");
        sender.send(alias("t/4", "beyond", 4));
        sender.expectDisconnect(ReasonCode.TOPIC_ALIAS_INVALID);
    }

    @Conversation
    @Clause({"MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-18"})
    void closesOnAliasesThatCannotBe(World world) {
        Peer zero = world.connected("c");
        zero.send(alias("t", "x", 0));
        zero.expectDisconnect(ReasonCode.TOPIC_ALIAS_INVALID);
        Peer unknown = world.connected("c");
        unknown.send(alias("", "x", 1));
        unknown.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        world.with("topicAliasMaximum", 0);
        Peer none = world.client("c");
        none.check(none.connect().properties().number(Property.TOPIC_ALIAS_MAXIMUM, 0) == 0, "no aliases are allowed");
        none.send(alias("t", "x", 1));
        none.expectDisconnect(ReasonCode.TOPIC_ALIAS_INVALID);
    }

    @Conversation
    @Clause("MQTT-3.3.2-7")
    void forgetsAliasesWithTheConnection(World world) {
        Peer sender = world.client("sender");
        sender.connect(it -> it.persistent());
        sender.send(alias("t", "x", 1));
        sender.ping();
        sender.drop();
        sender.connect(it -> it.persistent());
        sender.send(alias("", "y", 1));
        sender.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
    }

    @Conversation
    @Clause({"MQTT-3.1.2-26", "MQTT-3.1.2-27", "MQTT-3.3.2-11", "MQTT-3.3.2-8", "MQTT-3.3.2-7"})
    void usesAliasesWithinTheClientsMaximumAndRightly(World world) {
        world.with("topicAliasMaximumOut", 10);
        Peer sender = world.connected("sender");
        for (int maximum : new int[] {0, 1, 3}) {
            Peer receiver = world.client("receiver");
            if (maximum == 0) {
                receiver.connect();
            } else {
                receiver.connect(it -> it.property(Property.TOPIC_ALIAS_MAXIMUM, maximum));
            }
            receiver.subscribe("t/#", 1);
            Map<Long, String> aliases = new HashMap<>();
            int used = 0;
            for (int i = 0; i < 40; i++) {
                String topic = "t/" + i % 4;
                sender.publish(topic, topic, i % 2);
                Publish publish = receiver.expect(Publish.class);
                long alias = publish.properties().number(Property.TOPIC_ALIAS, 0);
                receiver.check(alias <= maximum, "alias above the maximum: " + publish);
                if (alias > 0 && !publish.topic().isEmpty()) {
                    aliases.put(alias, publish.topic().text());
                }
                String meant = publish.topic().isEmpty()
                        ? aliases.get(alias)
                        : publish.topic().text();
                receiver.check(topic.equals(meant), "meant " + topic + ", got " + publish + " with " + aliases);
                used += publish.topic().isEmpty() ? 1 : 0;
                receiver.acknowledge(publish);
            }
            receiver.check(maximum == 0 || used > 0, "aliases were allowed and never used");
            receiver.drop();
        }
    }
}
