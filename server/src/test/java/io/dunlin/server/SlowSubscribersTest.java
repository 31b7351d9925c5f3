package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin clients slow} and {@code dunlin top --slow}: one client is away, one does not acknowledge, one does. */
@Timeout(60)
class SlowSubscribersTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path folder;

    private static void subscribe(RawClient client, String clientId, int expirySeconds) throws Exception {
        Properties properties =
                expirySeconds == 0 ? Properties.NONE : Properties.of(Property.SESSION_EXPIRY_INTERVAL, expirySeconds);
        client.send(new Connect(ProtocolVersion.V5, clientId, true, 60, properties, null, null, null));
        client.receive();
        client.send(new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest("t", QoS.AT_LEAST_ONCE))));
        client.receive();
    }

    private static void publish(RawClient client, int packetId) throws Exception {
        client.send(new Publish(
                false,
                QoS.AT_LEAST_ONCE,
                false,
                TopicName.of("t"),
                packetId,
                Properties.NONE,
                "x".getBytes(StandardCharsets.UTF_8)));
        client.receive();
    }

    private static JsonNode row(String json, String clientId) {
        for (JsonNode row : JSON.readTree(json).path("data")) {
            if (row.path("clientid").asString().equals(clientId)) {
                return row;
            }
        }
        throw new AssertionError("there is no " + clientId + " in " + json);
    }

    @Test
    void whoIsBehindIsListedTheLongestQueueFirst() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient silent = broker.client();
                RawClient sender = broker.client()) {
            assertThat(broker.does("clients", "slow")).isEqualToIgnoringNewLines("No client is behind.");
            subscribe(silent, "silent", 0);
            try (RawClient away = broker.client()) {
                subscribe(away, "away", 600);
            }
            sender.connect("sender");
            broker.awaitAway("away");
            publish(sender, 1);
            publish(sender, 2);
            // A message that is not acknowledged counts only after a second.
            await().until(() -> JSON.readTree(broker.does("clients", "slow", "--json"))
                            .path("data")
                            .size()
                    == 2);
            String json = broker.does("clients", "slow", "--json");
            assertThat(JSON.readTree(json).path("data").get(0).path("clientid").asString())
                    .isEqualTo("away");
            assertThat(row(json, "away").path("mqueue_len").asInt()).isEqualTo(2);
            assertThat(row(json, "away").path("mqueue_oldest_seconds").asDouble())
                    .isBetween(0.9, 60.0);
            assertThat(row(json, "away").path("connected").asBoolean()).isFalse();
            assertThat(row(json, "silent").path("inflight_cnt").asInt()).isEqualTo(2);
            assertThat(row(json, "silent").path("inflight_oldest_seconds").asDouble())
                    .isBetween(0.9, 60.0);
            assertThat(broker.does("clients", "slow", "--state", "connected").lines())
                    .hasSize(2)
                    .element(1)
                    .asString()
                    .startsWith("silent");
            assertThat(broker.does("clients", "slow", "--sort=-inflight_oldest_seconds")
                            .lines()
                            .skip(1))
                    .first()
                    .asString()
                    .startsWith("silent");
            assertThat(broker.fails("clients", "slow", "--sort", "size")).contains("mqueue_oldest_seconds");
            assertThat(broker.does("top", "-n", "1", "--slow")).contains("SLOW CLIENT", "away (away)", "silent");
        }
    }
}
