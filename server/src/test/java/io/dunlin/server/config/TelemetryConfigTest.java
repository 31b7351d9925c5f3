package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The export to a collector as the configuration describes it. */
class TelemetryConfigTest {
    @TempDir
    private Path folder = Path.of("");

    private ServerConfig load(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("dunlin.conf"), text);
        return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()))
                .value();
    }

    private void assertWrong(String text, String message) {
        assertThatThrownBy(() -> load(text))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void isOffUnlessAnEndpointIsGiven() throws Exception {
        assertThat(load("").telemetry().endpoint()).isEmpty();
        TelemetryConfig telemetry = load("""
                telemetry { endpoint = "https://otel.plant.example/otlp", headers.Authorization = "Bearer s3cret" }
                """).telemetry();
        assertThat(telemetry.endpoint()).contains("https://otel.plant.example/otlp");
        assertThat(telemetry.interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(telemetry.traces()).isTrue();
        assertThat(telemetry.headers().get("Authorization"))
                .isNotNull()
                .satisfies(header -> assertThat(header.value()).isEqualTo("Bearer s3cret"));
        assertThat(telemetry.toString()).doesNotContain("s3cret");
    }

    @Test
    void saysWhereAMistakeIs() throws Exception {
        assertWrong("\ntelemetry.endpoint = \"127.0.0.1:4318\"", "dunlin.conf:2: telemetry.endpoint is no address");
        assertWrong("telemetry.endpoint = \"ftp://h\"", "is no address of a collector");
        assertWrong("telemetry.endpoint = \"http://h/v1/traces\"", "leave /v1/metrics or /v1/traces out");
        assertWrong("telemetry.endpoint = \"http://u:s3cret@h\"", "telemetry.headers.Authorization");
        assertWrong("telemetry.headers.Host = x", "telemetry.headers.Host is no header that can be set");
        assertWrong("telemetry.headers.\"a b\" = x", "is no header that can be set");
        assertWrong("telemetry.headers.x = \"s3cret\\n\"", "telemetry.headers.x has a character");
        assertWrong("telemetry.interval = 10ms", "telemetry.interval = \"10ms\" is out of bounds");
        assertWrong("telemetry.cafile = no.pem", "telemetry.cafile = ");
        Files.writeString(folder.resolve("ca.pem"), "nothing");
        assertWrong("telemetry.cafile = ca.pem", "ca.pem");
        assertWrong("telemetry.trace = true", "did you mean telemetry.traces");
    }
}
