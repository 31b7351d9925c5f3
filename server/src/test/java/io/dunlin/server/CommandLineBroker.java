package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
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

/** A running broker, and the command line that is used on it. */
final class CommandLineBroker implements AutoCloseable {
    private final Path data;
    private final Server server;

    private CommandLineBroker(Path data, Server server) {
        this.data = data;
        this.server = server;
    }

    record Outcome(int code, String out, String err) {}

    /** @param folder with nothing in it */
    static CommandLineBroker start(Path folder, String... settings) throws Exception {
        Path data = folder.resolve("data");
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + data + "\n" + String.join("\n", settings));
        return new CommandLineBroker(
                data, Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()))));
    }

    Server server() {
        return server;
    }

    RawClient client() throws IOException {
        return new RawClient(server.port("tcp"));
    }

    Outcome run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--data");
        words.add(data.toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                words.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    String does(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return outcome.out();
    }

    String fails(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
        return outcome.err();
    }

    String auditLog() throws IOException {
        return Files.readString(data.resolve("audit.jsonl"));
    }

    void awaitAway(String clientId) {
        await().until(() -> server.broker()
                .views()
                .session(clientId)
                .filter(view -> !view.card().connected())
                .isPresent());
    }

    @Override
    public void close() {
        server.close();
    }
}
