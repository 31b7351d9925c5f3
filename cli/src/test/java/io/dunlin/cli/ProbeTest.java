package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.Shell.Result;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Subscribe;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** dunlin test against a broker that has less than it should; foreign/ runs it against real ones. */
@Timeout(60)
class ProbeTest {
    private final MiniBroker broker = MiniBroker.start();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    @Test
    void findsWhatWorksAndWhatDoesNot() {
        Path file = folder.resolve("findings.json");
        Result result = new Shell()
                .run("test", "127.0.0.1", "-p", broker.port(), "-V", "311", "-t", "0.5", "--json", file + "");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("MQTT 3.1.1 +ok")
                .containsPattern("QoS 1 +ok")
                .containsPattern("retained messages +ok")
                .containsPattern("session resumed +FAILED") // this broker keeps no sessions
                .contains("checks failed: ");
        assertThat(result.code()).isEqualTo(10);
        assertThat(file).content().startsWith("{\"address\":\"mqtt://127.0.0.1:" + broker.port());
        assertThat(broker.packets)
                .filteredOn(Publish.class::isInstance)
                .map(packet -> ((Publish) packet).topic().text())
                .allMatch(topic -> topic.startsWith("dunlin-test/"));
        assertThat(broker.packets)
                .filteredOn(Subscribe.class::isInstance)
                .allMatch(packet -> packet.toString().contains("dunlin-test/"));
    }

    @Test
    void nobodyThereIsSaid() throws IOException {
        String port = broker.port();
        broker.close();
        Result result = new Shell().run("test", "-p", port);

        assertThat(result.err()).contains("is the broker running there?");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void otherAddressesAreChecked() {
        Result result = new Shell().run("test", "-p", broker.port(), "--also", "http://x");

        assertThat(result.err()).contains("--also: ");
        assertThat(result.code()).isEqualTo(1);
    }
}
