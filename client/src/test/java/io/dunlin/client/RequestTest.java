package io.dunlin.client;

import static io.dunlin.client.Granting.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsubscribe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private static Publish reply(Publish request, String text) {
        String topic = Objects.requireNonNull(request.properties().text(Property.RESPONSE_TOPIC));
        byte[] correlation = Objects.requireNonNull(request.properties().binary(Property.CORRELATION_DATA));
        return publish(
                0,
                0,
                topic,
                text,
                Properties.builder()
                        .binary(Property.CORRELATION_DATA, correlation)
                        .build());
    }

    private static void accept(Peer peer, Publish request) throws IOException {
        peer.send(new Puback(request.packetId()));
    }

    @Test
    void replyComesToWhoAsked() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<Delivery> asked =
                    Threads.supplyAsync(() -> talk.client.request("svc/sum", "[1,2]", LONG));
            Subscribe subscribe = Granting.grant(talk.peer);
            Publish request = talk.peer.expect(Publish.class);
            accept(talk.peer, request);
            talk.peer.send(reply(request, "3"));

            assertThat(asked.get(10, TimeUnit.SECONDS).text()).isEqualTo("3");
            assertThat(request.topic().text()).isEqualTo("svc/sum");
            assertThat(request.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            String topic = request.properties().text(Property.RESPONSE_TOPIC);
            assertThat(topic).startsWith("replies/c1/"); // [MQTT-3.3.2-14]: no wildcards
            assertThat(subscribe.subscriptions().get(0).filter()).isEqualTo(topic);
        }
    }

    @Test
    void manyAreUnderWayAtOnceOverOneSubscription() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            List<CompletableFuture<Delivery>> asked = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                asked.add(talk.client.requestAsync(Message.of("svc", "" + i).withQos(QoS.AT_LEAST_ONCE), LONG));
            }
            Granting.grant(talk.peer);
            List<Publish> requests = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                requests.add(0, talk.peer.expect(Publish.class)); // answered the other way round
            }
            for (Publish request : requests) {
                talk.peer.send(reply(request, "re " + new String(request.payload(), StandardCharsets.UTF_8)));
            }

            for (int i = 0; i < 50; i++) {
                assertThat(asked.get(i).get(10, TimeUnit.SECONDS).text()).isEqualTo("re " + i);
            }
            assertThat(talk.client.lateReplies()).isZero();
        }
    }

    @Test
    void lateReplyIsCounted() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<Delivery> asked =
                    Threads.supplyAsync(() -> talk.client.request("svc", "?", Duration.ofMillis(100)));
            Granting.grant(talk.peer);
            Publish request = talk.peer.expect(Publish.class);
            assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TimedOut.class)
                    .hasMessageContaining("No reply to the request on svc came within 100 ms.");

            talk.peer.send(reply(request, "too late"));
            talk.peer.send(reply(request, "and again"));
            talk.peer.send(
                    publish(0, 0, Objects.requireNonNull(request.properties().text(Property.RESPONSE_TOPIC)), "stray"));

            Awaitility.await().until(() -> talk.client.lateReplies() == 3);
        }
    }

    @Test
    void saysAtOnceWhereNobodyIsThereOrTheServerRefuses() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Message question = Message.of("svc", "?").withQos(QoS.AT_LEAST_ONCE);
            CompletableFuture<Delivery> lonely = talk.client.requestAsync(question, LONG);
            CompletableFuture<Delivery> forbidden = talk.client.requestAsync(question, LONG);
            Granting.grant(talk.peer);
            int first = talk.peer.expect(Publish.class).packetId();
            int second = talk.peer.expect(Publish.class).packetId();
            talk.peer.send(new Puback(first, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.NONE));
            talk.peer.send(new Puback(second, ReasonCode.NOT_AUTHORIZED, Properties.NONE));

            assertThatThrownBy(() -> lonely.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RequestRefused.class)
                    .hasMessageContaining("Nobody is there to answer on svc");
            assertThatThrownBy(() -> forbidden.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RequestRefused.class)
                    .hasMessageContaining("The server refused the request on svc");
        }
    }

    @Test
    void refusedSubscriptionFailsTheRequest_theNextTriesAgain() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Message question = Message.of("svc", "?").withQos(QoS.AT_LEAST_ONCE);
            CompletableFuture<Delivery> refused = talk.client.requestAsync(question, LONG);
            Granting.refuse(talk.peer, ReasonCode.NOT_AUTHORIZED);
            assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(RequestRefused.class);

            CompletableFuture<Delivery> asked = talk.client.requestAsync(question, LONG);
            Granting.grant(talk.peer);
            talk.peer.send(reply(talk.peer.expect(Publish.class), "yes"));

            assertThat(asked.get(10, TimeUnit.SECONDS).text()).isEqualTo("yes");
        }
    }

    @Test
    void topicLiesBelowTheResponseInformationOfTheServer() throws Exception {
        Properties said = Properties.of(Property.RESPONSE_INFORMATION, "answers/for/you");
        try (Conversation talk = Conversation.start(
                builder -> builder.connectProperty(Property.REQUEST_RESPONSE_INFORMATION, 1), said)) {
            talk.client.requestAsync(Message.of("svc", "?"), LONG);

            assertThat(Granting.grant(talk.peer).subscriptions().get(0).filter())
                    .startsWith("answers/for/you/");
        }
    }

    @Test
    void subscribesAgainWhereTheServerLostTheSession() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Message question = Message.of("svc", "?");
            CompletableFuture<Delivery> first = talk.client.requestAsync(question, LONG);
            Granting.grant(talk.peer);
            talk.peer.send(reply(talk.peer.expect(Publish.class), "yes"));
            first.get(10, TimeUnit.SECONDS);
            talk.peer.close();
            Awaitility.await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);
            talk.connect(false, Properties.NONE);

            CompletableFuture<Delivery> second = talk.client.requestAsync(question, LONG);
            Granting.grant(talk.peer);
            talk.peer.send(reply(talk.peer.expect(Publish.class), "still yes"));

            assertThat(second.get(10, TimeUnit.SECONDS).text()).isEqualTo("still yes");
        }
    }

    @Test
    void needsVersionFive() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.version(ProtocolVersion.V3_1_1))) {
            assertThatThrownBy(() -> talk.client.request("svc", "?", LONG))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("need MQTT 5");
        }
    }

    private static Publish request(int id, String text, boolean responseTopic) {
        Properties.Builder properties = Properties.builder();
        if (responseTopic) {
            properties.text(Property.RESPONSE_TOPIC, "back/to/me").binary(Property.CORRELATION_DATA, new byte[] {7, 8});
        }
        return publish(1, id, "svc/upper", text, properties.build());
    }

    @Test
    void responderAnswersAndAcknowledgesAfterwards() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<SubscribeResult> ready = Threads.supplyAsync(() -> talk.client.respond(
                    "svc/+",
                    request -> Reply.of(request.text().toUpperCase(java.util.Locale.ROOT))
                            .withContentType("text/plain")
                            .withUserProperty("by", "test")));
            Granting.grant(talk.peer);
            assertThat(ready.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();

            talk.peer.send(request(5, "hello", true));

            Publish reply = talk.peer.expect(Publish.class);
            assertThat(reply.topic().text()).isEqualTo("back/to/me");
            assertThat(reply.payload()).asString().isEqualTo("HELLO");
            assertThat(reply.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            assertThat(reply.properties().binary(Property.CORRELATION_DATA)).containsExactly(7, 8);
            assertThat(reply.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
            assertThat(talk.peer.isSilent(50)).isTrue();
            accept(talk.peer, reply);
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(5);
        }
    }

    @Test
    void responderGoesOnAfterAFailure_andWhereNobodyWantsAReply() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<SubscribeResult> ready =
                    Threads.supplyAsync(() -> talk.client.respond("svc/+", request -> {
                        if (request.text().isEmpty()) {
                            throw new IllegalArgumentException("expected by the test");
                        }
                        return Reply.of("ok");
                    }));
            Granting.grant(talk.peer);
            ready.get(10, TimeUnit.SECONDS);

            talk.peer.send(request(1, "", true));
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            talk.peer.send(request(2, "no response topic", false));
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(2);
            talk.peer.send(request(3, "fine", true));
            assertThat(talk.peer.expect(Publish.class).payload()).asString().isEqualTo("ok");
        }
    }

    @Test
    void whatFollowsAReplyMayAskAgain() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<Delivery> second = talk.client
                    .requestAsync(Message.of("svc/first", "?"), LONG)
                    .thenApply(reply -> talk.client.request(Message.of("svc/second", reply.text()), LONG));
            Granting.grant(talk.peer);
            talk.peer.send(reply(talk.peer.expect(Publish.class), "1"));
            Publish request = talk.peer.expect(Publish.class);
            talk.peer.send(reply(request, "2"));

            assertThat(second.get(5, TimeUnit.SECONDS).text()).isEqualTo("2"); // before the second one times out
        }
    }

    @Test
    void waitingOnANetworkThreadThrows() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<PublishResult> published = talk.client.publishAsync("t", new byte[0], QoS.AT_LEAST_ONCE);
            CompletableFuture<Delivery> asked = published.thenApply(result -> talk.client.request("svc", "?", LONG));
            CompletableFuture<Void> renewed = published.thenRun(talk.client::reauthenticate);
            accept(talk.peer, talk.peer.expect(Publish.class));

            assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("on the network's own thread");
            assertThatThrownBy(() -> renewed.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("on the network's own thread");
            assertThat(talk.peer.isSilent(50)).isTrue();
        }
    }

    @Test
    void topicBelowNewResponseInformationTakesThePlaceOfTheFormer() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.cleanStart(false))) {
            Message question = Message.of("svc", "?");
            CompletableFuture<Delivery> first = talk.client.requestAsync(question, LONG);
            String former = Granting.grant(talk.peer).subscriptions().get(0).filter();
            talk.peer.send(reply(talk.peer.expect(Publish.class), "yes"));
            first.get(10, TimeUnit.SECONDS);
            talk.peer.close();
            Awaitility.await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);
            talk.connect(true, Properties.of(Property.RESPONSE_INFORMATION, "answers"));

            CompletableFuture<Delivery> second = talk.client.requestAsync(question, LONG);
            assertThat(talk.peer.expect(Unsubscribe.class).filters()).containsExactly(former);
            Granting.grant(talk.peer);
            talk.peer.send(reply(talk.peer.expect(Publish.class), "still yes"));

            assertThat(second.get(10, TimeUnit.SECONDS).text()).isEqualTo("still yes");
        }
    }
}
