package io.dunlin.client.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.Authentication;
import io.dunlin.client.ConnectRefused;
import io.dunlin.client.ConnectionState;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.SecretSource;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SCRAM-SHA-256 between our client and our broker, which were written apart. */
@Timeout(60)
class ScramTest {
    private static LocalServer server() throws Exception {
        return LocalServer.start("authentication.users.line.password=secret");
    }

    private static Authentication scram(String password) {
        return Authentication.scramSha256("line", SecretSource.of(password.toCharArray()));
    }

    @Test
    void logsInWithoutSendingThePassword() throws Exception {
        try (LocalServer server = server();
                MqttClient client =
                        server.client().authentication(scram("secret")).build()) {
            client.connect();

            assertThat(client.publish(Message.of("t", "x").withQos(QoS.AT_LEAST_ONCE))
                            .isAccepted())
                    .isTrue();
        }
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        try (LocalServer server = server();
                MqttClient client =
                        server.client().authentication(scram("guess")).build()) {
            assertThatThrownBy(client::connect)
                    .isInstanceOfSatisfying(
                            ConnectRefused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD));
        }
    }

    @Test
    void logsInAgainOverTheSameConnection() throws Exception {
        try (LocalServer server = server();
                MqttClient client =
                        server.client().authentication(scram("secret")).build()) {
            client.connect();

            client.reauthenticate();
            client.reauthenticate();

            assertThat(client.state()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    @Test
    void passwordOutOfAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("pw"), "secret\n");
        try (LocalServer server = server();
                MqttClient scram = server.client()
                        .authentication(Authentication.scramSha256("line", SecretSource.file(file)))
                        .build();
                MqttClient plain = server.client()
                        .credentials("line", SecretSource.file(file))
                        .build()) {
            scram.connect();
            plain.connect();
            assertThat(plain.state()).isEqualTo(ConnectionState.CONNECTED);
        }
    }
}
