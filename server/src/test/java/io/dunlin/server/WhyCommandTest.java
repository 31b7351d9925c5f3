package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code dunlin why} and {@code dunlin clients events}, through the control socket. */
@Timeout(120)
class WhyCommandTest {
    private static final String RULES = """
            authorization.rules = [
              { effect = deny, action = subscribe, topics = ["secret/#"] }
              { effect = deny, action = publish, topics = ["cmd/#"] }
              { effect = allow, action = all, topics = ["#"] }
            ]
            """;

    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--data");
        words.add(folder.resolve("data").toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                words.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Outcome why(String client, String topic, String... more) {
        List<String> words = new ArrayList<>(List.of("why", "--client", client, "--topic", topic));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    private Server start() throws Exception {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + folder.resolve("data") + "\n" + RULES);
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private JsonNode page(int page, int limit) {
        try (ControlClient client =
                ControlClient.connect(SocketPath.of(folder.resolve("data"))).orElseThrow()) {
            return client.call("clients.events", Map.of("clientid", "press-7", "page", page, "limit", limit));
        }
    }

    /** Without the time, of which the last digits are those of the moment of the question. */
    private static String said(JsonNode event) {
        return event.path("event") + " " + event.path("topic") + " " + event.path("qos");
    }

    private static Publish publish(String topic, int id) {
        QoS qos = id == 0 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE;
        return new Publish(
                false, qos, false, TopicName.of(topic), id, Properties.NONE, "x".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesTheVerdictTheRuleAndWhatToDo() throws Exception {
        try (Server server = start();
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("press-7");
            client.subscribe("t/#");
            client.send(publish("t/a", 0));
            assertThat(client.receive()).isInstanceOf(Publish.class);
            Outcome delivered = why("press-7", "t/a");
            assertThat(delivered.err()).isEmpty();
            assertThat(delivered.code()).isZero();
            assertThat(delivered.out()).startsWith("DELIVERED: sent to press-7 at QoS 0; published by press-7");

            client.subscribe("secret/#");
            Outcome refused = why("press-7", "secret/plan");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.out())
                    .startsWith("NOT DELIVERED: press-7 is not subscribed: its subscription to secret/# was refused")
                    .contains("what to do: ", "DENIED", "dunlin.conf");

            client.send(publish("cmd/go", 9));
            client.receive();
            assertThat(why("press-7", "cmd/go").out()).contains("not taken from press-7: not authorized");
            assertThat(why("press-7", "t/a", "--json").out())
                    .contains("\"reason\" : \"delivered\"", "\"known_since\"", "\"one_in\" : 1", "\"first_at\"");
            assertThat(why("press-7", "t/+").err()).contains("t/+ cannot be asked about");
            assertThat(why("press-7", "t/a", "--since", "soon").err()).contains("expected is one such as 30m");
            assertThat(why("press-7", "t/a", "--since", "99999999d").err()).contains("too long");
            assertThat(why("press-7", "t/a", "--since", "0001-01-01").code()).isZero();

            Outcome events = run("clients", "events", "press-7");
            assertThat(events.out())
                    .contains("connected", "subscribed", "t/#", "subscribe refused", "publish denied", "sent");
            assertThat(run("clients", "events", "press-7", "--no-messages").out())
                    .contains("subscribed")
                    .doesNotContain("publish denied", "sent");
            JsonNode all = page(1, 1_000);
            int count = all.path("meta").path("count").asInt();
            assertThat(count).isGreaterThan(4).isEqualTo(all.path("data").size());
            JsonNode last = page(1, 2);
            assertThat(last.path("data")).hasSize(2);
            assertThat(said(last.path("data").path(1)))
                    .isEqualTo(said(all.path("data").path(count - 1)));
            assertThat(last.path("meta").path("hasnext").asBoolean()).isTrue();
            assertThat(said(page(2, 2).path("data").path(1)))
                    .isEqualTo(said(all.path("data").path(count - 3)));
            assertThat(page(1_000, 2).path("data")).isEmpty();
            assertThat(events.out().lines().skip(1))
                    .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z  .*"));
            assertThat(run("clients", "events", "nobody").out()).startsWith("Nothing is known of nobody");
        }
    }

    @Test
    void timesAreInUtcWithMilliseconds() {
        assertThat(WhyCommand.time("2026-11-22T18:40:52.8719Z")).isEqualTo("2026-11-22T18:40:52.871Z");
        assertThat(WhyCommand.time("2026-11-22T18:40:52Z")).isEqualTo("2026-11-22T18:40:52.000Z");
    }
}
