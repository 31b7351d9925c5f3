package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            assertThat(broker.does("listeners", "list", "--sort=running").lines())
                    .element(1)
                    .asString()
                    .startsWith("second");
            assertThat(broker.does("listeners", "list", "--sort=-running").lines())
                    .element(1)
                    .asString()
                    .startsWith("tcp");
            assertThat(broker.fails("listeners", "list", "--sort", "colour"))
                    .contains("cannot be sorted by colour, but by current_connections, id, running, type");
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
            Path part = Files.writeString(folder.resolve("part.conf"), "node.name = included");
            Files.writeString(next, "include file(\"" + part + "\")");
            assertThat(broker.does("config", "dry-run", next.toString()))
                    .contains("node.name: dunlin -> included (at the next start)");
            Files.writeString(next, "mqtt.max-keepalife = 90s\nnode { password = \"hush");
            assertThat(broker.fails("config", "dry-run", next.toString()))
                    .contains(next + ", line 2: this is no HOCON")
                    .doesNotContain("hush");
            Files.writeString(next, "mqtt.max-keepalife = 90s\n");
            assertThat(broker.fails("config", "dry-run", next.toString())).contains("max-keepalife", "max-keepalive");
            assertThat(broker.server().config().mqtt().maxKeepalive()).hasSeconds(60);
        }
    }

    @Test
    void aDryRunReadsTheFilesAsAReloadWouldAndKeepsNothing() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            Path acl = Files.writeString(folder.resolve("acl"), "topic read a\ntopik write b\n");
            Path next = next("authorization.acl-file = \"" + acl + "\"");
            assertThat(broker.fails("config", "dry-run", next.toString()))
                    .contains("acl:2: ")
                    .contains(refusal(broker, next));
            Files.writeString(acl, "topic read a\n");
            assertThat(broker.does("config", "dry-run", next.toString()).lines())
                    .singleElement()
                    .asString()
                    .startsWith("authorization.acl-file: (unset) -> ");
            assertThat(broker.server().config().authorization().aclFile()).isEmpty();

            Path users = Files.writeString(folder.resolve("users"), "# all of them\nme\n");
            next = next("authentication.password-file = \"" + users + "\"");
            assertThat(broker.fails("config", "dry-run", next.toString()))
                    .contains(users.toString(), "user:hash")
                    .contains(refusal(broker, next));
            assertThat(broker.server().config().authentication().passwordFile()).isEmpty();
        }
    }

    @Test
    void aDryRunReadsCertificatesAsAReloadWould() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder)) {
            Path broken = Files.writeString(folder.resolve("broken.pem"), "half a certificate");
            String files = "tls { certfile = \"" + broken + "\", keyfile = \"" + broken + "\" }";
            Path next = next("listeners.secure { type = tls, bind = \"127.0.0.1:0\", " + files + " }");
            CommandLineBroker.Outcome tried = broker.run("config", "dry-run", next.toString());
            assertThat(tried.code()).isEqualTo(1);
            assertThat(tried.err()).contains("broken.pem");
            List<String> failures = broker.server().reload(load(next)).failures();
            assertThat(failures).hasSize(1);
            assertThat(tried.err()).contains(failures);

            next = next("console { bind = \"127.0.0.1:0\", " + files + " }");
            assertThat(broker.run("config", "dry-run", next.toString()).err())
                    .contains("console.tls.certfile = " + broken);
        }
    }

    private Path next(String settings) throws IOException {
        return Files.writeString(
                folder.resolve("next.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + folder.resolve("data") + "\n" + settings
                        + "\n");
    }

    private static Bound<ServerConfig> load(Path file) throws InvalidConfig {
        return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()));
    }

    /** Why a reload would not take a file. */
    private static String refusal(CommandLineBroker broker, Path file) throws InvalidConfig {
        Bound<ServerConfig> read = load(file);
        try {
            return "taken: " + broker.server().reload(read);
        } catch (StartFailed e) {
            return String.valueOf(e.getMessage());
        }
    }
}
