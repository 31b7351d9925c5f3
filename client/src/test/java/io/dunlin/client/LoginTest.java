package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Section 4.12 from the client's side. */
@Timeout(30)
class LoginTest {
    /** Begins with 1, answers n with n + 1, and wants 9 at the end. */
    private static final Authentication COUNTING = new Authentication() {
        @Override
        public String method() {
            return "COUNT";
        }

        @Override
        public Exchange start() {
            return new Exchange() {
                @Override
                public byte[] first() {
                    return new byte[] {1};
                }

                @Override
                public byte[] answer(byte[] challenge) {
                    if (challenge.length != 1) {
                        throw new IllegalStateException("expected by the test");
                    }
                    return new byte[] {(byte) (challenge[0] + 1)};
                }

                @Override
                public void finish(byte[] data) {
                    if (!Arrays.equals(data, new byte[] {9})) {
                        throw new AuthenticationFailed("Not the server that was meant.", null);
                    }
                }
            };
        }
    };

    private final ScriptedServer server = ScriptedServer.open();
    private final MqttClient client =
            MqttClient.builder().url(server.url()).authentication(COUNTING).build();

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    private static Properties data(int... bytes) {
        return data("COUNT", bytes);
    }

    private static Properties data(String method, int... bytes) {
        Properties.Builder properties = Properties.builder().text(Property.AUTHENTICATION_METHOD, method);
        if (bytes.length > 0) {
            properties.binary(Property.AUTHENTICATION_DATA, new byte[] {(byte) bytes[0]});
        }
        return properties.build();
    }

    private static void challenge(Peer peer, int with) throws Exception {
        peer.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, data(with)));
    }

    private static void expectAnswer(Peer peer, int expected) throws Exception {
        assertThat(peer.expect(Auth.class))
                .isEqualTo(new Auth(
                        ReasonCode.CONTINUE_AUTHENTICATION, data(expected))); // [MQTT-4.12.0-3] [MQTT-4.12.0-5]
    }

    private Peer login(CompletableFuture<Connack> connected) throws Exception {
        Peer peer = server.accept();
        Connect connect = peer.expect(Connect.class);
        assertThat(connect.properties()).isEqualTo(data(1));
        challenge(peer, 5);
        expectAnswer(peer, 6);
        challenge(peer, 7);
        expectAnswer(peer, 8);
        peer.send(new Connack(false, ReasonCode.SUCCESS, data(9)));
        connected.get(10, TimeUnit.SECONDS);
        return peer;
    }

    @Test
    void answersUntilTheServerAccepts_andAgain() throws Exception {
        try (Peer peer = login(Threads.supplyAsync(client::connect))) {
            CompletableFuture<Void> again = client.reauthenticateAsync();
            assertThat(peer.expect(Auth.class))
                    .isEqualTo(new Auth(ReasonCode.REAUTHENTICATE, data(1))); // [MQTT-4.12.1-1]
            assertThatThrownBy(client::reauthenticate).isInstanceOf(IllegalStateException.class);
            challenge(peer, 2);
            expectAnswer(peer, 3);
            peer.send(new Auth(ReasonCode.SUCCESS, data(9)));
            again.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void serverThatIsNotTrustedIsLeft() throws Exception {
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Connack(false, ReasonCode.SUCCESS, data(4)));

            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AuthenticationFailed.class);
            peer.expectEnd();
            assertThat(client.state()).isEqualTo(ConnectionState.DISCONNECTED);
        }
    }

    @Test
    void failureOfTheExchangeEndsTheAttempt() throws Exception {
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, data("COUNT")));

            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(AuthenticationFailed.class)
                    .hasMessageContaining("expected by the test");
        }
    }

    @Test
    void otherMethodBreaksTheProtocol() throws Exception { // [MQTT-4.12.0-5]
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        try (Peer peer = server.accept()) {
            peer.expect(Connect.class);
            peer.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, data("OTHER", 1)));

            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void refusedReauthenticationEndsWithTheConnection() throws Exception { // [MQTT-4.12.1-2]
        try (Peer peer = login(Threads.supplyAsync(client::connect))) {
            CompletableFuture<Void> again = client.reauthenticateAsync();
            peer.expect(Auth.class);
            peer.send(new Disconnect(ReasonCode.NOT_AUTHORIZED));

            assertThatThrownBy(() -> again.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void authNobodyAskedForBreaksTheProtocol() throws Exception {
        try (Peer peer = login(Threads.supplyAsync(client::connect))) {
            challenge(peer, 1);

            assertThat(peer.expect(Disconnect.class).reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        }
    }

    @Test
    void needsAConnectionAndSomethingToAuthenticateWith() throws Exception {
        assertThatThrownBy(client::reauthenticate).isInstanceOf(ConnectionLost.class);
        try (Conversation talk = Conversation.start(builder -> builder)) {
            assertThatThrownBy(talk.client::reauthenticate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("give the builder an Authentication");
        }
    }

    @Test
    void isIgnoredBeforeVersionFive() throws Exception {
        try (Conversation talk = Conversation.start(
                builder -> builder.version(ProtocolVersion.V3_1_1).authentication(COUNTING))) {
            assertThat(talk.client.state()).isEqualTo(ConnectionState.CONNECTED);
        }
    }
}
