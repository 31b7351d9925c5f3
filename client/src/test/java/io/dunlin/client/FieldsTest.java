package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be said in a will, a message and a subscription, and what of it MQTT 3.1.1 leaves out. */
@Timeout(30)
class FieldsTest {
    private static final Message EVERYTHING = Message.of("t", "{}")
            .withQos(1)
            .withRetain(true)
            .withContentType("application/json")
            .withTextFormat()
            .withExpiry(Duration.ofMillis(1500))
            .withResponseTopic("back")
            .withCorrelationData(new byte[] {1, 2})
            .withUserProperty("a", "1")
            .withUserProperty("a", "2");

    private static Connect connect(UnaryOperator<ClientBuilder> options) throws Exception {
        try (ScriptedServer server = ScriptedServer.open();
                MqttClient client =
                        options.apply(MqttClient.builder().url(server.url())).build()) {
            CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
            try (Peer peer = server.accept()) {
                Connect connect = peer.expect(Connect.class);
                peer.send(new Connack(false, ReasonCode.SUCCESS, Properties.NONE));
                connected.get(10, TimeUnit.SECONDS);
                return connect;
            }
        }
    }

    private static WillBuilder fullWill(WillBuilder will) {
        return will.topic("line-7/state")
                .payload("offline")
                .qos(2)
                .retain(true)
                .delay(Duration.ofSeconds(30))
                .expiry(Duration.ofHours(1))
                .contentType("text/plain")
                .textFormat()
                .responseTopic("who/asks")
                .correlationData(new byte[] {7})
                .userProperty("line", "7");
    }

    @Test
    void willSaysEverything() throws Exception {
        Will will = Objects.requireNonNull(
                connect(builder -> builder.will(FieldsTest::fullWill)).will());

        assertThat(will.topic().text()).isEqualTo("line-7/state");
        assertThat(will.payload()).asString().isEqualTo("offline");
        assertThat(will.qos()).isEqualTo(QoS.EXACTLY_ONCE);
        assertThat(will.retain()).isTrue();
        assertThat(will.properties().number(Property.WILL_DELAY_INTERVAL, 0)).isEqualTo(30);
        assertThat(will.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, 0))
                .isEqualTo(3600);
        assertThat(will.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0))
                .isEqualTo(1);
        assertThat(will.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(will.properties().text(Property.RESPONSE_TOPIC)).isEqualTo("who/asks");
        assertThat(will.properties().binary(Property.CORRELATION_DATA)).containsExactly(7);
        assertThat(will.properties().userProperties()).containsExactly(new UserProperty("line", "7"));
    }

    @Test
    void willOf311LeavesThePropertiesOut() throws Exception {
        Will will = Objects.requireNonNull(
                connect(builder -> builder.version(ProtocolVersion.V3_1_1).will(FieldsTest::fullWill))
                        .will());

        assertThat(will.topic().text()).isEqualTo("line-7/state");
        assertThat(will.qos()).isEqualTo(QoS.EXACTLY_ONCE);
        assertThat(will.properties()).isEqualTo(Properties.NONE);
    }

    @Test
    void willNeedsATopicAndHasBounds() {
        ClientBuilder builder = MqttClient.builder();
        assertThatThrownBy(() -> builder.will(will -> will.payload("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a topic");
        assertThatThrownBy(() -> builder.will(will -> will.topic("a/#"))).isInstanceOf(InvalidTopic.class);
        assertThatThrownBy(() -> builder.will(will -> will.topic("a").payload(new byte[65_536])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.will(will -> will.delay(Duration.ofSeconds(-1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.will(will -> will.delay(Duration.ofSeconds(1L << 32))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messageCarriesEverything_andTheDeliveryReadsIt() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            talk.client.publishAsync(EVERYTHING);

            Delivery delivery = Delivery.of(talk.peer.expect(Publish.class));
            assertThat(delivery.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            assertThat(delivery.retain()).isTrue();
            assertThat(delivery.contentType()).isEqualTo("application/json");
            assertThat(delivery.isTextFormat()).isTrue();
            assertThat(delivery.expiry()).isEqualTo(Duration.ofSeconds(2)); // rounded up
            assertThat(delivery.responseTopic()).isEqualTo("back");
            assertThat(delivery.correlationData()).containsExactly(1, 2);
            assertThat(delivery.userProperties())
                    .containsExactly(new UserProperty("a", "1"), new UserProperty("a", "2"));
            assertThat(delivery.userProperty("a")).isEqualTo("1");
            assertThat(delivery.userProperty("b")).isNull();
        }
    }

    @Test
    void messageOver311LeavesThePropertiesOut() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.version(ProtocolVersion.V3_1_1))) {
            talk.client.publishAsync(EVERYTHING);

            Delivery delivery = Delivery.of(talk.peer.expect(Publish.class));
            assertThat(delivery.text()).isEqualTo("{}");
            assertThat(delivery.properties()).isEqualTo(Properties.NONE);
            assertThat(delivery.contentType()).isNull();
            assertThat(delivery.isTextFormat()).isFalse();
            assertThat(delivery.expiry()).isNull();
            assertThat(delivery.responseTopic()).isNull();
            assertThat(delivery.correlationData()).isNull();
            assertThat(delivery.userProperties()).isEmpty();
            assertThat(delivery.subscriptionIdentifiers()).isEmpty();
        }
    }

    @Test
    void lastValueOfAFieldCounts() {
        Message message = Message.of("t", "").withContentType("a").withContentType("b");

        assertThat(message.properties()).isEqualTo(Properties.of(Property.CONTENT_TYPE, "b"));
        assertThatThrownBy(() -> message.withResponseTopic("a/+")).isInstanceOf(InvalidTopic.class); // [MQTT-3.3.2-14]
    }

    @Test
    void subscriptionIdentifiersAreRead() {
        Properties identifiers = Properties.builder()
                .number(Property.SUBSCRIPTION_IDENTIFIER, 3)
                .number(Property.SUBSCRIPTION_IDENTIFIER, 5)
                .build();
        Publish publish = new Publish(false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, identifiers, new byte[0]);

        assertThat(Delivery.of(publish).subscriptionIdentifiers()).containsExactly(3, 5);
    }

    private static SubscriptionRequest subscribed(ProtocolVersion version) throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.version(version))) {
            talk.client.subscribeAsync(
                    List.of(Subscription.of("jobs/#")
                            .withQos(2)
                            .withNoLocal()
                            .withRetainAsPublished()
                            .withRetainHandling(RetainHandling.DO_NOT_SEND)),
                    Properties.NONE);
            return talk.peer.expect(Subscribe.class).subscriptions().get(0);
        }
    }

    @Test
    void subscriptionSaysEverything() throws Exception {
        assertThat(subscribed(ProtocolVersion.V5))
                .isEqualTo(new SubscriptionRequest("jobs/#", QoS.EXACTLY_ONCE, true, true, RetainHandling.DO_NOT_SEND));
    }

    @Test
    void subscriptionOf311IsFilterAndQos() throws Exception {
        SubscriptionRequest request = subscribed(ProtocolVersion.V3_1_1);

        assertThat(request.filter()).isEqualTo("jobs/#");
        assertThat(request.maxQos()).isEqualTo(QoS.EXACTLY_ONCE);
        assertThat(request.noLocal()).isFalse();
        assertThat(request.retainAsPublished()).isFalse();
    }
}
