package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client does by itself when its connection is gone, or never came. */
class ReconnectTest {
    private static final Backoff SOON = Backoff.constant(Duration.ofMillis(20));

    private final ScriptedServer server = ScriptedServer.open();
    private final BlockingQueue<ConnectionState.Change> changes = new LinkedBlockingQueue<>();
    private MqttClient client = client(builder -> builder);

    private MqttClient client(UnaryOperator<ClientBuilder> options) {
        client = options.apply(MqttClient.builder()
                        .url(server.url())
                        .clientId("c1")
                        .reconnect(SOON)
                        .onStateChange(changes::add))
                .build();
        return client;
    }

    private Peer connect() throws Exception {
        CompletableFuture<Connack> connected = client.connectAsync();
        Peer peer = server.acceptMqtt();
        connected.get(10, TimeUnit.SECONDS);
        return peer;
    }

    private static void grant(Peer peer) throws IOException {
        Subscribe subscribe = peer.expect(Subscribe.class);
        peer.send(new Suback(
                subscribe.packetId(),
                Properties.NONE,
                subscribe.subscriptions().stream()
                        .map(each -> ReasonCode.GRANTED_QOS_1)
                        .toList()));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void comesBackAndSaysSo() throws Exception {
        Peer peer = connect();
        peer.close();
        try (Peer again = server.acceptMqtt()) {
            await().until(() -> client.state() == ConnectionState.CONNECTED);
            assertThat(again.isSilent(1)).isTrue();
            assertThat(client.metrics().connections()).isEqualTo(2);
            assertThat(client.metrics().connectionsLost()).isEqualTo(1);
            await().until(() -> changes.size() == 4);
            assertThat(changes.stream().map(ConnectionState.Change::to))
                    .containsExactly(
                            ConnectionState.CONNECTING,
                            ConnectionState.CONNECTED,
                            ConnectionState.RECONNECTING,
                            ConnectionState.CONNECTED);
        }
    }

    @Test
    void subscribesAgainWhereTheSessionIsLost() throws Exception {
        client(builder -> builder.cleanStart(false).sessionExpiry(Duration.ofHours(1)));
        Peer peer = connect();
        CompletableFuture<SubscribeResult> subscribed =
                client.subscribeAsync(Subscription.of("a/#").withQos(QoS.AT_LEAST_ONCE), delivery -> {});
        grant(peer);
        subscribed.get(10, TimeUnit.SECONDS);
        peer.close();
        try (Peer again = server.acceptMqtt(false, Properties.NONE)) {
            Subscribe subscribe = again.expect(Subscribe.class);
            assertThat(subscribe.subscriptions()).hasSize(1);
            assertThat(subscribe.subscriptions().get(0).filter()).isEqualTo("a/#");
            assertThat(client.metrics().sessionsLost()).isEqualTo(1);
        }
    }

    @Test
    void doesNotSubscribeAgainWhereTheServerKeptTheSession() throws Exception {
        client(builder -> builder.cleanStart(false).sessionExpiry(Duration.ofHours(1)));
        Peer peer = connect();
        CompletableFuture<SubscribeResult> subscribed = client.subscribeAsync(Subscription.of("a/#"), delivery -> {});
        grant(peer);
        subscribed.get(10, TimeUnit.SECONDS);
        peer.close();
        try (Peer again = server.acceptMqtt(true, Properties.NONE)) {
            await().until(() -> client.state() == ConnectionState.CONNECTED);
            client.publishAsync(Message.of("first", "packet"));
            again.expect(Publish.class);
        }
    }

    @Test
    void aCleanStartIsForTheFirstConnectionWhereTheSessionLasts() throws Exception { // [MQTT-3.1.2-4]
        client(builder -> builder.cleanStart(true).sessionExpiry(Duration.ofHours(1)));
        CompletableFuture<Connack> connected = client.connectAsync();
        Peer peer = server.accept();
        assertThat(peer.expect(Connect.class).cleanStart()).isTrue();
        peer.send(new Connack(false, ReasonCode.SUCCESS, Properties.NONE));
        connected.get(10, TimeUnit.SECONDS);
        peer.close();
        try (Peer again = server.accept()) {
            assertThat(again.expect(Connect.class).cleanStart()).isFalse();
        }
    }

    @Test
    void comesBackUnderTheIdThatTheServerGave() throws Exception { // [MQTT-3.2.2-16]
        client(builder -> builder.clientId(""));
        CompletableFuture<Connack> connected = client.connectAsync();
        Peer peer = server.acceptMqtt(false, Properties.of(Property.ASSIGNED_CLIENT_IDENTIFIER, "given"));
        connected.get(10, TimeUnit.SECONDS);
        peer.close();
        try (Peer again = server.accept()) {
            assertThat(again.expect(Connect.class).clientId()).isEqualTo("given");
        }
    }

    @Test
    void whatIsPublishedMeanwhileGoesOutInOrder() throws Exception {
        Peer peer = connect();
        peer.close();
        await().until(() -> client.state() == ConnectionState.RECONNECTING);
        CompletableFuture<PublishResult> one = client.publishAsync(Message.of("t", "1"));
        CompletableFuture<PublishResult> two =
                client.publishAsync(Message.of("t", "2").withQos(QoS.AT_LEAST_ONCE));
        CompletableFuture<SubscribeResult> subscribed = client.subscribeAsync(Subscription.of("a"), delivery -> {});
        assertThat(client.metrics().waitingMessages()).isEqualTo(2);
        try (Peer again = server.acceptMqtt()) {
            grant(again);
            assertThat(new String(again.expect(Publish.class).payload(), StandardCharsets.UTF_8))
                    .isEqualTo("1");
            again.send(new Puback(again.expect(Publish.class).packetId()));
            assertThat(one.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(two.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(subscribed.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }

    @Test
    void theFirstConnectionIsTriedAgainIfAsked() throws Exception {
        int port = server.port();
        server.close();
        client(builder -> builder.retryFirstConnect());
        CompletableFuture<Connack> connected = client.connectAsync();
        await().until(() -> client.status().failures() > 1);
        try (ScriptedServer late = new ScriptedServer(
                        new java.net.ServerSocket(port, 10, java.net.InetAddress.getLoopbackAddress()));
                Peer peer = late.acceptMqtt()) {
            assertThat(connected.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(peer.isSilent(1)).isTrue();
        }
    }

    @Test
    void theFirstConnectionFailsAtOnceOtherwise() throws Exception {
        server.close();
        assertThatThrownBy(client::connect).isInstanceOf(ConnectFailed.class);
        assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
    }

    @Test
    void refusedForGoodIsNotTriedAgainAtFirst() throws Exception {
        client(builder -> builder.retryFirstConnect());
        CompletableFuture<Connack> connected = client.connectAsync();
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Connack(false, ReasonCode.NOT_AUTHORIZED, Properties.NONE));
            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectRefused.class);
        }
    }

    @Test
    void goesToTheNextServerOfTheList() throws Exception {
        ScriptedServer gone = ScriptedServer.open();
        String first = gone.url();
        gone.close();
        client =
                MqttClient.builder().url(first).url(server.url()).clientId("c1").build();
        connect().close();
    }

    @Test
    void goesWhereTheServerSendsIt() throws Exception { // [MQTT-4.11]
        ScriptedServer other = ScriptedServer.open();
        CompletableFuture<Connack> connected = client.connectAsync();
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Connack(
                    false,
                    ReasonCode.USE_ANOTHER_SERVER,
                    Properties.of(Property.SERVER_REFERENCE, "localhost:" + other.port())));
        }
        try (Peer peer = other.acceptMqtt()) {
            connected.get(10, TimeUnit.SECONDS);
            assertThat(peer.isSilent(1)).isTrue();
            assertThat(client.status().endpoint().port()).isEqualTo(other.port());
        }
        other.close();
    }

    @Test
    void staysAwayFromWhereItWasSentIfTold() throws Exception {
        client(builder -> builder.followRedirects(false).noReconnect());
        CompletableFuture<Connack> connected = client.connectAsync();
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Connack(
                    false, ReasonCode.USE_ANOTHER_SERVER, Properties.of(Property.SERVER_REFERENCE, "localhost:1")));
            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ConnectRefused.class)
                    .hasMessageContaining("localhost:1");
        }
    }

    @Test
    void whoWasTakenOverStaysAway() throws Exception {
        Peer peer = connect();
        peer.send(new Disconnect(ReasonCode.SESSION_TAKEN_OVER));
        await().until(() -> client.state() == ConnectionState.DISCONNECTED);
        assertThat(client.status().lastFailure()).isInstanceOf(ConnectionLost.class);
    }

    @Test
    void disconnectIsForGood() throws Exception {
        Peer peer = connect();
        client.disconnect();
        peer.expect(Disconnect.class);
        assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
        assertThatThrownBy(() -> client.publish(Message.of("t", "x"))).isInstanceOf(ConnectionLost.class);
    }

    @Test
    void disconnectEndsTheAttempts() throws Exception {
        client(builder -> builder.reconnect(Backoff.constant(Duration.ofHours(1))));
        Peer peer = connect();
        peer.close();
        await().until(() -> client.state() == ConnectionState.RECONNECTING);
        client.disconnect();
        assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
    }

    @Test
    void givesUpAfterSoManyAttempts() throws Exception {
        client(builder -> builder.reconnect(SOON.withAttempts(2)));
        Peer peer = connect();
        server.close();
        peer.close();
        await().until(() -> client.state() == ConnectionState.DISCONNECTED);
        assertThat(client.status().failures()).isEqualTo(2);
    }

    @Test
    void aBlockingCallWaitsForTheNextConnection() throws Exception {
        Peer peer = connect();
        CompletableFuture<PublishResult> blocked =
                Threads.supplyAsync(() -> client.publish(Message.of("t", "x").withQos(QoS.AT_LEAST_ONCE)));
        peer.expect(Publish.class);
        peer.close();
        try (Peer again = server.acceptMqtt()) {
            again.send(new Puback(again.expect(Publish.class).packetId()));
            assertThat(blocked.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
        }
    }

    @Test
    void connectsInTheBackground() throws Exception {
        int port = server.port();
        server.close();
        CompletableFuture<Connack> connected = client.connectInBackground();
        CompletableFuture<PublishResult> published =
                client.publishAsync(Message.of("t", "early").withQos(QoS.AT_LEAST_ONCE));
        assertThat(published).isNotDone();
        try (ScriptedServer late = new ScriptedServer(
                        new java.net.ServerSocket(port, 10, java.net.InetAddress.getLoopbackAddress()));
                Peer peer = late.acceptMqtt()) {
            peer.send(new Puback(peer.expect(Publish.class).packetId()));
            assertThat(published.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(connected).isCompleted();
        }
    }

    @Test
    void beforeMqtt5ACleanSessionStaysClean() throws Exception {
        client(builder -> builder.version(ProtocolVersion.V3_1_1).cleanStart(true));
        Peer peer = connect();
        CompletableFuture<SubscribeResult> subscribed =
                client.subscribeAsync(List.of(Subscription.of("a")), Properties.NONE);
        grant(peer);
        subscribed.get(10, TimeUnit.SECONDS);
        peer.close();
        try (Peer again = server.accept()) {
            assertThat(again.expect(Connect.class).cleanStart()).isTrue();
            again.send(new Connack(false, ReasonCode.SUCCESS, Properties.NONE));
            again.expect(Subscribe.class);
        }
    }

    @Test
    void aRenewalThatWasCutIsMadeUpFor() throws Exception {
        client(builder -> builder.cleanStart(false).sessionExpiry(Duration.ofHours(1)));
        Peer peer = connect();
        CompletableFuture<SubscribeResult> subscribed = client.subscribeAsync(Subscription.of("a"), delivery -> {});
        grant(peer);
        subscribed.get(10, TimeUnit.SECONDS);
        peer.close();
        Peer cut = server.acceptMqtt(false, Properties.NONE);
        cut.expect(Subscribe.class);
        cut.close();
        try (Peer again = server.acceptMqtt(true, Properties.NONE)) {
            assertThat(again.expect(Subscribe.class).subscriptions().get(0).filter())
                    .isEqualTo("a");
        }
    }

    @Test
    void resendsNoMoreThanTheNewServerTakes() throws Exception { // [MQTT-3.3.4-7]
        client(builder -> builder.cleanStart(false).sessionExpiry(Duration.ofHours(1)));
        Peer peer = connect();
        for (int i = 0; i < 5; i++) {
            client.publishAsync(Message.of("t", "x").withQos(QoS.AT_LEAST_ONCE));
        }
        for (int i = 0; i < 5; i++) {
            peer.expect(Publish.class);
        }
        peer.close();
        try (Peer again = server.acceptMqtt(true, Properties.of(Property.RECEIVE_MAXIMUM, 2))) {
            client.publishAsync(Message.of("t", "new").withQos(QoS.AT_LEAST_ONCE));
            int first = again.expect(Publish.class).packetId();
            again.expect(Publish.class);
            assertThat(again.isSilent(100)).isTrue();
            again.send(new Puback(first));
            assertThat(again.expect(Publish.class).dup()).isTrue();
        }
    }

    @Test
    void aSecondDisconnectWaitsForTheFirst() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Peer peer = connect()) {
                client.disconnectAsync(ReasonCode.SUCCESS, Properties.NONE);
                client.disconnect();
                peer.expect(Disconnect.class);
            }
        }
        connect().close();
    }

    @Test
    void whoHearsOfAConnectionCanUseIt() throws Exception {
        CompletableFuture<CompletableFuture<PublishResult>> published = new CompletableFuture<>();
        CompletableFuture<MqttClient> self = new CompletableFuture<>();
        client = MqttClient.builder()
                .url(server.url())
                .noReconnect()
                .onStateChange(change -> {
                    if (change.to() == ConnectionState.CONNECTED) {
                        published.complete(self.join().publishAsync(Message.of("t", "at once")));
                    }
                })
                .build();
        self.complete(client);
        try (Peer peer = connect()) {
            peer.expect(Publish.class);
            assertThat(published
                            .get(10, TimeUnit.SECONDS)
                            .get(10, TimeUnit.SECONDS)
                            .isAccepted())
                    .isTrue();
        }
    }

    @Test
    void aListenerThatFailsDoesNotHoldTheConnectionUp() {
        client = MqttClient.builder()
                .url(server.url())
                .noReconnect()
                .onPacket(trace -> {
                    throw new IllegalStateException("of the application");
                })
                .build();
        assertThatThrownBy(client::connect).isInstanceOf(ConnectionLost.class);
    }
}
