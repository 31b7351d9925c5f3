package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Traces through the control socket, and {@code dunlin trace}. */
@Timeout(120)
class TraceCommandTest {
    @TempDir
    private Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    private Server start() throws Exception {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + data() + "\n");
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private static Publish publish(String topic, int id, String payload) {
        QoS qos = id == 0 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE;
        return new Publish(
                false, qos, false, TopicName.of(topic), id, Properties.NONE, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static List<JsonNode> rows(JsonNode log) {
        List<JsonNode> rows = new ArrayList<>();
        log.path("data").forEach(rows::add);
        return rows;
    }

    private static List<String> texts(JsonNode log) {
        return rows(log).stream()
                .map(row -> row.path("packet").asString() + " "
                        + row.path("summary").asString())
                .toList();
    }

    /** Waits until the trace has a packet that begins like this. */
    private static JsonNode until(ControlClient control, String name, String begin) {
        while (true) { // the test's time is bounded
            JsonNode log = control.call("trace.log", Map.of("name", name));
            if (texts(log).stream().anyMatch(text -> text.startsWith(begin))) {
                return log;
            }
            control.call(
                    "trace.log", Map.of("name", name, "after", log.path("last").asLong(), "wait_ms", 500));
        }
    }

    @Test
    void aClientIsTracedFromItsConnectOnWithoutItsPassword() throws Exception {
        try (Server server = start();
                ControlClient control =
                        ControlClient.connect(SocketPath.of(data())).orElseThrow();
                RawClient other = new RawClient(server.port("tcp"));
                RawClient client = new RawClient(server.port("tcp"))) {
            control.call("trace.start", Map.of("name", "t", "clientid", "press-7", "for", "50s"));
            other.connect("other");
            client.connect("press-7", "ann", "open sesame");
            client.subscribe("a/#");
            client.send(publish("a/b", 5, "21.5"));
            client.receive();
            client.receive();
            client.send(new Subscribe(0, Properties.NONE, List.of(new SubscriptionRequest("x", QoS.AT_MOST_ONCE))));
            JsonNode log = until(control, "t", "CLOSED");
            List<String> texts = texts(log);
            assertThat(texts.get(0))
                    .isEqualTo("CONNECT MQTT 5 client=press-7 user=ann password=*** clean keepalive=60");
            assertThat(texts.get(1)).startsWith("CONNACK 0x00 Success");
            assertThat(texts).contains("PUBLISH a/b q1 id=5, 4 bytes: 21.5", "PUBACK id=5");
            assertThat(texts)
                    .anyMatch(text -> text.startsWith("ERROR 9 bytes, ")
                            && text.endsWith(": a packet identifier is never 0 [MQTT-2.2.1-3]"));
            assertThat(log.toString())
                    .doesNotContain("open sesame", hex("open sesame"), "\"other\"")
                    .contains(hex("***"), "\"clause\":\"MQTT-2.2.1-3\"");
            JsonNode first = rows(log).getFirst();
            assertThat(first.path("direction").asString()).isEqualTo("in");
            assertThat(first.path("fields").path("username").asString()).isEqualTo("ann");
            assertThat(first.path("fields").path("password").asString()).isEqualTo("***");

            byte[] bytes = download(Map.of("name", "t", "format", "pcapng"));
            assertThat(bytes).startsWith(0x0A, 0x0D, 0x0D, 0x0A);
            assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                    .contains("press-7", "21.5", "[MQTT-2.2.1-3]")
                    .doesNotContain("open sesame");
            assertThat(rows(control.call("trace.list", Map.of())))
                    .singleElement()
                    .matches(row -> row.path("status").asString().equals("running"));
            Path file = folder.resolve("t.pcapng");
            assertThat(command("trace", "show", "t", "-o", file.toString()))
                    .containsPattern("\\d{4}-\\d\\d-\\d\\dT\\S+Z press-7 -> PUBLISH a/b q1 id=5");
            assertThat(Files.readAllBytes(file)).startsWith(0x0A, 0x0D, 0x0D, 0x0A);
            assertThat(command("trace", "list")).containsPattern("t +running +client press-7 ");
            assertThat(control.call("trace.stop", Map.of("name", "t"))
                            .path("reason")
                            .asString())
                    .isEqualTo("it was stopped");
            assertThat(texts(control.call("trace.log", Map.of("name", "t", "packet", "PUBLISH", "sort", "-number"))))
                    .first()
                    .isEqualTo("PUBLISH a/b q0, 4 bytes: 21.5");
            assertThat(command("trace", "delete", "t")).contains("OK");
            assertThat(rows(control.call("trace.list", Map.of()))).isEmpty();
        }
        assertThat(Files.readString(data().resolve("audit.jsonl"))).contains("\"event\":\"trace.started\"");
    }

    private byte[] download(Map<String, ?> arguments) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ControlClient control =
                ControlClient.connect(SocketPath.of(data())).orElseThrow()) {
            control.download("trace.download", arguments, out);
        }
        return out.toByteArray();
    }

