package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Unsubscribe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class PublishTest {
    private static Message message(String text, int qos) {
        return Message.of("a/b", text).withQos(QoS.of(qos));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void allThreeQosInAllVersions(ProtocolVersion version) throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.version(version))) {
            CompletableFuture<PublishResult> zero = talk.client.publishAsync(message("0", 0));
            CompletableFuture<PublishResult> one =
                    talk.client.publishAsync(message("1", 1).withRetain(true));
            CompletableFuture<PublishResult> two = talk.client.publishAsync(message("2", 2));

            Publish first = talk.peer.expect(Publish.class);
            Publish second = talk.peer.expect(Publish.class);
            Publish third = talk.peer.expect(Publish.class);
            assertThat(first.packetId()).isZero(); // [MQTT-2.2.1-2]
            assertThat(second.retain()).isTrue();
            assertThat(second.packetId()).isNotZero().isNotEqualTo(third.packetId()); // [MQTT-2.2.1-3]
            assertThat(List.of(first.dup(), second.dup(), third.dup())).containsOnly(false); // [MQTT-3.3.1-2]
            assertThat(get(zero).isAccepted()).isTrue();

            assertThat(one).isNotDone();
            talk.peer.send(new Puback(second.packetId()));
            assertThat(get(one).reason()).isEqualTo(ReasonCode.SUCCESS);

            talk.peer.send(new Pubrec(third.packetId()));
            assertThat(talk.peer.expect(Pubrel.class).packetId()).isEqualTo(third.packetId()); // [MQTT-4.3.3-4]
            assertThat(two).isNotDone();
            talk.peer.send(new Pubcomp(third.packetId()));
            assertThat(get(two).packetId()).isEqualTo(third.packetId());
        }
    }

    @Test
    void sendsTwentyAheadWhereTheServerCannotSayHowManyItTakes() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.version(ProtocolVersion.V3_1_1))) {
            for (int i = 0; i < 21; i++) {
                talk.client.publishAsync(message(Integer.toString(i), 2));
            }
            talk.client.unsubscribeAsync(List.of("x"), Properties.NONE);
            int first = talk.peer.expect(Publish.class).packetId();
            for (int i = 1; i < 20; i++) {
                talk.peer.expect(Publish.class);
            }
            talk.peer.expect(Unsubscribe.class);
            talk.peer.send(new Pubrec(first));
            talk.peer.expect(Pubrel.class);
            talk.peer.send(new Pubcomp(first));
            assertThat(new String(talk.peer.expect(Publish.class).payload(), StandardCharsets.UTF_8))
                    .isEqualTo("20");
        }
    }

    @Test
    void refusalsAreResults() throws Exception {
        try (Conversation talk = Conversation.start(UnaryOperator.identity())) {
            CompletableFuture<PublishResult> one = talk.client.publishAsync(message("1", 1));
            CompletableFuture<PublishResult> two = talk.client.publishAsync(message("2", 2));
            int id1 = talk.peer.expect(Publish.class).packetId();
            int id2 = talk.peer.expect(Publish.class).packetId();

            talk.peer.send(new Puback(id1, ReasonCode.NOT_AUTHORIZED, Properties.of(Property.REASON_STRING, "no")));
            talk.peer.send(new Pubrec(id2, ReasonCode.QUOTA_EXCEEDED));

            assertThat(get(one).reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(get(one).reasonString()).isEqualTo("no");
            assertThat(get(one).isAccepted()).isFalse();
            assertThat(get(two).reason()).isEqualTo(ReasonCode.QUOTA_EXCEEDED); // [MQTT-4.3.3-3]
        }
    }

    @Test
    void neverMoreOnTheWayThanTheServerReceives() throws Exception { // [MQTT-3.3.4-7]
        try (Conversation talk =
                Conversation.start(UnaryOperator.identity(), Properties.of(Property.RECEIVE_MAXIMUM, 2))) {
            List<CompletableFuture<PublishResult>> results = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                results.add(talk.client.publishAsync(message(String.valueOf(i), 1 + i % 2)));
            }
            int first = talk.peer.expect(Publish.class).packetId();
            int second = talk.peer.expect(Publish.class).packetId();
            assertThat(talk.peer.isSilent(100)).isTrue();

            talk.peer.send(new Pubrec(second));
            talk.peer.expect(Pubrel.class);
            assertThat(talk.peer.isSilent(100)).isTrue(); // PUBREC gives no room

            talk.peer.send(new Puback(first));
            Publish third = talk.peer.expect(Publish.class);
            talk.peer.send(new Pubcomp(second));
            Publish fourth = talk.peer.expect(Publish.class);
            assertThat(new String(third.payload(), StandardCharsets.UTF_8)
                            + new String(fourth.payload(), StandardCharsets.UTF_8))
                    .isEqualTo("23"); // [MQTT-4.6.0-1]
            assertThat(results.get(4)).isNotDone();
        }
    }

    @Test
    void qosZeroIsNotHeldBackByTheWindow() throws Exception {
        try (Conversation talk =
                Conversation.start(UnaryOperator.identity(), Properties.of(Property.RECEIVE_MAXIMUM, 1))) {
            talk.client.publishAsync(message("1", 1));
            talk.client.publishAsync(message("2", 1));
            talk.client.publishAsync(message("0", 0));

            assertThat(talk.peer.expect(Publish.class).qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            assertThat(talk.peer.expect(Publish.class).qos()).isEqualTo(QoS.AT_MOST_ONCE);
        }
    }

    @Test
    void whatTheServerDoesNotTakeIsNotSent() throws Exception {
        Properties limits = Properties.builder()
                .number(Property.MAXIMUM_QOS, 1)
                .number(Property.RETAIN_AVAILABLE, 0)
                .number(Property.MAXIMUM_PACKET_SIZE, 50)
                .build();
        try (Conversation talk = Conversation.start(UnaryOperator.identity(), limits)) {
            assertRefused(talk, message("x", 2), ReasonCode.QOS_NOT_SUPPORTED); // [MQTT-3.2.2-11]
            assertRefused(talk, message("x", 0).withRetain(true), ReasonCode.RETAIN_NOT_SUPPORTED); // [MQTT-3.2.2-14]
            assertRefused(talk, message("x".repeat(60), 0), ReasonCode.PACKET_TOO_LARGE); // [MQTT-3.2.2-15]
            assertRefused(talk, message("x".repeat(60), 1), ReasonCode.PACKET_TOO_LARGE);
            talk.client.publishAsync(message("fits", 1));
            assertThat(talk.peer.expect(Publish.class).payload()).isEqualTo("fits".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void assertRefused(Conversation talk, Message message, ReasonCode reason) {
        assertThatThrownBy(() -> get(talk.client.publishAsync(message)))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        LimitExceeded.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void aliasStandsForTheTopicAfterItsFirstUse() throws Exception {
        Properties alias = Properties.of(Property.TOPIC_ALIAS, 3);
        try (Conversation talk =
                Conversation.start(UnaryOperator.identity(), Properties.of(Property.TOPIC_ALIAS_MAXIMUM, 3))) {
            talk.client.publish(message("1", 0).withProperties(alias));
            talk.client.publish(message("2", 0).withProperties(alias));
            talk.client.publish(Message.of("other", "3").withProperties(alias));

            assertThat(talk.peer.expect(Publish.class).topic().text()).isEqualTo("a/b");
            Publish second = talk.peer.expect(Publish.class);
            assertThat(second.topic().isEmpty()).isTrue();
            assertThat(second.properties()).isEqualTo(alias);
            assertThat(talk.peer.expect(Publish.class).topic().text()).isEqualTo("other");
        }
    }

    @Test
    void aliasThatTheServerDoesNotAllowIsLeftOut() throws Exception { // [MQTT-3.2.2-17] [MQTT-3.2.2-18]
        try (Conversation talk = Conversation.start(UnaryOperator.identity())) {
            talk.client.publish(message("1", 0).withProperties(Properties.of(Property.TOPIC_ALIAS, 1)));

            Publish publish = talk.peer.expect(Publish.class);
            assertThat(publish.topic().text()).isEqualTo("a/b");
            assertThat(publish.properties()).isEqualTo(Properties.NONE);
        }
    }

    @Test
    void waitingBytesAreBounded() throws Exception {
        Properties one = Properties.of(Property.RECEIVE_MAXIMUM, 1);
        try (Conversation talk = Conversation.start(builder -> builder.bufferBytesMax(100), one)) {
            talk.client.publishAsync(message("first", 1));
            talk.client.publishAsync(message("fills the buffer", 1));

            assertRefused(talk, message("y", 1), ReasonCode.QUOTA_EXCEEDED);
        }
    }

    @Test
    void withoutConnectionNothingIsTaken() throws Exception {
        try (Conversation talk = Conversation.start(UnaryOperator.identity())) {
            talk.client.disconnect();

            assertThatThrownBy(() -> talk.client.publish(message("x", 0))).isInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void disconnectComesAfterWhatWasPublished() throws Exception {
        try (Conversation talk = Conversation.start(UnaryOperator.identity())) {
            for (int i = 0; i < 1000; i++) {
                talk.client.publishAsync(message(String.valueOf(i), 0));
            }
            talk.client.disconnect();

            for (int i = 0; i < 1000; i++) {
                assertThat(talk.peer.expect(Publish.class).payload())
                        .isEqualTo(String.valueOf(i).getBytes(StandardCharsets.UTF_8));
            }
            talk.peer.expect(io.dunlin.protocol.packet.Disconnect.class); // [MQTT-3.14.4-1]
            talk.peer.expectEnd();
        }
    }
}
