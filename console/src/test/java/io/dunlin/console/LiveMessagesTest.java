package io.dunlin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.console.account.Role;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Messages as server-sent events, over real HTTP. */
@Timeout(60)
class LiveMessagesTest {
    private TestConsole console;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole();
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private static Message message(String topic, String payload) {
        return new Message(
                TopicName.of(topic),
                QoS.AT_LEAST_ONCE,
                false,
                Properties.NONE,
                payload.getBytes(StandardCharsets.UTF_8),
                "press",
                Message.NEVER);
    }

    private void publish(Message message) {
        for (Sink sink : console.sinks) {
            if (sink.filter().matches(message.topic())) {
                sink.offer(message);
            }
        }
    }

    private static String next(BufferedReader lines, String prefix) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }

    @Test
    void comeOnceEachAndTheOverflowIsTold() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(console.url("/api/v1/subscribe?filter=plant/%23&filter=plant/a")))
                .header("Authorization", "Bearer " + console.key(Role.VIEWER))
                .build();
        HttpResponse<InputStream> response = console.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElseThrow()).isEqualTo("text/event-stream");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            Awaitility.await().until(() -> console.sinks.size() == 2);
            publish(message("plant/a", "21.5"));
            publish(message("plant/b", "22"));
            JsonNode first = TestConsole.JSON.readTree(next(lines, "data: ").substring(6));
            assertThat(first.path("topic").asString()).isEqualTo("plant/a");
            assertThat(first.path("payload").binaryValue()).isEqualTo("21.5".getBytes(StandardCharsets.UTF_8));
            assertThat(first.path("qos").asInt()).isEqualTo(1);
            assertThat(first.path("clientid").asString()).isEqualTo("press");
            assertThat(next(lines, "data: ")).contains("plant/b");
            for (int i = 0; i < 50_000; i++) {
                publish(message("plant/a", "x"));
            }
            assertThat(next(lines, "event: dropped")).isNotEqualTo("null");
            assertThat(TestConsole.JSON
                            .readTree(next(lines, "data: ").substring(6))
                            .path("dropped")
                            .asLong())
                    .isPositive();
        }
        Awaitility.await().until(() -> {
            publish(message("plant/a", "finds out that nobody listens"));
            return console.sinks.isEmpty();
        });
    }

    /** The lines of a stream that was asked for by a session or a key. */
    private BufferedReader open(String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(console.url("/api/v1/subscribe?filter=plant/%23")))
                .header("Authorization", "Bearer " + token)
                .build();
        HttpResponse<InputStream> response = console.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        Awaitility.await().until(() -> console.sinks.size() == 1);
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        publish(message("plant/a", "before"));
        assertThat(next(lines, "data: ")).contains("plant/a");
        return lines;
    }

    /** What came before a change is shown, what comes after it is not, and the stream ends. */
    private void assertEnds(BufferedReader lines) throws IOException {
        publish(message("plant/secret", "after"));
        assertThat(lines.lines().toList()).contains("event: ended").noneMatch(line -> line.contains("plant/secret"));
        lines.close();
        Awaitility.await().until(console.sinks::isEmpty);
    }

    private String token(String name, String password) throws IOException, InterruptedException {
        return TestConsole.json(console.login(name, password)).path("token").asString();
    }

    @Test
    void endWithTheLogout() throws Exception {
        String token = token("admin", console.password);
        BufferedReader lines = open(token);
        console.send("POST", "/api/v1/logout", "", "Authorization", "Bearer " + token);
        assertEnds(lines);
    }

    @Test
    void endWithThePasswordAndWithTheUser() throws Exception {
        console.accounts.setPassword("eve", "long-enough", Optional.of(Role.OPERATOR));
        BufferedReader lines = open(token("eve", "long-enough"));
        console.accounts.setPassword("eve", "another-one", Optional.empty());
        assertEnds(lines);
        BufferedReader again = open(token("eve", "another-one"));
        console.accounts.delete("eve");
        assertEnds(again);
    }

    @Test
    void endWithTheKey() throws Exception {
        BufferedReader lines = open(console.key(Role.VIEWER));
        console.accounts.deleteKey("for-viewer");
        assertEnds(lines);
    }

    @Test
    void askForALoginAndForFilters() throws Exception {
        assertThat(console.send("GET", "/api/v1/subscribe?filter=a", "").statusCode())
                .isEqualTo(401);
        String key = "Bearer " + console.key(Role.VIEWER);
        for (String wrong : new String[] {"", "?filter=a/%23/b", "?filter=$share/g/a"}) {
            assertThat(console.send("GET", "/api/v1/subscribe" + wrong, "", "Authorization", key)
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }
}
