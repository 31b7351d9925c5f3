package io.dunlin.server.assess;

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
        assertThat(FilePermissions.ofSecret(file(permissions))).isEmpty();
        assertThat(FilePermissions.ofTrusted(file(permissions))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r--r--, 0644, read by every user, false",
        "rw-rw----, 0660, changed by its group, true",
        "rw-----w-, 0602, changed by every user, true",
        "rwxrwxrwx, 0777, changed by every user, true"
    })
    void saysWhatIsWrongWithASecret(String permissions, String octal, String what, boolean written) throws IOException {
        Path file = file(permissions);
        FilePermissions.Problem problem = FilePermissions.ofSecret(file).orElseThrow();
        assertThat(problem.what()).startsWith(file + " (mode " + octal + ")").contains(what);
        assertThat(problem.isWritten()).isEqualTo(written);
        assertThat(problem.fix()).isEqualTo("chmod 600 " + file);
    }

    @Test
    void whatIsNoSecretMayBeReadAndWrittenByItsGroup() throws IOException {
        assertThat(FilePermissions.ofTrusted(file("rw-rw-r--"))).isEmpty();
        Path file = file("rw-r--rw-");
        FilePermissions.Problem problem = FilePermissions.ofTrusted(file).orElseThrow();
        assertThat(problem.what()).contains("(mode 0646) can be changed by every user");
        assertThat(problem.fix()).isEqualTo("chmod go-w " + file);
    }

    @Test
    void folders() throws IOException {
        Path closed = folder("rwxr-x---");
        assertThat(FilePermissions.ofSecretFolder(closed)).isEmpty();
        assertThat(FilePermissions.ofTrustedFolder(folder("rwxr-xr-x"))).isEmpty();
        Path read = folder("rwxr-xr-x");
        assertThat(FilePermissions.ofSecretFolder(read).orElseThrow().fix()).isEqualTo("chmod 700 " + read);
        Path written = folder("rwxrwxrwx");
        assertThat(FilePermissions.ofTrustedFolder(written).orElseThrow().fix()).isEqualTo("chmod go-w " + written);
    }

    @Test
    void inAStickyFolderNobodyExchangesTheFilesOfOthers() throws IOException {
        Path sticky = folder("rwxrwxrwx");
        Files.setAttribute(sticky, "unix:mode", 01777);
        assertThat(FilePermissions.ofTrustedFolder(sticky)).isEmpty();
    }

    @Test
    void saysNothingOfAFileThatIsNotThere() {
        assertThat(FilePermissions.ofSecret(folder.resolve("none"))).isEmpty();
    }

    private Path folder(String permissions) throws IOException {
        Path made = Files.createTempDirectory(folder, "folder");
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
    }

    private Path file(String permissions) throws IOException {
        Path file = Files.createTempFile(folder, "file", "");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
