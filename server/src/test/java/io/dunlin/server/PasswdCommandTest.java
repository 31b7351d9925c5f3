package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.security.password.PasswordFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswdCommandTest {
    @TempDir
    Path folder;

    private Path file = Path.of("unset");
    private Path secret = Path.of("unset");

    @BeforeEach
    void files() throws IOException {
        file = folder.resolve("passwd");
        secret = Files.writeString(folder.resolve("secret"), "pässwörd\n");
    }

    @Test
    void makesChangesChecksAndDeletes() throws IOException {
        refuses(file + " does not exist: add -c to make it", "", "alice");
        assertThat(passwd("-c", file.toString(), "alice").code()).isZero();
        assertThat(Files.readString(file))
                .startsWith("alice:$argon2id$v=19$m=19456,t=2,p=1$")
                .endsWith("\n");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        String alice = Files.readString(file);
        assertThat(passwd("--compat", file.toString(), "b b").code()).isZero();
        assertThat(Files.readString(file)).startsWith(alice + "b b:$7$10000$");
        assertThat(new PasswordFile(file).size()).isEqualTo(2);

        Outcome right = passwd("--check", file.toString(), "alice");
        assertThat(right.out()).isEqualTo("OK (argon2id, 19 MiB, 2 passes)" + System.lineSeparator());
        assertThat(right.code()).isZero();
        Files.writeString(secret, "password");
        Outcome wrong = passwd("--check", file.toString(), "alice");
        assertThat(wrong.out()).startsWith("WRONG (");
        assertThat(wrong.code()).isEqualTo(2);

        assertThat(passwd(file.toString(), "alice").code()).isZero();
        assertThat(passwd("--check", file.toString(), "alice").code()).isZero();
        assertThat(new PasswordFile(file).size()).isEqualTo(2);
        assertThat(passwd("-D", file.toString(), "alice").code()).isZero();
        assertThat(Files.readString(file)).startsWith("b b:");
        refuses("there is no user alice in " + file, "-D", "alice");
        refuses("there is no user alice in " + file, "--check", "alice");
    }

    @Test
    void createKeepsWhatIsThere() throws IOException {
        Files.writeString(file, "# mine\nbob:$6$damaged\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(passwd("-c", file.toString(), "bob").code()).isZero();
        assertThat(Files.readString(file)).startsWith("# mine\nbob:$argon2id$");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void printsAHashForAConfiguration() {
        Outcome printed = passwd("--print");
        assertThat(printed.out()).startsWith("$argon2id$");
        assertThat(printed.err()).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesAnEmptyPasswordAndOneThatIsNotThere() throws IOException {
        Files.writeString(secret, "\n");
        refuses("the password is empty", "-c", "alice");
        Files.delete(secret);
        assertThat(passwd("-c", file.toString(), "alice").code()).isEqualTo(1);
        assertThat(file).doesNotExist();
        assertThat(Main.run(new String[] {"passwd", file.toString()})).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a\nb", "", " a", "a ", "#a", "a\u0007"})
    void refusesNamesThatWouldNotBeRead(String name) {
        Outcome outcome = passwd("-c", file.toString(), name);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("dunlin: a user name");
        assertThat(file).doesNotExist();
    }

    private void refuses(String sentence, String option, String user) {
        Outcome outcome = option.isEmpty() ? passwd(file.toString(), user) : passwd(option, file.toString(), user);
        assertThat(outcome.err()).isEqualTo("dunlin: " + sentence + System.lineSeparator());
        assertThat(outcome.code()).isEqualTo(1);
    }

    private record Outcome(int code, String out, String err) {}

    private Outcome passwd(String... args) {
        List<String> all = new ArrayList<>(List.of("passwd", "--password-file", secret.toString()));
        all.addAll(List.of(args));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
