package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.PublishTracing;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.testkit.DelayedJournal;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of messages that somebody follows, and that the others are left alone. */
class PublishTracingTest {
    private static final String FOLLOWED = "followed";

    private final DelayedJournal journal = new DelayedJournal();
    private final List<PublishTracing.Published> told = new ArrayList<>();
    private int asked;
    private final World world = World.inMemory().with(journal).with(new PublishTracing() {
        @Override
        public @Nullable Trace traceOf(Properties properties) {
            asked++;
            boolean followed = properties.userProperties().stream()
                    .anyMatch(pair -> pair.name().equals(FOLLOWED));
            return followed ? told::add : null;
        }
    });

    @AfterEach
    void end() {
        journal.release();
        world.close();
    }

    private static Pub followed(String topic, int qos) {
        return Pub.of(topic, "x").qos(qos).user(FOLLOWED, "yes");
    }

    @Test
    void whatBecameOfAMessageIsToldOnce() {
        Peer receiver = world.connected("receiver");
        receiver.subscribe("a/#", 2);
        Peer sender = world.connected("sender");
        for (int qos = 0; qos <= 2; qos++) {
            sender.publish(followed("a/" + qos, qos));
            Publish got = receiver.receive("a/" + qos, "x");
            assertThat(got.properties().userProperties()).containsExactly(new UserProperty(FOLLOWED, "yes"));
        }
        world.settle();
        assertThat(told).extracting(message -> message.topic().text()).containsExactly("a/0", "a/1", "a/2");
        assertThat(told)
                .allSatisfy(message -> assertThat(message.clientId()).isEqualTo("sender"))
                .allSatisfy(message -> assertThat(message.receivers()).isEqualTo(1))
                .allSatisfy(message -> assertThat(message.payloadBytes()).isEqualTo(1))
                .allSatisfy(message -> assertThat(message.reason()).isEqualTo(ReasonCode.SUCCESS));
    }

    @Test
    void nobodyIsAskedWithoutProperties() {
        Peer sender = world.connected("sender");
        sender.publish("a", "x", 1);
        assertThat(asked).isZero();
        sender.publish(Pub.of("a", "x").qos(1).user("other", "no"));
        assertThat(asked).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void theTopicIsTheOneThatAnAliasStandsFor() {
        Peer sender = world.connected("sender");
        sender.publish(followed("a/long", 1).property(Property.TOPIC_ALIAS, 1));
        sender.publish(followed("", 1).property(Property.TOPIC_ALIAS, 1));
        assertThat(told).extracting(message -> message.topic().text()).containsExactly("a/long", "a/long");
        assertThat(told)
                .allSatisfy(message -> assertThat(message.reason()).isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS))
                .allSatisfy(message -> assertThat(message.receivers()).isZero());
    }

    @Test
    void itEndsWithTheAnswerThatWaitsForTheJournal() {
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("a/#", 2);
        away.disconnect();
        Peer sender = world.connected("sender");
        journal.hold();
        sender.send(followed("a/1", 1).id(7));
        sender.expectNothing();
        world.advance(Duration.ofSeconds(3));
        assertThat(told).isEmpty();
        journal.release();
        sender.expect(Puback.class, it -> it.packetId() == 7, "the PUBACK");
        assertThat(told).singleElement().satisfies(message -> {
            assertThat(message.reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(Duration.ofNanos(message.endedNanos() - message.beganNanos()))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(3));
        });
    }

    @Test
    void aPublisherThatIsGoneBeforeTheAnswerIsTold() {
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("a/#", 2);
        away.disconnect();
        Peer sender = world.connected("sender");
        journal.hold();
        sender.send(followed("a/1", 1).id(7));
        sender.expectNothing();
        sender.cut();
        world.settle();
        assertThat(told).singleElement().satisfies(message -> {
            assertThat(message.reason()).isNull();
            assertThat(message.receivers()).isEqualTo(1);
        });
        journal.release();
        world.settle();
        assertThat(told).hasSize(1);
    }

    @Test
    void whatIsRefusedIsTold() {
        Peer sender = world.connected("sender");
        assertThat(sender.publishRefusable(followed("$SYS/broker/uptime", 1))).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(told).singleElement().satisfies(message -> {
            assertThat(message.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(message.receivers()).isZero();
        });
    }
}
