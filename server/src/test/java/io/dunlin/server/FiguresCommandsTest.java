package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dunlin stats}, {@code history}, {@code alarms} and {@code audit log} against a running broker. */
@Timeout(120)
class FiguresCommandsTest {
    @TempDir
    private Path folder;

    @Test
    void figuresAreListedByName() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            client.connect("press");
            assertThat(broker.does("stats").lines())
                    .anyMatch(line -> line.matches("FIGURE +VALUE"))
                    .anyMatch(line -> line.matches("connections_count +1"))
                    .anyMatch(line -> line.matches("publishes_received +0"));
            assertThat(broker.does("stats", "--like", "Connections_").lines())
                    .isNotEmpty()
                    .allMatch(line -> line.contains("connections_") || line.startsWith("FIGURE"));
            assertThat(broker.does("stats", "--like", "connections_count", "--json"))
                    .isEqualToIgnoringWhitespace("{\"connections_count\": 1}");
            assertThat(broker.does("stats", "--like", "nonsense")).contains("No figure has nonsense");
        }
    }

    @Test
    void theHistoryIsThatOfTheConsole() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder, "console.bind = \"127.0.0.1:0\"");
                RawClient client = broker.client()) {
            client.connect("press");
            assertThat(broker.fails("history")).contains("no console is open");
            broker.server().openConsole(false);
            await().untilAsserted(() -> assertThat(broker.does("history").lines())
                    .hasSizeGreaterThan(1)
                    .anyMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ +1 .*")));
            List<String> lines = broker.does("history", "connections_count", "--since", "10m", "--csv")
                    .lines()
                    .toList();
            assertThat(lines).element(0).isEqualTo("time,connections_count");
            assertThat(lines).element(1).asString().matches("\\d{4}-.*Z,1");
            assertThat(broker.does("history", "connections_count", "--since", "36500d", "--step", "3600"))
                    .isNotEmpty();
            assertThat(broker.fails("history", "--since", "99999999999999d")).contains("too long");
            for (String form : List.of("--json", "--csv", "--since=1h")) {
                assertThat(broker.fails("history", "connections_count", "nonsense", form))
                        .isEqualToIgnoringNewLines("dunlin: nonsense is no figure: dunlin stats says which there are");
            }
            assertThat(broker.does("history", "connections_count", "--json").replaceAll("\\s", ""))
                    .matches("\\{\"step\":60,\"data\":\\{\"connections_count\":\\[(\\[\\d{13},\\d+],?)+]}}");
            assertThat(broker.fails("history", "--since", "yesterday")).contains("yesterday is no time");
        }
    }

    @Test
    void numbersAreShownAsPeopleReadThem() {
        assertThat(HistoryCommand.number(12_345_678)).isEqualTo("12345678");
        assertThat(HistoryCommand.number(1234.5678)).isEqualTo("1235");
        assertThat(HistoryCommand.number(123_456.7)).isEqualTo("123457");
        assertThat(HistoryCommand.exact(123_456.7)).isEqualTo("123456.7");
        assertThat(HistoryCommand.exact(1200)).isEqualTo("1200");
        assertThat(HistoryCommand.number(0.000123456)).isEqualTo("0.0001235");
        assertThat(HistoryCommand.number(-2.5)).isEqualTo("-2.5");
    }

    @Test
    void alarmsAreToldByTheExitCodeToo() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            assertThat(broker.does("alarms")).contains("No alarm is raised, and none was since the start.");
            assertThat(broker.does("alarms", "--active", "--json")).isEqualToIgnoringWhitespace("[]");
        }
        Path certificates = folder.resolve("certs");
        certs("init", "--dir", certificates.toString());
        certs("server", "short", "--days", "5", "--dir", certificates.toString());
        try (CommandLineBroker broker = CommandLineBroker.start(
                folder,
                "listeners.tls { type = tls, bind = \"127.0.0.1:0\"",
                "tls { certfile = " + certificates.resolve("short.pem"),
                "keyfile = " + certificates.resolve("short.key") + " } }")) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(broker.run("alarms").code()).isEqualTo(2));
            assertThat(broker.run("alarms", "--active").out().lines())
                    .hasSize(2)
                    .element(1)
                    .asString()
                    .matches("certificate\\S* +\\S+ +\\S+Z +- +.*tls.*");
        }
    }

    private static void certs(String... words) {
        List<String> all = new ArrayList<>(List.of("certs"));
        all.addAll(List.of(words));
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(Main.run(all.toArray(String[]::new), out, System.err)).isZero();
    }

    @Test
    void theAuditLogIsRead() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            broker.does("ban", "add", "--client", "press", "--reason", "too loud");
            broker.does("ban", "remove", "--client", "press");
            List<String> newest =
                    broker.does("audit", "log", "--event", "ban.").lines().toList();
            assertThat(newest).hasSize(3);
            assertThat(newest.get(0)).matches("TIME +EVENT +WHO +WHAT");
            assertThat(newest.get(1)).contains("ban.removed", "press");
            assertThat(newest.get(2)).contains("ban.added", "too loud");
            assertThat(broker.does("audit", "log", "--event", "ban.", "--sort", "time", "--csv")
                            .lines())
                    .hasSize(3)
                    .startsWith("time,event,who,through,client,fields")
                    .element(1)
                    .asString()
                    .matches(
                            "[^,]+Z,ban.added,[^,]+,control socket,,\"\\{.*\"\"press\"\",\"\"reason\"\":\"\"too loud\"\".*}\"");
            assertThat(broker.does("audit", "log", "--event", "nothing", "--csv"))
                    .isEqualToIgnoringNewLines("time,event,who,through,client,fields");
            assertThat(broker.does("audit", "log", "--event", "ban.", "--since", "1h", "--who", "nobody"))
                    .contains("The audit log has nothing of that.");
            assertThat(broker.does("audit", "log", "--event", "ban.", "--until", "1h"))
                    .contains("The audit log has nothing of that.");
            assertThat(broker.fails("audit", "log", "--since", "lately")).contains("lately is no time");
            assertThat(broker.fails("audit", "log", "--sort", "event")).contains("cannot be sorted by event");
        }
    }
}
