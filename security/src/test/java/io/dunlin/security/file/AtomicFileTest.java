package io.dunlin.security.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final int SERVICE = 12_345;

    @TempDir
    private Path folder;

    private static void give(Path file, int to) throws IOException {
        Files.setAttribute(file, "unix:uid", to);
        Files.setAttribute(file, "unix:gid", to);
    }

    private static void assertOwner(Path file, int owner) throws IOException {
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(owner);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(owner);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    /** Root administers what a service has to read. */
    @Test
    void whatRootMakesBelongsToWhoHadItOrHasTheFolder() throws Exception {
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root can give files away");
        Path file = folder.resolve("users");
        give(folder, SERVICE);
        AtomicFile.create(file, new byte[] {1});
        assertOwner(file, SERVICE);
        give(folder, 0);
        AtomicFile.create(file, new byte[] {2});
        assertOwner(file, SERVICE);
        assertThat(file).hasBinaryContent(new byte[] {2});
    }
}
