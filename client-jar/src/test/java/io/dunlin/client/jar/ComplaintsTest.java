package io.dunlin.client.jar;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.client.Backoff;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.OfflineBuffer.WhenFull;
import io.dunlin.client.PublishResult;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What users of other Java clients complain of, each as a test that shows how this one behaves. In brackets where it was
 * reported.
 */
@Timeout(60)
class ComplaintsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static ClientBuilder quick(LocalServer server) {
        return server.client()
                .answerTimeout(LONG)
                .reconnect(Backoff.constant(Duration.ofMillis(20)))
                .retryFirstConnect();
    }

    private static MqttClient connected(LocalServer server) {
        MqttClient client = quick(server).build();
        client.connect();
        return client;
    }

    private static Message message(String topic, String text) {
        return Message.of(topic, text).withQos(1);
    }

    private static void awaitAccepted(List<CompletableFuture<PublishResult>> sent) throws Exception {
        for (CompletableFuture<PublishResult> result : sent) {
            assertThat(result.get(20, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }

    /** [paho.mqtt.java #551, "Too many publishes in progress (32202)"] */
    @Test
    void tooManyPublishesInProgressAreQueuedAndNotThrownAtTheCaller() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = quick(server).inFlightMax(2).build()) {
            client.connect();
            List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                sent.add(client.publishAsync(message("t", "" + i)));
            }
            awaitAccepted(sent);
        }
    }

    /** [paho.mqtt.java #310, #985, #47, #121; aws-iot-device-sdk-java-v2 #449] */
    @Test
    void publishingAndSubscribingInACallbackDoesNotDeadlock() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            client.subscribe("ask", asked -> {
                client.subscribe("answer/#", answer -> seen.add(answer.text()));
                for (int i = 0; i < 100; i++) {
                    seen.add(client.publish(message("other", "x")).reason().name());
                }
                client.publish(message("answer/1", "done"));
            });

            client.publish(message("ask", "?"));

            Awaitility.await().atMost(LONG).until(() -> seen.contains("done"));
        }
    }

    /** [paho.mqtt.java #9] */
    @Test
    void firstConnectIsRetriedWhereAsked() throws Exception {
        try (LocalServer server = LocalServer.start()) {
            server.stop();
            try (MqttClient client = quick(server).build()) {
                CompletableFuture<Connack> connected = client.connectInBackground();
                Awaitility.await().atMost(LONG).until(() -> client.status().failures() > 1);

                server.startAgain();

                connected.get(20, TimeUnit.SECONDS);
                assertThat(client.state()).isEqualTo(ConnectionState.CONNECTED);
            }
        }
    }

    /** [hivemq-mqtt-client #297; paho.mqtt.java #12] */
    @Test
    void subscribesAgainWhereTheServerHasLostTheSession() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            client.subscribe("t", message -> seen.add(message.text()));

            server.restart(); // it stores nothing

            try (MqttClient other = connected(server)) {
                Awaitility.await().atMost(LONG).until(() -> {
                    other.publish(message("t", "still there"));
                    return !seen.isEmpty();
                });
            }
        }
    }

    /** [hivemq-mqtt-client #254] */
    @Test
    void messagesThatComeBeforeSubscribeReturnsAreNotLost() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient other = connected(server)) {
            BlockingQueue<Delivery> seen = new LinkedBlockingQueue<>();
            ClientBuilder device = quick(server)
                    .clientId("device")
                    .cleanStart(false)
                    .sessionExpiry(Duration.ofHours(1))
                    .onMessage("cmd/#", seen::add);
            try (MqttClient first = device.build()) {
                first.connect();
                first.subscribe(List.of(Subscription.of("cmd/#").withQos(1)), Properties.NONE);
            }
            for (int i = 0; i < 100; i++) {
                other.publish(message("cmd/x", "" + i));
            }

            try (MqttClient second = device.build()) {
                second.connect(); // the server sends right behind CONNACK

                for (int i = 0; i < 100; i++) {
                    assertThat(Objects.requireNonNull(seen.poll(20, TimeUnit.SECONDS))
                                    .text())
                            .isEqualTo("" + i);
                }
                assertThat(second.metrics().droppedTotal()).isZero();
            }
        }
    }

    /** [hivemq-mqtt-client #416, #620] */
    @Test
    void asyncPublishNeverBlocksTheCaller() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            server.stop();
            Awaitility.await().atMost(LONG).until(() -> client.state() != ConnectionState.CONNECTED);
            List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                sent.add(client.publishAsync(message("t", "" + i))); // returns though there is no server at all
            }
            assertThat(sent).noneMatch(CompletableFuture::isDone);

            server.startAgain();

            awaitAccepted(sent);
        }
    }

    /** [hivemq-mqtt-client #801: the 64th publish on the event loop hangs] */
    @Test
    void publishingFromTheStagesOfAPublishGoesOnForEver() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            CompletableFuture<PublishResult> chain = client.publishAsync(message("t", "0"));
            for (int i = 1; i < 500; i++) {
                String text = "" + i;
                chain = chain.thenCompose(before -> client.publishAsync(message("t", text)));
            }

            assertThat(chain.get(20, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }

    /** [hivemq-mqtt-client PR 619] */
    @Test
    void blockingInACallbackStallsNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            CountDownLatch blocked = new CountDownLatch(1);
            client.subscribe("slow", message -> {
                blocked.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            client.subscribe("fast", message -> seen.add(message.text()));
            client.publish(message("slow", "x"));
            blocked.await();

            for (int i = 0; i < 200; i++) {
                assertThat(client.publish(message("fast", "" + i)).isAccepted()).isTrue();
            }

            Awaitility.await().atMost(LONG).until(() -> seen.size() == 200);
        } finally {
            release.countDown();
        }
    }

    /** [hivemq-mqtt-client #350; vertx-mqtt #162: no reconnect] */
    @Test
    void publishAfterARestartOfTheBrokerIsNotStuck() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            client.publish(message("t", "before"));

            for (int i = 0; i < 3; i++) {
                server.restart();
                assertThat(client.publish(message("t", "after")).isAccepted()).isTrue();
            }
        }
    }

    /** [vertx-mqtt #53, #82, #92] */
    @Test
    void queueInFlightIsDrainedAfterALostConnection() throws Exception {
        try (LocalServer server = LocalServer.start();
                MqttClient client = connected(server)) {
            List<CompletableFuture<PublishResult>> sent = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 500; i++) {
                    sent.add(client.publishAsync(message("t", "x")));
                }
                server.restart(); // some are in flight, their acknowledgements are gone
            }

            awaitAccepted(sent);
            assertThat(client.metrics().inFlight()).isZero();
            assertThat(client.metrics().waitingMessages()).isZero();
        }
    }

    /** [what users of Paho for Python like] */
    @Test
    void fiveLinesAreAStart() throws Exception {
        try (LocalServer server = LocalServer.start()) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            try (var c = MqttClient.connect(server.url())) {
                c.subscribe("sensors/#", m -> seen.add(m.topic() + " " + m.text()));
                c.publish("sensors/a", "21.5");
                assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("sensors/a 21.5");
            }
        }
    }

    /** [paho.mqtt.java, HiveMQ's client: what happens to messages is not said] Nothing goes without being counted and told. */
    @Test
    void lossesAreCountedAndTold() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (LocalServer server = LocalServer.start();
                MqttClient client = quick(server)
                        .offlineBuffer(buffer -> buffer.withMessages(1).whenFull(WhenFull.DROP_OLDEST))
                        .onDrop(dropped -> told.add(dropped.reason().name()))
                        .build()) {
            client.connect();
            server.stop();
            Awaitility.await().atMost(LONG).until(() -> client.state() != ConnectionState.CONNECTED);

            CompletableFuture<PublishResult> older = client.publishAsync(message("t", "older"));
            CompletableFuture<PublishResult> newer = client.publishAsync(message("t", "newer"));

            assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("BUFFER_FULL");
            assertThat(client.metrics().droppedTotal()).isEqualTo(1);
            assertThat(older).isCompletedExceptionally();
            server.startAgain();
            assertThat(newer.get(20, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }
}
