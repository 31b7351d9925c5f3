package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReceiveTest {
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();

    private static Publish publish(int qos, int id, String topic, String text) {
        return publish(qos, id, TopicName.of(topic), text, Properties.NONE);
    }

    private static Publish publish(int qos, int id, TopicName topic, String text, Properties properties) {
        return new Publish(false, QoS.of(qos), false, topic, id, properties, text.getBytes(StandardCharsets.UTF_8));
    }

    private Delivery next() throws InterruptedException {
        Delivery delivery = received.poll(10, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    @Test
    void acknowledgesWhenTheHandlerReturns() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.onMessage(received::add))) {
            talk.peer.send(publish(0, 0, "t", "zero"));
            talk.peer.send(publish(1, 7, "t", "one"));
            talk.peer.send(publish(2, 8, "t", "two"));

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(7); // [MQTT-4.3.2-4]
            assertThat(talk.peer.expect(Pubrec.class).packetId()).isEqualTo(8); // [MQTT-4.3.3-8]
            talk.peer.send(new Pubrel(8));
            assertThat(talk.peer.expect(Pubcomp.class).reason()).isEqualTo(ReasonCode.SUCCESS); // [MQTT-4.3.3-11]
            assertThat(List.of(next().text(), next().text(), next().text())).containsExactly("zero", "one", "two");
        }
    }

    @Test
    void earlyAcknowledgementsWaitForTheirPredecessors() throws Exception { // [MQTT-4.6.0-2] [MQTT-4.6.0-3]
        try (Conversation talk =
                Conversation.start(builder -> builder.manualAck().onMessage(received::add))) {
            talk.peer.send(publish(1, 1, "t", "1"));
            talk.peer.send(publish(2, 2, "t", "2"));
            talk.peer.send(publish(1, 3, "t", "3"));
            Delivery first = next();
            next().ack();
            Delivery third = next();
            third.ack();
            third.ack();
            assertThat(talk.peer.isSilent(100)).isTrue();

            first.ack();

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            assertThat(talk.peer.expect(Pubrec.class).packetId()).isEqualTo(2);
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(3);
        }
    }

    @Test
    void qosTwoComesOnce() throws Exception { // [MQTT-4.3.3-10]
        try (Conversation talk = Conversation.start(builder -> builder.onMessage(received::add))) {
            talk.peer.send(publish(2, 5, "t", "once"));
            talk.peer.expect(Pubrec.class);
            talk.peer.send(publish(2, 5, "t", "once"));
            talk.peer.expect(Pubrec.class);
            talk.peer.send(new Pubrel(5));
            talk.peer.expect(Pubcomp.class);
            talk.peer.send(new Pubrel(5));
            assertThat(talk.peer.expect(Pubcomp.class).reason()).isEqualTo(ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
            talk.peer.send(publish(2, 5, "t", "new"));
            talk.peer.expect(Pubrec.class);

            assertThat(List.of(next().text(), next().text())).containsExactly("once", "new");
            assertThat(received).isEmpty();
        }
    }

    @Test
    void qosTwoComesOnceOverAReconnect() throws Exception {
        try (Conversation talk = Conversation.start(
                builder -> builder.cleanStart(false).manualAck().onMessage(received::add))) {
            talk.peer.send(publish(2, 5, "t", "once"));
            Delivery delivery = next();
            talk.peer.close();
            awaitDown(talk);

            talk.connect(true, Properties.NONE);
            talk.peer.send(publish(2, 5, "t", "once"));
            assertThat(talk.peer.isSilent(100)).isTrue();
            delivery.ack();

            assertThat(talk.peer.expect(Pubrec.class).packetId()).isEqualTo(5);
            assertThat(received).isEmpty();
        }
    }

    private static void awaitDown(Conversation talk) {
        org.awaitility.Awaitility.await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);
    }

    @Test
    void aliasesStandForTheirTopics() throws Exception { // [MQTT-3.3.2-10]
        try (Conversation talk = Conversation.start(builder ->
                builder.connectProperty(Property.TOPIC_ALIAS_MAXIMUM, 2).onMessage(received::add))) {
            Properties alias = Properties.of(Property.TOPIC_ALIAS, 2);
            talk.peer.send(publish(0, 0, TopicName.of("long/topic"), "1", alias));
            talk.peer.send(publish(0, 0, TopicName.EMPTY, "2", alias));
            assertThat(next().topic()).isEqualTo("long/topic");
            assertThat(next().topic()).isEqualTo("long/topic");

            talk.peer.send(publish(0, 0, TopicName.of("x"), "3", Properties.of(Property.TOPIC_ALIAS, 3)));
            assertThat(talk.peer.expect(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
        }
    }

    @Test
    void tooManyUnacknowledgedMessagesBreakTheProtocol() throws Exception {
        try (Conversation talk = Conversation.start(builder ->
                builder.manualAck().connectProperty(Property.RECEIVE_MAXIMUM, 2).onMessage(received::add))) {
            for (int id = 1; id <= 3; id++) {
                talk.peer.send(publish(1, id, "t", ""));
            }

            assertThat(talk.peer.expect(Disconnect.class).reason()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
        }
    }

    @Test
    void handlersTakeWhatTheirFiltersMatch() throws Exception {
        BlockingQueue<Delivery> others = new LinkedBlockingQueue<>();
        try (Conversation talk = Conversation.start(
                builder -> builder.onMessage("a/+", received::add).onMessage(others::add))) {
            talk.peer.send(publish(0, 0, "b", "other"));
            talk.peer.send(publish(0, 0, "a/1", "match"));

            assertThat(next().text()).isEqualTo("match");
            Delivery other = others.poll(10, TimeUnit.SECONDS); // each handler has a thread of its own
            assertThat(other).isNotNull().extracting(Delivery::topic).isEqualTo("b");
            assertThat(others).isEmpty();
        }
    }

    @Test
    void failingHandlerDoesNotEndTheOthers() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.onMessage("bad", message -> {
                    throw new IllegalStateException("expected by the test");
                })
                .onMessage(received::add))) {
            talk.peer.send(publish(1, 1, "bad", ""));
            talk.peer.send(publish(1, 2, "good", ""));

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            assertThat(next().topic()).isEqualTo("good");
        }
    }

    @Test
    void handlerMayPublishAndWait() throws Exception {
        CompletableFuture<PublishResult> answered = new CompletableFuture<>();
        MqttClient[] client = new MqttClient[1];
        try (Conversation talk = Conversation.start(builder -> builder.onMessage(message ->
                answered.complete(client[0].publish(Message.of("reply", "x").withQos(QoS.AT_LEAST_ONCE)))))) {
            client[0] = talk.client;
            talk.peer.send(publish(0, 0, "ask", ""));

            talk.peer.send(new Puback(talk.peer.expect(Publish.class).packetId()));

            assertThat(answered.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }

    @Test
    void subscribesWithOptionsAndAnswers() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Properties identifier = Properties.of(Property.SUBSCRIPTION_IDENTIFIER, 9);
            CompletableFuture<SubscribeResult> result = talk.client.subscribeAsync(
                    List.of(
                            Subscription.of("a").withQos(QoS.EXACTLY_ONCE).withNoLocal(true),
                            Subscription.of("b/#").withRetainAsPublished(true)),
                    identifier);

            Subscribe subscribe = talk.peer.expect(Subscribe.class);
            talk.peer.send(new Suback(
                    subscribe.packetId(),
                    Properties.NONE,
                    List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED)));

            assertThat(subscribe.properties()).isEqualTo(identifier);
            assertThat(subscribe.subscriptions().get(0).noLocal()).isTrue();
            assertThat(subscribe.subscriptions().get(1).retainAsPublished()).isTrue();
            assertThat(result.get(10, TimeUnit.SECONDS).reasons())
                    .containsExactly(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED);
            assertThat(result.get().isAccepted()).isFalse();
        }
    }

    @Test
    void unsubscribeEndsTheHandler() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.onMessage(received::add))) {
            CompletableFuture<SubscribeResult> done = Threads.supplyAsync(() -> {
                talk.client.subscribe("a", message -> {});
                return talk.client.unsubscribe("a");
            });
            talk.peer.send(new Suback(
                    talk.peer.expect(Subscribe.class).packetId(), Properties.NONE, List.of(ReasonCode.GRANTED_QOS_2)));
            talk.peer.send(new Unsuback(
                    talk.peer.expect(Unsubscribe.class).packetId(), Properties.NONE, List.of(ReasonCode.SUCCESS)));
            assertThat(done.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();

            talk.peer.send(publish(0, 0, "a", "late"));

            assertThat(next().text()).isEqualTo("late");
        }
    }

    @Test
    void packetsMayComeByteByByte() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.onMessage(received::add))) {
            Packet packet = publish(1, 300, "t", "x".repeat(40_000));
            byte[] bytes =
                    io.dunlin.protocol.codec.PacketEncoder.encode(packet, io.dunlin.protocol.packet.ProtocolVersion.V5);
            for (int i = 0; i < 20; i++) {
                talk.peer.send(new byte[] {bytes[i]});
            }
            talk.peer.send(java.util.Arrays.copyOfRange(bytes, 20, bytes.length));

            assertThat(next().payload()).hasSize(40_000);
        }
    }
}
