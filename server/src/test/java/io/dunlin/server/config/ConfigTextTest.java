package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.server.config.ConfigSources.Given;
import io.dunlin.server.config.ConfigText.Change;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
    private static final String[] RICH = {
        "node.name=\"a \\\"quoted\\\" name\"",
        "node.data-dir=/var/lib/dunlin",
        "listeners.\"a b\".bind=127.0.0.1:1883",
        "listeners.web.bind=localhost:1",
        "authentication.users.\"al.b\".password=pass word # not a comment",
        "mqtt.max-keepalive=90s",
        "sys.interval=1500ms",
        "mqtt.server-reference=null",
        "mqtt.response-information=//x",
        "shards=2"
    };

    private static Bound<ServerConfig> load(String... sets) throws InvalidConfig {
        List<Given> overrides = Arrays.stream(sets)
                .map(set -> set.split("=", 2))
                .map(set -> new Given(set[0], set[1], "--set"))
                .toList();
        return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), overrides));
    }

    @Test
    void whatIsPrintedGivesTheSameConfigurationAgain(@TempDir Path folder) throws InvalidConfig, IOException {
        Bound<ServerConfig> bound = load(RICH);
        for (boolean effective : new boolean[] {true, false}) {
            Path file = Files.write(folder.resolve("printed.conf"), ConfigText.print(bound, effective, false));
            Bound<ServerConfig> again = ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()));
            assertThat(again.value()).isEqualTo(bound.value());
        }
    }

    @Test
    void secretsAreNotPrinted() throws InvalidConfig {
        Bound<ServerConfig> bound = load("authentication.users.al.password=hunter2");
        assertThat(ConfigText.join(ConfigText.print(bound, true, true)))
                .contains("authentication.users.al.password = \"******\"")
                .doesNotContain("hunter2");
        assertThat(bound.toString()).doesNotContain("hunter2");
        assertThat(ConfigText.join(ConfigText.print(bound, true, false))).contains("hunter2");
    }

    @Test
    void onlyWhatWasGivenIsPrintedUnlessAllIsAskedFor() throws InvalidConfig {
        Bound<ServerConfig> bound = load("mqtt.receive-maximum=7");
        assertThat(ConfigText.print(bound, false, true))
                .containsExactly("mqtt.receive-maximum = 7" + " ".repeat(32) + "  # --set");
        assertThat(ConfigText.print(bound, true, true))
                .hasSizeGreaterThan(44)
                .anyMatch(line -> line.matches("mqtt.max-packet-size = 16MiB +# default"));
    }

    @Test
    void changesNameOldAndNewAndWhatNeedsARestart() throws InvalidConfig {
        ServerConfig before = load("mqtt.receive-maximum=7", "shards=1", "authentication.users.al.password=a")
                .value();
        ServerConfig after = load("mqtt.receive-maximum=8", "authentication.users.al.password=b")
                .value();
        assertThat(ConfigText.changes(before, after))
                .containsExactly(
                        new Change("authentication.users.al.password", "\"******\"", "\"******\"", false),
                        new Change("mqtt.receive-maximum", "7", "8", false),
                        new Change("shards", "1", "", true));
        assertThat(ConfigText.changes(before, before)).isEmpty();
        assertThat(new Change("shards", "1", "", true)).hasToString("shards: 1 -> (unset)");
    }

    @Test
    void aReloadKeepsWhatOnlyAStartCanChange(@TempDir Path folder) throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=gull")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path pem = Files.writeString(folder.resolve("some.pem"), authority.getCertificatePEM());
        ServerConfig running = load(
                        "node.name=gull",
                        "node.data-dir=/a",
                        "shards=1",
                        "store.enabled=false",
                        "store.checkpoint-interval=7s",
                        "store.checkpoint-size=7MiB",
                        "store.max-size=7GiB",
                        "store.max-unwritten=7MiB",
                        "store.segment-size=7MiB",
                        "store.sync-interval=7s",
                        "transport=nio",
                        "audit-log.enabled=false",
                        "audit-log.file=/a/log",
                        "audit-log.keep=7",
                        "audit-log.max-size=7MiB",
                        "console.allow-plain=true",
                        "console.bind=\"127.0.0.1:1\"",
                        "console.enabled=false",
                        "console.hosts=[gull]",
                        "console.metrics-without-login=true",
                        "console.session-hours=7",
                        "console.tls.certfile=" + pem,
                        "console.tls.keyfile=" + pem,
                        "metrics.compat=[emqx]",
                        "telemetry.cafile=" + pem,
                        "telemetry.endpoint=\"https://collector.example:4318\"",
                        "telemetry.headers.Authorization=secret",
                        "telemetry.interval=7s",
                        "telemetry.metrics=false",
                        "telemetry.service-name=gull",
                        "telemetry.traces=false",
                        "control.enabled=false",
                        "control.socket=/a/socket")
                .value();
        ServerConfig next = load("node.name=tern", "mqtt.receive-maximum=7").value();
        assertThat(ConfigText.changes(running, next).stream().filter(Change::restart))
                .extracting(Change::path)
                .containsExactlyElementsOf(Tree.entries(Shape.of(ServerConfig.class)).stream()
                        .filter(entry -> entry.setting().restart())
                        .map(Tree.Entry::path)
                        .map(path ->
                                path.equals("telemetry.headers") ? path + ".Authorization" : path) // each by itself
                        .sorted()
                        .toList());
        assertThat(ConfigText.changes(running, next.keepingStarted(running)))
                .extracting(Change::path)
                .containsExactly("mqtt.receive-maximum");
    }
}
