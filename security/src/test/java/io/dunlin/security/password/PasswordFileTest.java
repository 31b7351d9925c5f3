package io.dunlin.security.password;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.security.file.AtomicFile;
import io.dunlin.security.password.UserDirectory.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
    /** Longer than any test: what is gathered is written by {@link PasswordFile#flush} alone. */
    private static final int NEVER_MILLIS = 3_600_000;

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
        assertThat(file.size()).isEqualTo(2);
        assertThat(find(file, "bøb").credential().matches(bytes("b"))).isTrue();
        assertThat(find(file, "alice").enabled()).isTrue();
        assertThat(file.find("# users")).isNull();
    }

    @Test
    void takesAllForms() throws IOException {
        ScramKeys keys = ScramKeys.of(bytes("a"), new byte[8], 2);
        Argon2Hash argon = Argon2Hash.of(bytes("a"), 64, 1);
        Files.writeString(path, "alice:" + keys.text() + "\nbob: " + argon.text() + " ");
        PasswordFile file = new PasswordFile(path);
        assertThat(file.scramKeys()).hasSize(1);
        assertThat(file.credentials()).hasSize(2);
        assertThat(find(file, "bob").credential()).isInstanceOf(Argon2Hash.class);
    }

    @Test
    void refusesWhatIsNoLineOfAPasswordFile() throws IOException {
        Files.writeString(path, "nonsense");
        assertThatThrownBy(() -> new PasswordFile(path)).hasMessageEndingWith("line 1: a line is user:hash");
        Files.writeString(path, line("a", "1") + "\n" + line("a", "2"));
        assertThatThrownBy(() -> new PasswordFile(path))
                .hasMessageContaining("line 2: this user stands in the file twice");
        Files.writeString(path, line("dave", "d") + "\neve:plain\n");
        assertThatThrownBy(() -> new PasswordFile(path))
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("plain");
        Files.delete(path);
        assertThatThrownBy(() -> new PasswordFile(path))
                .isInstanceOf(InvalidCredential.class)
                .hasMessageContaining("cannot read the password file");
    }

    @Test
    void writesBetterHashesAndNothingElse() throws IOException {
        String alice = line("alice", "a");
        String bob = line("bob", "b");
        byte[] before = ("# caf\u00E9\r\n" + alice + "  \r\n\n" + bob).getBytes(ISO_8859_1); // no UTF-8, no end of line
        Files.write(path, before);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        PasswordFile file = new PasswordFile(path, NEVER_MILLIS);
        Credential old = find(file, "alice").credential();
        Credential better = Argon2Hash.of(bytes("a"), 64, 1);
        file.replace("alice", old, better);
        file.flush();
        String after = new String(before, ISO_8859_1).replace(old.text() + "  ", better.text());
        assertThat(Files.readAllBytes(path)).isEqualTo(after.getBytes(ISO_8859_1));
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(find(file, "alice").credential()).isSameAs(better);
        assertThat(new PasswordFile(path).size()).isEqualTo(2);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(path);
        }
    }

    @Test
    void keepsWhatSomebodyElseWroteMeanwhile() throws IOException {
        Files.writeString(path, line("alice", "a") + "\n" + line("bob", "b") + "\n");
        PasswordFile file = new PasswordFile(path, NEVER_MILLIS);
        Credential alice = find(file, "alice").credential();
        Credential bob = find(file, "bob").credential();
        String changed = line("alice", "changed") + "\n# new\n" + line("carol", "c") + "\nbob:" + bob.text() + "\n";
        Files.writeString(path, changed);
        file.replace("alice", alice, Argon2Hash.of(bytes("a"), 64, 1));
        Credential better = Argon2Hash.of(bytes("b"), 64, 1);
        file.replace("bob", bob, better);
        file.flush();
        assertThat(Files.readString(path)).isEqualTo(changed.replace(bob.text(), better.text()));
        assertThat(file.find("carol")).isNull(); // what counts changes at a reload
        assertThat(find(file, "alice").credential()).isSameAs(alice);
        assertThat(find(file, "bob").credential()).isSameAs(better);
        Files.delete(path);
        file.replace("bob", better, alice);
        file.flush();
        assertThat(path).doesNotExist();
    }

    @Test
    void neverReplacesAFileThatHasChanged() throws IOException {
        Files.writeString(path, "one");
        assertThat(AtomicFile.replace(path, bytes("other"), bytes("next"))).isFalse();
        assertThat(path).hasContent("one");
        assertThat(AtomicFile.replace(path, bytes("one"), bytes("next"))).isTrue();
        assertThat(path).hasContent("next");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(path);
        }
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("users");
        Files.writeString(real, line("alice", "a"));
        Files.createSymbolicLink(path, real);
        PasswordFile file = new PasswordFile(path, NEVER_MILLIS);
        Credential better = Argon2Hash.of(bytes("a"), 64, 1);
        file.replace("alice", find(file, "alice").credential(), better);
        file.flush();
        assertThat(Files.isSymbolicLink(path)).isTrue();
        assertThat(real).hasContent("alice:" + better.text());
    }

    @Test
    void givesUpWhereItCannotWrite() throws IOException {
        Files.writeString(path, line("alice", "a"));
        PasswordFile file = new PasswordFile(path, NEVER_MILLIS);
        Credential old = find(file, "alice").credential();
        Files.delete(path);
        Files.createDirectory(path); // whoever runs the test, this is no file
        file.replace("alice", old, Argon2Hash.of(bytes("a"), 64, 1));
        assertThat(file.isReplacing()).isTrue();
        file.flush();
        assertThat(file.isReplacing()).isFalse();
        assertThat(find(file, "alice").credential()).isSameAs(old);
    }

    @Test
    void namesWhatIsWeak() throws IOException {
        Files.writeString(
                path,
                line("bob", "b") + "\n" + line("alice", "a") + "\nc:"
                        + new HashPolicy(40_000, 1).hash(bytes("c")).text());
        List<WeakCredential> weak = new PasswordFile(path).weak("password-file");
        assertThat(weak).extracting(WeakCredential::user).containsExactly("alice", "bob");
        assertThat(weak.getFirst().why()).contains("1 iterations");
        assertThat(weak.getFirst().fix()).isEqualTo("dunlin passwd " + path + " alice");
    }

    @Test
    void changesSingleLines() {
        byte[] content = bytes("a:1\nab:2\n#c:3");
        assertThat(PasswordLines.replace(content, "a", null, "x")).contains(bytes("a:x\nab:2\n#c:3"));
        assertThat(PasswordLines.replace(content, "ab", "2", "x")).contains(bytes("a:1\nab:x\n#c:3"));
        assertThat(PasswordLines.replace(content, "ab", "1", "x")).isEmpty();
        assertThat(PasswordLines.replace(content, "b", null, "x")).isEmpty();
        assertThat(PasswordLines.replace(content, "c", null, "x")).isEmpty();
        assertThat(PasswordLines.add(content, "ü", "4")).isEqualTo(bytes("a:1\nab:2\n#c:3\nü:4\n"));
        assertThat(PasswordLines.add(new byte[0], "a", "4")).isEqualTo(bytes("a:4\n"));
        assertThat(PasswordLines.remove(content, "a")).contains(bytes("ab:2\n#c:3"));
        assertThat(PasswordLines.remove(content, "#c")).contains(bytes("a:1\nab:2\n"));
        assertThat(PasswordLines.remove(content, "b")).isEmpty();
    }

    private static Entry find(PasswordFile file, String user) {
        return Objects.requireNonNull(file.find(user));
    }

    private static String line(String user, String password) {
        return user + ":" + PasswordHash.of(bytes(password), 1).text();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
