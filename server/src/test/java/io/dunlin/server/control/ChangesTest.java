package io.dunlin.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangesTest {
    private static final Actor ROOT = new Actor("root", "control socket");

    @TempDir
    private Path folder;

    private List<String> written(Consumer<AuditLog> doing) throws IOException {
        Path file = folder.resolve("audit.jsonl");
        try (AuditLog log = AuditLog.open(new AuditLog.Options(file, 1 << 20, 1), Clock.system())) {
            doing.accept(log);
        }
        return Files.readAllLines(file);
    }

    @Test
    void aChangeTellsWhoDidWhatFromWhatToWhat() throws IOException {
        AtomicReference<String> state = new AtomicReference<>("old");
        List<String> lines = written(log -> new Changes(log)
                .change(ROOT, "user.changed", Map.of("user", "al"), () -> Map.of("roles", state.get()), () -> {
                    state.set("new");
                    return 1;
                }));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .contains(
                        "\"event\":\"user.changed\"",
                        "\"who\":\"root\"",
                        "\"user\":\"al\"",
                        "\"before\":{\"roles\":\"old\"}",
                        "\"after\":{\"roles\":\"new\"}");
    }

    @Test
    void whatFailedIsToldToo() throws IOException {
        List<String> lines = written(log -> assertThatThrownBy(
                        () -> new Changes(log).change(ROOT, "user.added", Map.of("user", "al"), () -> {
                            throw new CommandFailed("there is a user al already");
                        }))
                .isInstanceOf(CommandFailed.class));
        assertThat(lines).singleElement().asString().contains("\"failed\":\"there is a user al already\"");
    }

    @Test
    void aFaultIsToldToo() throws IOException {
        List<String> lines = written(log -> assertThatThrownBy(
                        () -> new Changes(log).change(ROOT, "user.added", Map.of("user", "al"), () -> {
                            throw new IllegalStateException("marked-secret");
                        }))
                .isInstanceOf(IllegalStateException.class));
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("user.added", "\"failed\":", "IllegalStateException")
                .doesNotContain("marked-secret");
    }

    @Test
    void aReloadWithAFaultOfTheBrokersOwnIsAnOutcome() throws IOException {
        List<String> lines = written(log -> {
            Reloads reloads = new Reloads(log);
            reloads.use(() -> {
                throw new IllegalStateException("out of something");
            });
            assertThat(reloads.run(Actor.SIGNAL).done()).isFalse();
            assertThat(reloads.problems()).singleElement().asString().contains("see the log");
        });
        assertThat(lines).singleElement().asString().contains("\"done\":false", "IllegalStateException");
    }

    @Test
    void reloadsAreToldAndTheirProblemsRemembered() throws IOException {
        List<String> lines = written(log -> {
            Reloads reloads = new Reloads(log);
            assertThatThrownBy(() -> reloads.run(Actor.SIGNAL)).isInstanceOf(CommandFailed.class);
            reloads.use(() -> new Reloads.Outcome(false, List.of("x"), List.of(), List.of("dunlin.conf:3: broken")));
            assertThat(reloads.run(Actor.SIGNAL).done()).isFalse();
            assertThat(reloads.problems()).containsExactly("dunlin.conf:3: broken");
            reloads.use(() -> new Reloads.Outcome(true, List.of(), List.of("mqtt.x: 1 -> 2"), List.of()));
            reloads.run(ROOT);
            assertThat(reloads.problems()).isEmpty();
        });
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("\"through\":\"signal\"", "\"done\":false", "without a configuration");
        assertThat(lines.get(1)).contains("\"through\":\"signal\"", "\"done\":false", "dunlin.conf:3: broken");
        assertThat(lines.get(2)).contains("\"done\":true", "mqtt.x: 1 -> 2");
    }
}
