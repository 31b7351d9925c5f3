package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin retained}, and publishing through the control socket, against a running broker. */
@Timeout(120)
class RetainedCommandTest {
    @TempDir
    private Path folder;

    private JsonNode call(String command, Map<String, ?> arguments) {
        try (ControlClient client =
                ControlClient.connect(SocketPath.of(folder.resolve("data"))).orElseThrow()) {
            return client.call(command, arguments);
        }
    }

    private static Publish retained(String topic, String text) {
        return new Publish(
                false,
                QoS.AT_LEAST_ONCE,
                true,
                TopicName.of(topic),
                1,
                Properties.NONE,
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void retainedMessagesAreListedShownCountedAndDeletedForGood() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            client.connect("press");
            for (String topic : List.of("plant/1/temp", "plant/2/temp", "plant/2/speed", "office/light")) {
                client.send(retained(topic, "value of " + topic));
                client.receive();
            }
            assertThat(broker.does("retained", "list").lines())
                    .hasSize(5)
                    .element(1)
                    .asString()
                    .contains("office/light", "press", "value of office/light");
            assertThat(broker.does("retained", "list", "plant/+/temp").lines()).hasSize(3);
            assertThat(broker.does("retained", "list", "--like", "2/", "--payload", "5"))
                    .contains("plant/2/speed", "value")
                    .doesNotContain("value of");
            assertThat(broker.does("retained", "list", "none/#"))
                    .isEqualToIgnoringNewLines("There is no such retained message.");
            assertThat(broker.does("retained", "show", "office/light"))
                    .contains(
                            "topic: office/light",
                            "from_clientid: press",
                            "payload_size: 21",
                            "payload: value of office/light");
            assertThat(PayloadText.whole(JsonMapper.shared().valueToTree(new byte[] {(byte) 0xFF})))
                    .isEqualTo("base64:/w==");
            assertThat(broker.fails("retained", "show", "office/none")).contains("there is no retained message at");
            assertThat(broker.does("retained", "count", "plant/#")).startsWith("3 retained messages, ");
            assertThat(broker.fails("retained", "count", "plant/#/x")).contains("is no topic filter");

            assertThat(broker.fails("retained", "delete", "plant/#")).contains("3 retained messages", "--yes deletes");
            assertThat(broker.does("retained", "delete", "plant/#", "--yes"))
                    .isEqualToIgnoringNewLines("OK: 3 retained messages were deleted");
            assertThat(broker.fails("retained", "delete", "plant/#", "--yes")).contains("there is no retained message");
            assertThat(broker.fails("retained", "delete", "$SYS/#", "--yes")).contains("the broker's own");
            assertThat(broker.auditLog()).contains("\"event\":\"retained.deleted\"", "\"topic\":\"plant/#\"");
        }
        try (CommandLineBroker again = CommandLineBroker.start(folder)) { // out of what was stored
            assertThat(again.does("retained", "list").lines()).hasSize(2);
            assertThat(again.does("retained", "delete", "office/light")).startsWith("OK: 1 ");
        }
    }

    private String refused(Map<String, ?> message) {
        return String.valueOf(catchThrowable(() -> call("publish", message)).getMessage());
    }

    private String refusedProperty(String name, Object value) {
        return refused(Map.of("topic", "t", "payload", "x", "properties", Map.of(name, value)));
    }

