package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ConnectTest {
    private final ScriptedServer server = ScriptedServer.open();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static CompletableFuture<Connack> connect(MqttClient client) {
        return Threads.supplyAsync(client::connect);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void sendsAllOfConnect(ProtocolVersion version) throws Exception {
        Will will = new Will(
                TopicName.of("gone"), QoS.AT_LEAST_ONCE, true, Properties.NONE, "bye".getBytes(StandardCharsets.UTF_8));
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .version(version)
                .clientId("c1")
                .credentials("user", "secret")
                .cleanStart(false)
                .keepAlive(Duration.ofSeconds(17))
                .sessionExpiry(Duration.ofHours(1))
                .will(will)
                .build();
        CompletableFuture<Connack> connected = connect(client);

        Peer peer = server.accept();
        Connect connect = peer.expect(Connect.class); // [MQTT-3.1.0-1]
        peer.send(new Connack(true, ReasonCode.SUCCESS, Properties.NONE));

        assertThat(connect.version()).isEqualTo(version);
        assertThat(connect.clientId()).isEqualTo("c1");
        assertThat(connect.cleanStart()).isFalse();
        assertThat(connect.keepAliveSeconds()).isEqualTo(17);
        assertThat(connect.username()).isEqualTo("user");
        assertThat(connect.password()).isEqualTo("secret".getBytes(StandardCharsets.UTF_8));
        assertThat(connect.will()).usingRecursiveComparison().isEqualTo(will);
        assertThat(connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, -1))
                .isEqualTo(version == ProtocolVersion.V5 ? 3600 : -1);
        assertThat(connected.get().sessionPresent()).isEqualTo(version != ProtocolVersion.V3_1);
        client.close();
        if (version == ProtocolVersion.V5) {
            assertThat(peer.expect(Disconnect.class).reason()).isEqualTo(ReasonCode.SUCCESS);
        } else {
            peer.expect(Disconnect.class);
        }
        peer.expectEnd();
    }

    @Test
    void takesTheClientIdThatTheServerAssigns() throws Exception {
        MqttClient client = MqttClient.builder().url(server.url()).build();
        CompletableFuture<Connack> connected = connect(client);

        server.acceptMqtt(false, Properties.of(Property.ASSIGNED_CLIENT_IDENTIFIER, "given"));

        connected.get();
        assertThat(client.clientId()).isEqualTo("given");
        assertThat(client.state()).isEqualTo(ConnectionState.CONNECTED);
        client.close();
    }

    @Test
    void refusalCarriesReasonAndWords() throws Exception {
        MqttClient client = MqttClient.builder().url(server.url()).build();
        CompletableFuture<ConnectRefused> refused =
                Threads.supplyAsync(() -> catchThrowableOfType(ConnectRefused.class, client::connect));

        Peer peer = server.accept();
        peer.expect(Connect.class);
        peer.send(new Connack(false, ReasonCode.NOT_AUTHORIZED, Properties.of(Property.REASON_STRING, "not today")));

        assertThat(refused.get().reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(refused.get().reasonString()).isEqualTo("not today");
        assertThat(refused.get()).hasMessageContaining("not today");
        assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
    }

    @Test
    void returnCodeOfVersion311IsAReasonToo() throws Exception {
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .version(ProtocolVersion.V3_1_1)
                .build();
        CompletableFuture<ConnectRefused> refused =
                Threads.supplyAsync(() -> catchThrowableOfType(ConnectRefused.class, client::connect));

        Peer peer = server.accept();
        peer.expect(Connect.class);
        peer.send(new byte[] {0x20, 2, 0, 4});

        assertThat(refused.get().reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    @Test
    void triesTheNextAddress() throws Exception {
        int closed;
        try (ServerSocket probe = new ServerSocket(0)) {
            closed = probe.getLocalPort();
        }
        MqttClient client = MqttClient.builder()
                .url("mqtt://localhost:" + closed)
                .url(server.url())
                .build();
        CompletableFuture<Connack> connected = connect(client);

        server.acceptMqtt();

        assertThat(connected.get().reason()).isEqualTo(ReasonCode.SUCCESS);
        client.close();
    }

    @Test
    void closedPortIsAConnectFailure() throws Exception {
        int closed;
        try (ServerSocket probe = new ServerSocket(0)) {
            closed = probe.getLocalPort();
        }
        MqttClient client =
                MqttClient.builder().url("mqtt://localhost:" + closed).build();

        assertThatThrownBy(client::connect)
                .isInstanceOf(ConnectFailed.class)
                .hasMessageContaining("localhost:" + closed);
    }

    @Test
    void silentServerTimesOut() throws Exception {
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .connectTimeout(Duration.ofMillis(200))
                .build();

        assertThatThrownBy(client::connect).isInstanceOf(TimedOut.class);
        assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
    }

    @Test
    void closedBeforeConnackIsALoss() throws Exception {
        MqttClient client = MqttClient.builder().url(server.url()).build();
        CompletableFuture<ConnectionLost> lost =
                Threads.supplyAsync(() -> catchThrowableOfType(ConnectionLost.class, client::connect));

        Peer peer = server.accept();
        peer.expect(Connect.class);
        peer.close();

        assertThat(lost.get()).isNotNull();
    }

    @Test
    void cleanStartNeedsANewSession() throws Exception { // [MQTT-3.2.2-4]
        MqttClient client = MqttClient.builder().url(server.url()).build();
        CompletableFuture<ConnectionLost> lost =
                Threads.supplyAsync(() -> catchThrowableOfType(ConnectionLost.class, client::connect));

        server.acceptMqtt(true, Properties.NONE);

        assertThat(lost.get().reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }

    @Test
    void pingsAtTheServersKeepAlive() throws Exception { // [MQTT-3.1.2-20] [MQTT-3.1.2-21]
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .keepAlive(Duration.ofHours(1))
                .build();
        CompletableFuture<Connack> connected = connect(client);

        Peer peer = server.acceptMqtt(false, Properties.of(Property.SERVER_KEEP_ALIVE, 1));
        connected.get();

        peer.expect(Pingreq.class);
        peer.send(Pingresp.INSTANCE);
        peer.expect(Pingreq.class);
        client.close();
    }

    @Test
    void unansweredPingEndsTheConnection() throws Exception {
        BlockingQueue<ConnectionState.Change> changes = new LinkedBlockingQueue<>();
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .keepAlive(Duration.ofSeconds(1))
                .noReconnect()
                .onStateChange(changes::add)
                .build();
        CompletableFuture<Connack> connected = connect(client);
        Peer peer = server.acceptMqtt();
        connected.get();

        peer.expect(Pingreq.class);

        assertThat(changes.take().to()).isEqualTo(ConnectionState.CONNECTING);
        assertThat(changes.take().to()).isEqualTo(ConnectionState.CONNECTED);
        ConnectionState.Change lost = changes.poll(10, TimeUnit.SECONDS);
        assertThat(lost).isNotNull();
        assertThat(lost.to()).isEqualTo(ConnectionState.DISCONNECTED);
        assertThat(lost.cause()).hasMessageContaining("ping");
    }

    @Test
    void serversDisconnectIsTheCauseOfTheLoss() throws Exception {
        BlockingQueue<ConnectionState.Change> changes = new LinkedBlockingQueue<>();
        MqttClient client = MqttClient.builder()
                .url(server.url())
                .onStateChange(changes::add)
                .build();
        CompletableFuture<Connack> connected = connect(client);
        Peer peer = server.acceptMqtt();
        connected.get();

        peer.send(new Disconnect(ReasonCode.SERVER_SHUTTING_DOWN, Properties.of(Property.REASON_STRING, "tea time")));

        assertThat(changes.take().to()).isEqualTo(ConnectionState.CONNECTING);
        assertThat(changes.take().to()).isEqualTo(ConnectionState.CONNECTED);
        MqttException cause = changes.take().cause();
        assertThat(cause).isInstanceOfSatisfying(ConnectionLost.class, lost -> {
            assertThat(lost.reason()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
            assertThat(lost).hasMessageContaining("tea time");
        });
    }

    @Test
    void brokenPacketIsAnsweredWithItsReason() throws Exception {
        MqttClient client = MqttClient.builder().url(server.url()).build();
        CompletableFuture<Connack> connected = connect(client);
        Peer peer = server.acceptMqtt();
        connected.get();

        peer.send(new byte[] {(byte) 0xD1, 0}); // PINGRESP with a flag

        assertThat(peer.expect(Disconnect.class).reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
        peer.expectEnd();
    }
}