    private String command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", data().toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Main.run(all.toArray(String[]::new), to, to)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatMakesNoSenseIsRefusedWithASentence() throws Exception {
        try (Server server = start();
                ControlClient control =
                        ControlClient.connect(SocketPath.of(data())).orElseThrow()) {
            Map<String, Object> name = Map.of("name", "t");
            control.call("trace.start", name);
            for (Map<String, ?> wrong : List.of(
                    name,
                    Map.of("name", "a/b"),
                    Map.of("for", "2h"),
                    Map.of("max_size", "1GiB"),
                    Map.of("ip_address", "example.org"),
                    Map.of("ip_address", "1.2.3"),
                    Map.of("topic", "a/#/b"),
                    Map.of("type", "color", "value", "red"))) {
                assertThatThrownBy(() -> control.call("trace.start", wrong))
                        .isInstanceOf(CommandFailed.class)
                        .hasMessageMatching("[a-z0-9/#].{20,}");
            }
            assertThatThrownBy(() -> download(Map.of("name", "t", "format", "gif")))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("json or as pcapng");
            assertThatThrownBy(() -> download(Map.of("name", "other")))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("there is no trace other")
                    .hasMessageEndingWith("; dunlin trace list says which there are");
            assertThatThrownBy(() -> control.call("trace.show", Map.of("name", "other")))
                    .hasMessageContaining("there is no trace other");
            assertThat(control.call("trace.show", name).path("what").asString()).isEqualTo("everything");
            assertThat(control.call("trace.start", Map.of("ip_address", "::1"))
                            .path("ip_address")
                            .asString())
                    .isEqualTo("0:0:0:0:0:0:0:1");
            assertThat(server.listeners()).hasSize(1);
        }
    }

    @Test
    void aTopicIsTracedOverAllClientsWithItsAcknowledgements() throws Exception {
        try (Server server = start();
                ControlClient control =
                        ControlClient.connect(SocketPath.of(data())).orElseThrow();
                RawClient reader = new RawClient(server.port("tcp"));
                RawClient sender = new RawClient(server.port("tcp"))) {
            reader.connect("reader");
            sender.connect("sender");
            control.call("trace.start", Map.of("name", "t", "type", "topic", "value", "a/+"));
            reader.subscribe("a/#");
            reader.subscribe("b");
            sender.send(publish("b", 1, "no"));
            sender.receive();
            sender.send(publish("a/1", 2, "yes"));
            sender.receive();
            assertThat(reader.receive()).isInstanceOf(Publish.class);
            assertThat(reader.receive()).isInstanceOf(Publish.class);
            JsonNode log = until(control, "t", "PUBACK");
            assertThat(texts(log)).noneMatch(text -> text.contains(" b "));
            assertThat(texts(log))
                    .contains("PUBLISH a/1 q1 id=2, 3 bytes: yes", "PUBACK id=2", "SUBSCRIBE id=1 a/# q0");
            assertThat(texts(log)).noneMatch(text -> text.startsWith("PUBACK id=1"));
        }
    }

    @Test
    void aTraceEndsWhenItHasNoMoreRoomOrTime() throws Exception {
        try (Server server = start();
                ControlClient control =
                        ControlClient.connect(SocketPath.of(data())).orElseThrow();
                RawClient client = new RawClient(server.port("tcp"))) {
            control.call("trace.start", Map.of("name", "small", "max_size", "2KiB"));
            control.call("trace.start", Map.of("name", "short", "for", "1s"));
            client.connect("c");
            for (int i = 1; i < 10; i++) {
                client.send(publish("t", i, "x".repeat(100)));
                client.receive();
            }
            for (String name : List.of("small", "short")) {
                JsonNode log = control.call("trace.log", Map.of("name", name));
                while (log.path("running").asBoolean()) {
                    log = control.call(
                            "trace.log",
                            Map.of("name", name, "after", log.path("last").asLong(), "wait_ms", 500));
                }
                assertThat(log.path("reason").asString())
                        .contains(name.equals("small") ? "no room for more" : "its time is over");
            }
        }
    }

    @Test
    void theCommandPrintsThePacketsAndWritesTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("trace.json"), "an older one that everybody may read");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        try (Server server = start();
                ControlClient control =
                        ControlClient.connect(SocketPath.of(data())).orElseThrow()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Thread command = Thread.ofVirtual()
                    .start(() -> Main.run(
                            new String[] {
                                "trace",
                                "--user",
                                "ann",
                                "-n",
                                "2",
                                "-o",
                                file.toString(),
                                "--hex",
                                "--data",
                                data().toString()
                            },
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8)));
            while (rows(control.call("trace.list", Map.of())).isEmpty()) {
                Thread.onSpinWait();
            }
            try (RawClient client = new RawClient(server.port("tcp"))) {
                assertThat(client.connect("c", "ann", "x").reason()).isEqualTo(ReasonCode.SUCCESS);
                command.join();
            }
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains(" c -> CONNECT MQTT 5 client=c user=ann password=***", " c <- CONNACK", "    10 ");
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("tracing user ann for 60s", "wrote " + file);
            assertThat(JsonMapper.shared().readTree(file.toFile())).hasSizeGreaterThanOrEqualTo(2);
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
