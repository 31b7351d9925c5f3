package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.control.Reloads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** The commands that administer a running broker, through its control socket, and what its audit log says of them. */
@Timeout(120)
class OperationTest {
    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    private Path data() {
        return folder.resolve("data");
    }

    private Outcome run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--data");
        words.add(data().toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                words.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private String does(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return outcome.out();
    }

    private String fails(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
        return outcome.err();
    }

    private Server start(String text) throws Exception {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + data() + "\n" + text);
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private String auditLog() throws IOException {
        return Files.readString(data().resolve("audit.jsonl"));
    }

    @Test
    void clientsAreListedExplainedKickedAndBanned() throws Exception {
        String rights = "authorization.rules = [ { effect = allow, action = publish, topics = [\"t/#\"] } ]\n";
        try (Server server = start(rights)) {
            try (RawClient client = new RawClient(server.port("tcp"))) {
                client.connect("press-7");
                assertThat(does("clients", "list")).contains("press-7", "127.0.0.1", "tcp", "5.0", "anonymous");
                assertThat(does("clients", "list", "--json")).contains("\"clientid\" : \"press-7\"");
                assertThat(does("clients", "explain", "press-7", "publish", "t/a"))
                        .contains("allowed");
                assertThat(does("clients", "explain", "press-7", "publish", "u"))
                        .contains("DENIED");
                assertThat(fails("clients", "explain", "other", "publish", "u"))
                        .contains("no client other is connected");
                assertThat(does("clients", "kick", "press-7")).isEqualTo("OK: press-7 was disconnected\n");
                assertThat(client.receive())
                        .isInstanceOfSatisfying(
                                Disconnect.class,
                                end -> assertThat(end.reason()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION));
            }
            assertThat(fails("clients", "kick", "press-7"))
                    .isEqualTo("dunlin: no client press-7 is connected" + System.lineSeparator());
            assertThat(does("ban", "add", "--client", "press-7", "--for", "2h", "--reason", "too loud"))
                    .contains("OK: client press-7 is banned until");
            try (RawClient client = new RawClient(server.port("tcp"))) {
                assertThat(client.connect("press-7").reason()).isEqualTo(ReasonCode.BANNED);
            }
            assertThat(does("ban", "list")).contains("press-7", "too loud");
            assertThat(fails("ban", "add", "--address", "nowhere")).startsWith("dunlin: ");
            assertThat(fails("ban", "add", "--user", "bob", "--for", "soon")).contains("expected is one such as 30m");
            assertThat(does("ban", "remove", "--client", "press-7")).contains("no longer banned");
            assertThat(fails("ban", "remove", "--client", "press-7")).contains("no client press-7 is banned");
            assertThat(does("ban", "list")).isEqualTo("Nobody is banned." + System.lineSeparator());
            assertThat(does("security")).contains("logins/anonymous/accepted");
        }
        assertThat(auditLog().lines())
                .anyMatch(line -> line.contains("\"event\":\"client.kicked\"")
                        && line.contains("\"who\":\"" + System.getProperty("user.name") + "\"")
                        && line.contains("\"client\":\"press-7\""))
                .anyMatch(line -> line.contains("\"event\":\"client.kicked\"") && line.contains("\"failed\":"))
                .anyMatch(line -> line.contains("\"event\":\"ban.added\"") && line.contains("too loud"))
                .anyMatch(line -> line.contains("\"event\":\"ban.removed\""))
                .anyMatch(line -> line.contains("\"event\":\"login.refused\"") && line.contains("banned"))
                .anyMatch(line -> line.contains("\"event\":\"broker.stopped\""));
    }

    @Test
    void aDeniedPublishIsTold() throws Exception {
        try (Server server =
                        start("authorization.rules = [ { effect = allow, action = all, topics = [\"mine/#\"] } ]\n");
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("eve");
            client.subscribe("secret/#");
        }
        assertThat(auditLog().lines())
                .anyMatch(line -> line.contains("\"event\":\"denied\"")
                        && line.contains("\"client\":\"eve\"")
                        && line.contains("\"action\":\"subscribe\"")
                        && line.contains("secret/#"));
    }

    @Test
    void reloadsSayWhatChangedAndFailedOnesEndWithOne() throws Exception {
        try (Server server = start("")) {
            assertThat(fails("reload")).contains("started without a configuration");
            server.reloads()
                    .use(() -> new Reloads.Outcome(true, List.of("reload: a: 1 -> 2"), List.of("a"), List.of()));
            assertThat(does("reload")).isEqualTo("reload: a: 1 -> 2" + System.lineSeparator());
            server.reloads()
                    .use(() ->
                            new Reloads.Outcome(false, List.of("x.conf:3: bad"), List.of(), List.of("x.conf:3: bad")));
            Outcome failed = run("reload");
            assertThat(failed.code()).isEqualTo(1);
            assertThat(failed.out()).contains("x.conf:3: bad");
            assertThat(does("status")).contains("version", "lastReloadProblems", "x.conf:3: bad");
            Outcome audit = run("audit");
            assertThat(audit.out()).contains("reload-failed", "the broker of ");
            assertThat(audit.code()).isEqualTo(2);
        }
    }

    @Test
    void theRunningBrokerIsAssessedWithWhatItRunsWith() throws Exception {
        try (Server server = start("audit.important-topics = [\"alarms/#\"]\n");
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("press-7");
            client.subscribe("alarms/#");
            String report = run("audit", "--json").out();
            assertThat(report).contains("\"qos0-important\"", "press-7 subscribes to alarms/# with QoS 0");
            assertThat(run("audit", "-c", folder.resolve("dunlin.conf").toString())
                            .out())
                    .contains("qos0-important")
                    .doesNotContain("config-not-loaded");
            assertThat(run("audit", "--set", "mqtt.receive-maximum=7").out()).contains("config-not-loaded");
        }
    }

    @Test
    void whereNoBrokerRunsASentenceSaysSo() {
        for (String command : List.of("status", "reload", "security")) {
            assertThat(fails(command)).startsWith("dunlin: no broker runs with the control socket " + data());
        }
        assertThat(fails("audit")).contains("no broker runs");
    }

    @Test
    void withoutADataFolderThereIsNoSocketAndNoAuditLog() throws Exception {
        try (Server server = start("store.enabled = false\n")) {
            assertThat(server.port("tcp")).isPositive();
            assertThat(data().resolve("control.sock")).doesNotExist();
            assertThat(data().resolve("audit.jsonl")).doesNotExist();
        }
    }
}
