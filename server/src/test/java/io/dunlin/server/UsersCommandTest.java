package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
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
import org.junit.jupiter.api.io.TempDir;

/** Users, groups and roles of a running broker, from the command line to the client that is thrown out. */
class UsersCommandTest {
    @TempDir
    Path folder;

    @Test
    void aUserComesAndGoesWhileTheBrokerRuns() throws IOException, InvalidConfig {
        Path data = folder.resolve("data");
        Path secret = Files.writeString(folder.resolve("secret"), "pässwörd\n");
        List<ConfigSources.Given> settings = new ArrayList<>();
        for (String setting : List.of(
                "node.data-dir=" + data,
                "listeners.tcp.bind=127.0.0.1:0",
                "shards=1",
                "authentication.built-in=true",
                "authentication.hashing.memory=7MiB",
                "authentication.hashing.passes=1")) {
            settings.add(new ConfigSources.Given(
                    setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1), setting));
        }
        try (Server server = Server.start(ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), settings)))) {
            int port = server.port("tcp");
            try (RawClient nobody = new RawClient(port)) {
                assertThat(nobody.connect("a", "alice", "pässwörd").reason())
                        .isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            }
            does("OK: role r is created", "roles", "create", "r", "allow all #");
            does("OK: role r has the rule", "roles", "add", "r", "deny all secret/#", "--at", "1");
            does("OK: group g is created", "groups", "create", "g", "--role", "r");
            does("OK: user alice is created", "users", "create", "alice", "-g", "g", "--password-file", "" + secret);
            does("alice  enabled", "users", "list");
            does("deny all secret/#", "roles", "list");
            does("g      r", "groups", "list");
            try (RawClient alice = new RawClient(port)) {
                assertThat(alice.connect("a", "alice", "pässwörd").reason()).isEqualTo(ReasonCode.SUCCESS);
                does("OK: user alice is disabled", "users", "disable", "alice");
                assertThat(alice.receive())
                        .isInstanceOfSatisfying(
                                Disconnect.class,
                                end -> assertThat(end.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
            }
            does("OK: user alice is enabled", "users", "enable", "alice");
            try (RawClient alice = new RawClient(port)) {
                assertThat(alice.connect("a", "alice", "pässwörd").reason()).isEqualTo(ReasonCode.SUCCESS);
                Files.writeString(secret, "other");
                does("OK: user alice has a new password", "users", "password", "alice", "--password-file", "" + secret);
                assertThat(alice.receive()).isInstanceOf(Disconnect.class);
            }
            refuses("role r is given to group g: take it away first", "roles", "delete", "r");
            refuses("there is no user bob", "users", "delete", "bob");
            refuses("there is no role x: create it first", "users", "grant", "alice", "x");
            refuses("role r", "roles", "add", "r", "allow nonsense");
            does("OK: user alice is no longer in group g", "users", "leave", "alice", "g");
            does("OK: user alice is deleted", "users", "delete", "alice");
            does("There are no users.", "users", "list");
        }
        assertThat(Files.readString(data.resolve("security/users.json"))).doesNotContain("alice");
    }

    private void does(String says, String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains(says).doesNotContain("argon2id$");
        assertThat(outcome.code()).isZero();
    }

    private void refuses(String sentence, String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).startsWith("dunlin: ").contains(sentence);
        assertThat(outcome.code()).isEqualTo(1);
    }

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
