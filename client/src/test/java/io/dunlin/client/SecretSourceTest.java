package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSourceTest {
    @Test
    void filesLoseTheLastLineEnd(@TempDir Path folder) throws Exception {
        for (String[] pair : new String[][] {
            {"pw", "pw"}, {"pw\n", "pw"}, {"pw\r\n", "pw"}, {"pw\n\n", "pw\n"}, {"", ""}, {"\n", ""}, {"pw\r", "pw\r"}
        }) {
            Path file = Files.writeString(folder.resolve("secret"), pair[0]);
            assertThat(SecretSource.file(file).read()).asString().isEqualTo(pair[1]);
        }
    }

    @Test
    void filesAreReadAnew(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("secret");
        SecretSource source = SecretSource.file(file);
        assertThatThrownBy(source::read).isInstanceOf(IOException.class);
        Files.writeString(file, "one");
        assertThat(source.read()).asString().isEqualTo("one");
        Files.writeString(file, "two");
        assertThat(source.read()).asString().isEqualTo("two");
    }

    @Test
    void charactersAreCopiedBothWays() throws Exception {
        char[] secret = "geheim ä".toCharArray();
        SecretSource source = SecretSource.of(secret);
        Arrays.fill(secret, 'x');
        byte[] first = source.read();
        assertThat(first).asString().isEqualTo("geheim ä");
        Arrays.fill(first, (byte) 0);
        assertThat(source.read()).asString().isEqualTo("geheim ä");
    }

    @Test
    void variablesMustBeThere() throws Exception {
        assertThat(SecretSource.env("PATH").read()).asString().isEqualTo(System.getenv("PATH"));
        assertThatThrownBy(() -> SecretSource.env("NO_SUCH_VARIABLE_OF_OURS"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NO_SUCH_VARIABLE_OF_OURS is not set");
    }
}
