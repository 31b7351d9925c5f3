package io.dunlin.security.password;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePermissionsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----", "rwxr-x---"})
    void takesThoseThatKeepItFromOthers(String permissions) throws IOException {
        assertThat(FilePermissions.problem(file(permissions))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r--r--, 0644, read by every user",
        "rw-rw----, 0660, changed by its group",
        "rw-----w-, 0602, changed by every user",
        "rwxrwxrwx, 0777, changed by every user"
    })
    void saysWhatIsWrong(String permissions, String octal, String what) throws IOException {
        Path file = file(permissions);
        assertThat(FilePermissions.problem(file).orElseThrow())
                .contains("(" + octal + ")")
                .contains(what)
                .contains("chmod")
                .endsWith(file.toString());
    }

    @Test
    void saysNothingOfAFileThatIsNotThere() {
        assertThat(FilePermissions.problem(folder.resolve("none"))).isEmpty();
    }

    private Path file(String permissions) throws IOException {
        Path file = Files.createFile(folder.resolve("secret"));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