    @Test
    void whatNoClientCouldSendIsRefusedByTheNameOfItsField() throws Exception {
        String tooLong = "x".repeat(65_536);
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            assertThat(refused(Map.of("topic", tooLong)))
                    .contains("topic", "65,535")
                    .hasSizeLessThan(400);
            assertThat(refused(Map.of("topic", "t", "clientid", "press"))).contains("clientid cannot be given");
            assertThat(refused(Map.of("topic", "t", "retian", true))).contains("retian is unknown", "retain");
            assertThat(refused(Map.of("topic", "t", "qos", 3))).contains("qos is 3");
            assertThat(refused(Map.of("topic", "t", "properties", "none"))).contains("properties", "object");
            assertThat(refusedProperty("topic_alias", 1)).contains("topic_alias cannot be given");
            assertThat(refusedProperty("subscription_identifier", 1)).contains("subscription_identifier cannot");
            assertThat(refusedProperty("content_type", tooLong)).contains("content_type", "65,535");
            assertThat(refusedProperty("content_type", "a\u0000b")).contains("content_type", "U+0000");
            assertThat(refusedProperty("response_topic", "a/+")).contains("response_topic a/+", "wildcards");
            assertThat(refusedProperty("response_topic", tooLong)).contains("response_topic", "65,535");
            assertThat(refusedProperty("correlation_data", "?")).contains("correlation_data is no base64");
            assertThat(refusedProperty("correlation_data", Base64.getEncoder().encodeToString(new byte[65_536])))
                    .contains("correlation_data", "65,535");
            assertThat(refusedProperty("message_expiry_interval", -5)).contains("message_expiry_interval is -5");
            assertThat(refusedProperty("message_expiry_interval", 1L << 32)).contains("message_expiry_interval is");
            assertThat(refusedProperty("user_properties", List.of("k"))).contains("user_properties");
            assertThat(refusedProperty("user_properties", Map.of("k", 1))).contains("user_properties.k is no text");
            assertThat(refusedProperty("user_properties", Map.of("k", tooLong))).contains("user_properties.k");
            assertThat(refused(Map.of(
                            "topic",
                            "t",
                            "payload",
                            "/w==",
                            "payload_encoding",
                            "base64",
                            "properties",
                            Map.of("payload_format_indicator", 1))))
                    .contains("payload is no UTF-8");
            assertThat(catchThrowable(() -> call(
                            "publish.bulk",
                            Map.of(
                                    "messages",
                                    List.of(
                                            Map.of("topic", "first", "retain", true, "payload", "x"),
                                            Map.of("topic", "t", "clientid", "press"))))))
                    .hasMessageContaining("messages[1]: clientid cannot be given");
            assertThat(broker.does("retained", "list")).doesNotContain("first");
        }
    }

    @Test
    void administratorsPublish() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            client.connect("listener");
            client.subscribe("a/#");
            JsonNode sent = call(
                    "publish",
                    Map.of(
                            "topic",
                            "a/1",
                            "payload",
                            "hello",
                            "qos",
                            "1", // as a text, as out of a URL
                            "retain",
                            true,
                            "properties",
                            Map.of("content_type", "text/plain", "user_properties", Map.of("k", "v"))));
            assertThat(sent.path("destinations").asInt()).isEqualTo(1);
            Publish got = (Publish) client.receive();
            assertThat(got.topic().text()).isEqualTo("a/1");
            assertThat(got.payload()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
            assertThat(got.properties().userProperties()).hasSize(1);
            JsonNode kept = call("retained.show", Map.of("topic", "a/1"));
            assertThat(kept.path("content_type").asString()).isEqualTo("text/plain");
            assertThat(Base64.getDecoder().decode(kept.path("payload").asString()))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("hello");

            JsonNode without = call("retained.list", Map.of("topic", "a/1", "payload", "none"))
                    .path("data")
                    .path(0);
            assertThat(without.path("payload").asString()).isEmpty();
            assertThat(without.path("payload_size").asInt()).isEqualTo(5);
            assertThat(catchThrowable(() -> call("retained.list", Map.of("payload", "hex"))))
                    .hasMessageContaining("payload is hex, expected is base64 or none");

            JsonNode all = call(
                    "publish.bulk",
                    Map.of(
                            "messages",
                            List.of(
                                    Map.of("topic", "a/2", "payload", "AAEC", "payload_encoding", "base64"),
                                    Map.of("topic", "b"))));
            assertThat(all).hasSize(2);
            assertThat(all.get(0).path("destinations").asInt()).isEqualTo(1);
            assertThat(all.get(1).path("destinations").asInt()).isZero();
            assertThat(((Publish) client.receive()).payload()).containsExactly(0, 1, 2);
            Awaitility.await() // it is written behind
                    .untilAsserted(() -> assertThat(broker.auditLog())
                            .contains("\"event\":\"message.published\"", "\"event\":\"messages.published\"")
                            .contains("\"topic\":\"a/1\"", "\"through\":", System.getProperty("user.name")));

            assertThat(catchThrowable(() -> call("publish", Map.of("topic", "$SYS/broker/version", "payload", "x"))))
                    .hasMessageContaining("only the broker publishes to $SYS");
            assertThat(catchThrowable(() -> call("publish", Map.of("topic", "a/+", "payload", "x"))))
                    .hasMessageContaining("is no topic");
        }
        try (CommandLineBroker again = CommandLineBroker.start(folder)) {
            assertThat(again.does("retained", "list")).contains("a/1", "$admin", "hello");
        }
    }
}
