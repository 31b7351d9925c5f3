package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dunlin listeners} and {@code dunlin config show|dry-run} against a running broker. */
@Timeout(120)
class ListenersCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aListenerIsClosedAndOpenedAgain() throws Exception {
        try (CommandLineBroker broker =
                CommandLineBroker.start(folder, "listeners.second { bind = \"127.0.0.1:0\" }")) {
            try (RawClient client = new RawClient(broker.server().port("second"))) {
                client.connect("press");
                assertThat(broker.does("listeners", "list").lines())
                        .hasSize(3)
                        .element(1)
                        .asString()
                        .contains("second", "tcp", "open", "mqtt://127.0.0.1:");
                assertThat(broker.does("listeners", "stop", "second")).startsWith("OK: second is closed");
                assertThat(client.receive()).isInstanceOf(Disconnect.class);
            }
            assertThat(broker.does("listeners", "list")).contains("closed");
            assertThat(broker.does("listeners", "start", "second")).startsWith("OK: second is open at mqtt://");
            try (RawClient client = new RawClient(broker.server().port("second"))) {
                client.connect("press");
            }
            assertThat(broker.does("listeners", "restart", "second")).startsWith("OK: second is open");
            assertThat(broker.fails("listeners", "stop", "third"))
                    .contains("there is no listener third, but [second, tcp]");
            assertThat(broker.auditLog()).contains("\"event\":\"listener.stopped\"", "\"listener\":\"second\"");
        }
    }

    @Test
    void aReloadLeavesOneClosedThatWasStoppedByHand() throws Exception {
        try (CommandLineBroker broker =
                CommandLineBroker.start(folder, "listeners.second { bind = \"127.0.0.1:0\" }")) {
            broker.does("listeners", "stop", "second");
            ServerConfig config = broker.server().config();
            assertThat(broker.server().reload(config).failures()).isEmpty();
            assertThat(broker.server().listeners())
                    .extracting(OpenListeners.Entry::name)
                    .containsExactly("tcp");
            assertThat(broker.does("listeners", "list")).contains("second", "closed");
            broker.does("listeners", "start", "second");
            broker.server().reload(config);
            assertThat(broker.server().listeners())
                    .extracting(OpenListeners.Entry::name)
                    .containsExactly("second", "tcp");
        }
    }

    @Test
    void theConfigurationIsShownAndTriedOut() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder, "mqtt.max-keepalive = 60s")) {
            assertThat(broker.does("config", "show").lines())
                    .anyMatch(line -> line.matches("mqtt.max-keepalive +1m +.*dunlin.conf:3 +after a reload"))
                    .anyMatch(line -> line.matches("node.data-dir .* at the next start"))
                    .noneMatch(line -> line.contains(" default "));
            assertThat(broker.does("config", "show", "--all", "--like", "mqtt.max")
                            .lines())
                    .hasSizeGreaterThan(2)
                    .anyMatch(line -> line.contains(" default "));
            Path next = Files.writeString(
                    folder.resolve("next.conf"),
                    "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + folder.resolve("data")
                            + "\nmqtt.max-keepalive = 90s\nnode.name = other\n");
            assertThat(broker.does("config", "dry-run", next.toString()).lines())
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("mqtt.max-keepalive: 1m -> "))
                    .contains("node.name: dunlin -> other (at the next start)");
            Files.writeString(next, "mqtt.max-keepalife = 90s\nnode { password = \"hush");
            assertThat(broker.fails("config", "dry-run", next.toString()))
                    .contains("text, line 2: this is no HOCON")
                    .doesNotContain("hush");
            Files.writeString(next, "mqtt.max-keepalife = 90s\n");
            assertThat(broker.fails("config", "dry-run", next.toString())).contains("max-keepalife", "max-keepalive");
            assertThat(broker.server().config().mqtt().maxKeepalive()).hasSeconds(60);
        }
    }
}
