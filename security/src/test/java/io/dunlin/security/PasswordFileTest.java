package io.dunlin.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
    @TempDir
    Path folder;

    private Path path = Path.of("unset");

    @BeforeEach
    void choosePath() {
        path = folder.resolve("passwd");
    }

    @Test
    void readsUsersAndLeavesOutComments() throws IOException {
        Files.writeString(path, "# users\n\n" + line("alice", "a") + "\r\n" + line("bøb", "b") + "\n");
        PasswordFile file = new PasswordFile(path);
        assertThat(file.users()).containsOnlyKeys("alice", "bøb");
        assertThat(Objects.requireNonNull(file.users().get("bøb")).matches("b".getBytes(UTF_8)))
                .isTrue();
    }

    @Test
    void takesScramKeysToo() throws IOException {
        ScramKeys keys = ScramKeys.of("a".getBytes(UTF_8), new byte[8], 2);
        Files.writeString(path, "alice:" + keys.text());
        assertThat(new PasswordFile(path).users().get("alice")).isInstanceOf(ScramKeys.class);
    }

    @Test
    void reloadsWhatChangedAndKeepsWhatItHasOnErrors() throws IOException {
        Files.writeString(path, line("alice", "a"));
        PasswordFile file = new PasswordFile(path);
        assertThat(file.reload()).isFalse();
        Files.writeString(path, line("carol", "c"));
        assertThat(file.reload()).isTrue();
        assertThat(file.users()).containsOnlyKeys("carol");
        Files.writeString(path, line("dave", "d") + "\neve:plain\n");
        assertThatThrownBy(file::reload)
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("plain");
        Files.delete(path);
        assertThatThrownBy(file::reload)
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("cannot read the password file");
        assertThat(file.users()).containsOnlyKeys("carol");
    }

    @Test
    void refusesWhatIsNoLineOfAPasswordFile() throws IOException {
        Files.writeString(path, "nonsense");
        assertThatThrownBy(() -> new PasswordFile(path)).hasMessageEndingWith("line 1: a line is user:hash");
        Files.writeString(path, line("a", "1") + "\n" + line("a", "2"));
        assertThatThrownBy(() -> new PasswordFile(path))
                .hasMessageContaining("line 2: this user stands in the file twice");
    }

    @Test
    void joinsTheUsersOfConfigurationAndFile() throws IOException {
        Files.writeString(path, line("alice", "a"));
        PasswordFile file = new PasswordFile(path);
        Users users = Users.of(
                Map.of(
                        "bob",
                        "b",
                        "carol",
                        PasswordHash.of("c".getBytes(UTF_8), 1).text()),
                file);
        assertThat(users.size()).isEqualTo(3);
        assertThat(users.find("bob")).isInstanceOf(ScramKeys.class);
        assertThat(users.find("carol")).isInstanceOf(PasswordHash.class);
        assertThatThrownBy(() -> Users.of(Map.of("alice", "x"), file)).hasMessageContaining("user alice stands in");
        assertThatThrownBy(() -> Users.of(Map.of("dave", "$7$broken"), file)).hasMessageStartingWith("user dave: ");
    }

    private static String line(String user, String password) {
        return user + ":" + PasswordHash.of(password.getBytes(UTF_8), 1).text();
    }
}
