package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Topics, shared groups and {@code dunlin top}: what makes the traffic of a running broker. */
@Timeout(120)
class TopTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path folder;

    private JsonNode call(String command, Map<String, ?> arguments) {
        try (ControlClient client =
                ControlClient.connect(SocketPath.of(folder.resolve("data"))).orElseThrow()) {
            return client.call(command, arguments);
        }
    }

    private static void publish(RawClient client, String topic, String text, boolean retain) throws Exception {
        client.send(new Publish(
                false,
                QoS.AT_LEAST_ONCE,
                retain,
                TopicName.of(topic),
                1,
                Properties.NONE,
                text.getBytes(StandardCharsets.UTF_8)));
        client.receive();
    }

    /** More than a list could be sorted of at each look; what comes last by name has to be there. */
    @Test
    void theTreeKnowsAllRetainedTopics() throws Exception {
        int devices = 100_500;
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            for (int i = 0; i < devices; i++) {
                retain(broker, "plant/" + i + "/state");
            }
            retain(broker, "plant/zz");
            await().until(() -> call("topics.list", Map.of("prefix", "plant", "limit", 1))
                            .path("meta")
                            .path("count")
                            .asLong()
                    > devices);
            JsonNode roots = call("topics.list", Map.of()).path("data");
            assertThat(only(roots, "plant").path("children").asInt()).isEqualTo(devices + 1);
            JsonNode last = call("topics.list", Map.of("prefix", "plant", "sort", "-topic", "limit", 2));
            assertThat(last.path("meta").path("count").asLong()).isEqualTo(devices + 1);
            JsonNode row = last.path("data").path(0);
            assertThat(row.path("topic").asString()).isEqualTo("plant/zz");
            assertThat(row.path("retained").asBoolean()).isTrue();
            assertThat(row.path("payload_size").asInt()).isEqualTo(1);
            JsonNode device = last.path("data").path(1);
            assertThat(device.path("level").asString()).isEqualTo("99999");
            assertThat(device.path("children").asInt()).isEqualTo(1);
            assertThat(device.path("retained").asBoolean()).isFalse();
            JsonNode below =
                    call("topics.list", Map.of("prefix", "plant/99999")).path("data");
            assertThat(only(below, "plant/99999/state").path("retained").asBoolean())
                    .isTrue();
            JsonNode one = call("topics.list", Map.of("topic", "plant/zz", "max_payload_bytes", 0));
            assertThat(one.path("data")).hasSize(1);
            assertThat(only(one.path("data"), "plant/zz").path("payload").asString())
                    .isEmpty();
            assertThat(call("topics.list", Map.of("topic", "plant/z")).path("data"))
                    .isEmpty();
        }
    }

    private static void retain(CommandLineBroker broker, String topic) {
        broker.server()
                .broker()
                .publish(new Message(
                        TopicName.of(topic), QoS.AT_MOST_ONCE, true, Properties.NONE, new byte[1], "", Message.NEVER));
    }

    @Test
    void theTreeOfTopicsHasCountsValuesAndRetainedMarks() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            client.connect("press");
            call("topics.list", Map.of()); // from now on values are kept
            publish(client, "plant/1/temp", "20", false);
            publish(client, "plant/1/temp", "21.5", false);
            publish(client, "plant/1/speed", "3", true);
            publish(client, "plant/2", "on", false);
            publish(client, "plant", "all", false);
            await().untilAsserted(
                            () -> { // asked for at most twice a second
                                JsonNode roots = call("topics.list", Map.of()).path("data");
                                JsonNode plant = only(roots, "plant");
                                assertThat(plant.path("children").asInt()).isEqualTo(2);
                                assertThat(plant.path("messages").asLong()).isEqualTo(5);
                                assertThat(plant.path("payload_size").asInt()).isEqualTo(3);
                                assertThat(plant.path("retained").asBoolean()).isFalse();
                            });
            JsonNode below = call("topics.list", Map.of("prefix", "plant/1")).path("data");
            assertThat(below).hasSize(2);
            JsonNode speed = only(below, "plant/1/speed");
            assertThat(speed.path("retained").asBoolean()).isTrue();
            assertThat(speed.path("level").asString()).isEqualTo("speed");
            JsonNode temp = only(below, "plant/1/temp");
            assertThat(temp.path("messages").asLong()).isEqualTo(2);
            assertThat(temp.path("bytes").asLong()).isEqualTo(6);
            assertThat(temp.path("ts").asLong()).isPositive();
            assertThat(Base64.getDecoder().decode(temp.path("payload").asString()))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("21.5");
            JsonNode one = call("topics.list", Map.of("topic", "plant/1/temp")).path("data");
            assertThat(one).hasSize(1);
            assertThat(only(one, "plant/1/temp").path("payload").asString())
                    .isEqualTo(temp.path("payload").asString());
            assertThat(only(call("topics.list", Map.of("topic", "plant")).path("data"), "plant")
                            .path("children")
                            .asInt())
                    .isEqualTo(2);
            JsonNode loudest = call("topics.talkers", Map.of("by", "messages")).path("data");
            assertThat(loudest.get(0).path("topic").asString()).isEqualTo("plant/1/temp");

            await().untilAsserted(() -> {
                publish(client, "plant/1/temp", "22", false);
                JsonNode talkers = call("topics.talkers", Map.of()).path("data");
                assertThat(talkers.get(0).path("topic").asString()).isEqualTo("plant/1/temp");
                assertThat(talkers.get(0).path("rate").asDouble()).isPositive();
            });
            assertThat(broker.run("top", "-n", "1").out())
                    .contains("node ", "clients 1 (most 1)", "plant/1/temp", "press", "dropped  no subscriber");
            List<String> frames =
                    broker.does("top", "-n", "2", "-i", "1").lines().toList();
            assertThat(frames.stream().filter(line -> line.startsWith("dunlin ")))
                    .hasSize(2);
            assertThat(broker.does("top", "-n", "1", "--json")).contains("\"publishes_received\"");
            assertThat(broker.fails("top", "--by", "size")).contains("by size is none");
        }
    }

    private static JsonNode only(JsonNode rows, String topic) {
        for (JsonNode row : rows) {
            if (row.path("topic").asString("").equals(topic)) {
                return row;
            }
        }
        throw new AssertionError("there is no " + topic + " in " + rows);
    }

    @Test
    void sharedGroupsHaveMembersWithLag() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient worker = broker.client();
                RawClient sender = broker.client()) {
            worker.connect("worker");
            worker.send(new Subscribe(
                    1, Properties.NONE, List.of(new SubscriptionRequest("$share/crew/jobs/#", QoS.AT_LEAST_ONCE))));
            worker.receive();
            sender.connect("sender");
            publish(sender, "jobs/1", "a", false);
            publish(sender, "jobs/2", "b", false);
            worker.receive();
            worker.receive();
            JsonNode groups = call("shared_groups.list", Map.of()).path("data");
            assertThat(groups).hasSize(1);
            assertThat(groups.get(0).path("share_group").asString()).isEqualTo("crew");
            assertThat(groups.get(0).path("topic").asString()).isEqualTo("$share/crew/jobs/#");
            assertThat(groups.get(0).path("lag").asLong()).isEqualTo(2);
            for (Map<String, String> match : List.of(
                    Map.of("share_group", "crew"),
                    Map.of("topic", "jobs/#"),
                    Map.of("topic", "$share/crew/jobs/#"),
                    Map.of("like_topic", "obs"),
                    Map.of("sort", "-members_cnt"))) {
                assertThat(call("shared_groups.list", match).path("data")).hasSize(1);
            }
            for (Map<String, String> none :
                    List.of(Map.of("share_group", "crews"), Map.of("topic", "jobs"), Map.of("like_topic", "x"))) {
                assertThat(call("shared_groups.list", none).path("data")).isEmpty();
            }
            JsonNode member = groups.get(0).path("members").get(0);
            assertThat(member.path("clientid").asString()).isEqualTo("worker");
            assertThat(member.path("inflight_cnt").asInt()).isEqualTo(2);
        }
    }

    @Test
    void aFrameFitsTheTerminal() {
        JsonNode clients =
                JSON.readTree("[{\"clientid\":\"a\\u001b[2J\",\"recv_msg\":300,\"send_msg\":0,\"mqueue_len\":7}"
                        + ",{\"clientid\":\"b\",\"recv_msg\":1}]");
        JsonNode before = JSON.readTree("[{\"clientid\":\"a\\u001b[2J\",\"recv_msg\":100,\"send_msg\":0}]");
        String topics = "[" + "{\"topic\":\"t\",\"rate\":1234.5,\"byte_rate\":2.5e6,\"messages\":9},".repeat(40)
                + "{\"topic\":\"" + "long/".repeat(40) + "\",\"messages\":1}]";
        JsonNode status = JSON.readTree("{\"version\":\"1\",\"node\":\"n\"}");
        TopFrame first = new TopFrame(
                status, JSON.readTree("{\"publishes_received\":1000}"), JSON.readTree(topics), before, false, 0);
        TopFrame second = new TopFrame(
                status,
                JSON.readTree("{\"publishes_received\":5000,\"uptime_seconds\":90061,\"dropped_queue_full\":8}"),
                JSON.readTree(topics),
                clients,
                false,
                2_000_000_000L);
        List<String> lines = second.lines(first, 24, 80);
        assertThat(lines).hasSizeLessThanOrEqualTo(24).allMatch(line -> line.length() <= 80);
        assertThat(lines.getFirst()).contains("up 1 d 01:01:01");
        assertThat(lines).anyMatch(line -> line.contains("2.00k msg/s"));
        assertThat(lines).anyMatch(line -> line.contains("queue full 4/s"));
        assertThat(lines).anyMatch(line -> line.contains("1.23k     2.50M           9  t"));
        assertThat(lines).anyMatch(line -> line.contains("      100         0         7       300  a?[2J"));
        assertThat(lines).noneMatch(line -> line.contains("\u001b"));
        assertThat(first.lines(first, 10, 40)).hasSizeLessThanOrEqualTo(10);
        assertThat(TopFrame.shortly(999.6)).isEqualTo("1.00k");
        assertThat(TopFrame.shortly(12.34)).isEqualTo("12.3");
        assertThat(TopFrame.shortly(0)).isEqualTo("0");
    }
}
