package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.DurabilityRules;
import io.dunlin.broker.port.Journal.Condition;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.testkit.DelayedJournal;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What acknowledgements wait for at each level, and what happens while the journal takes nothing. */
class DurabilityTest {
    private final DelayedJournal journal = new DelayedJournal();
    private final World world = World.inMemory().with(journal);

    @BeforeEach
    void somebodyIsAway() {
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("#", 2);
        away.disconnect();
    }

    @AfterEach
    void end() {
        journal.condition(Condition.OPEN);
        journal.release();
        world.close();
    }

    private void rules(Durability level, List<DurabilityRules.TopicRule> topics, String client, boolean clientsChoose) {
        List<DurabilityRules.ClientRule> clients =
                List.of(new DurabilityRules.ClientRule(Pattern.compile(client), Durability.MEMORY));
        world.with("durability", new DurabilityRules(level, topics, clients, clientsChoose));
    }

    private static Optional<String> told(Connack connack) {
        return connack.properties().userProperties().stream()
                .filter(each -> each.name().equals(DurabilityRules.PROPERTY))
                .map(UserProperty::value)
                .findFirst();
    }

    private static Connack connect(Peer peer, String asked) {
        return peer.connect(it -> it.userProperty(DurabilityRules.PROPERTY, asked));
    }

    @Test
    void theLevelThatHoldsIsToldAndKept() {
        rules(Durability.DISK, List.of(), "cheap-.*", true);
        assertThat(told(world.client("plain").connect())).contains("disk");
        assertThat(told(world.client("cheap-1").connect())).contains("memory");
        assertThat(told(connect(world.client("asks"), "os"))).contains("os");
        assertThat(told(connect(world.client("asks-nonsense"), "gold"))).contains("disk");
        rules(Durability.OS, List.of(), "cheap-.*", false);
        assertThat(told(connect(world.client("may-not-ask"), "memory"))).contains("os");
    }

    @Test
    void aBrokerWithoutAStoreSaysSo() {
        try (World memory = World.inMemory()) {
            assertThat(told(connect(memory.client("asks"), "disk"))).contains("memory");
        }
    }

    @Test
    void eachLevelWaitsForItsOwn() {
        rules(
                Durability.DISK,
                List.of(new DurabilityRules.TopicRule(TopicFilter.of("telemetry/#"), Durability.MEMORY)),
                "nobody",
                true);
        Peer disk = world.connected("disk");
        Peer memory = world.client("memory");
        connect(memory, "memory");
        journal.hold();
        memory.publish("a", "at once", 1);
        disk.publish("telemetry/1", "at once", 1);
        disk.send(Pub.of("a", "later").qos(1).id(77));
        disk.expectNothing();
        disk.send(Pub.of("telemetry/2", "after the other").qos(1).id(78)); // [MQTT-4.6.0-2]
        disk.expectNothing();
        journal.store();
        disk.expect(Puback.class, it -> it.packetId() == 77, "the first PUBACK first");
        disk.expect(Puback.class, it -> it.packetId() == 78, "then the second");
        assertThat(world.counted(Counter.ACKNOWLEDGED_MEMORY)).isEqualTo(3);
        assertThat(world.counted(Counter.ACKNOWLEDGED_DISK)).isEqualTo(1);
    }

    @Test
    void aMessageThatExpiresWhileItWaitsForTheJournalIsNotSent() { // [MQTT-3.3.2-5]
        Peer listener = world.client("listener");
        listener.connect(it -> it.persistent());
        listener.subscribe("a/#", 2);
        Peer sender = world.connected("sender");
        journal.hold();
        sender.send(Pub.of("a/short", "x").qos(2).id(7).property(Property.MESSAGE_EXPIRY_INTERVAL, 1));
        sender.send(Pub.of("a/long", "x").qos(2).id(8).property(Property.MESSAGE_EXPIRY_INTERVAL, 60));
        listener.expectNothing();
        world.advance(Duration.ofSeconds(5));
        long expired = world.counted(Counter.DROPPED_EXPIRED);
        journal.release();
        listener.receive("a/long", "x");
        listener.expectNothing();
        assertThat(world.counted(Counter.DROPPED_EXPIRED)).isEqualTo(expired + 1);
    }

    @Test
    void aFullJournalRefusesWhatNeedsIt() {
        Peer v5 = world.connected("v5");
        journal.condition(Condition.FULL);
        assertThat(v5.publishRefusable(Pub.of("a", "x").qos(1))).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        v5.send(Pub.of("a", "x").qos(2).id(9));
        v5.expect(Pubrec.class, it -> it.reason() == ReasonCode.QUOTA_EXCEEDED, "PUBREC with 0x97");
        Peer listener = world.connected("listener");
        listener.subscribe("a", 0);
        v5.publish("a", "QoS 0 goes on", 0);
        listener.receive("a", "QoS 0 goes on");
        assertThat(world.counted(Counter.STORE_FULL_REFUSED)).isEqualTo(2);
        world.client("new").connectRefused(ReasonCode.QUOTA_EXCEEDED, it -> it.persistent());
        journal.condition(Condition.OPEN);
        v5.publish("a", "stored again", 1);
    }

    @Test
    void aClientOfMqttThreeWaitsForAFullJournal() {
        Peer v3 = world.connected("v3", ProtocolVersion.V3_1_1);
        journal.condition(Condition.FULL);
        v3.send(Pub.of("a", "x").qos(1).id(5));
        v3.expectNothing();
        journal.condition(Condition.OPEN);
        v3.expect(Puback.class, it -> it.packetId() == 5, "the PUBACK");
        v3.ping();
    }

    @Test
    void whoPublishesToAJournalThatIsBehindWaits() {
        Peer sender = world.connected("sender");
        journal.hold();
        journal.condition(Condition.BEHIND);
        sender.send(Pub.of("a", "taken").qos(1).id(1));
        sender.send(Pub.of("a", "waits").qos(1).id(2));
        world.settle();
        long published = journal.records().size();
        journal.condition(Condition.OPEN);
        world.settle();
        assertThat(journal.records().size()).isGreaterThan((int) published);
        journal.release();
        sender.expect(Puback.class, it -> it.packetId() == 1, "the first PUBACK");
        sender.expect(Puback.class, it -> it.packetId() == 2, "the second PUBACK");
    }

    @Test
    void theDefaultIsTheDisk() {
        assertThat(BrokerOptions.DEFAULTS.durability().level()).isEqualTo(Durability.DISK);
    }
}
