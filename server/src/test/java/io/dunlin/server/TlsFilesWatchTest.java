package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesWatchTest {
    @TempDir
    Path folder = Path.of("");

    private final TlsFilesWatch watch = new TlsFilesWatch();
    private long wallMillis = System.currentTimeMillis();

    private Map<String, List<Path>> files() {
        return Map.of("tls", List.of(folder.resolve("cert.pem"), folder.resolve("key.pem")));
    }

    @BeforeEach
    void begin() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), "certificate 1");
        Files.writeString(folder.resolve("key.pem"), "key 1");
        assertThat(look()).isEmpty();
    }

    private List<String> look() {
        List<String> changed = new ArrayList<>();
        wallMillis += 2_000;
        watch.look(files(), wallMillis, changed::add);
        return changed;
    }

    @Test
    void tellsAChangeOnceWhenItHasSettled() throws Exception {
        assertThat(look()).isEmpty();
        Files.writeString(folder.resolve("cert.pem"), "certificate 2");
        assertThat(look()).isEmpty();
        Files.writeString(folder.resolve("key.pem"), "key 2");
        assertThat(look()).isEmpty();
        assertThat(look()).containsExactly("tls");
        assertThat(look()).isEmpty();
    }

    @Test
    void seesAChangeThatHasTheSameTimeAndSize() throws Exception {
        FileTime time = Files.getLastModifiedTime(folder.resolve("key.pem"));
        Files.writeString(folder.resolve("key.pem"), "key 2");
        Files.setLastModifiedTime(folder.resolve("key.pem"), time);
        assertThat(look()).isEmpty();
        assertThat(look()).containsExactly("tls");
    }

    @Test
    void seesAnotherTargetOfALink() throws Exception {
        Path secrets = folder.resolve("..data");
        for (String version : List.of("v1", "v2")) {
            Files.createDirectory(folder.resolve(version));
            Files.writeString(folder.resolve(version).resolve("cert.pem"), "certificate of " + version);
            Files.writeString(folder.resolve(version).resolve("key.pem"), "key of " + version);
        }
        Files.createSymbolicLink(secrets, Path.of("v1"));
        for (String name : List.of("cert.pem", "key.pem")) {
            Files.delete(folder.resolve(name));
            Files.createSymbolicLink(folder.resolve(name), Path.of("..data").resolve(name));
        }
        watch.taken(files(), wallMillis);
        for (int i = 0; i < 10; i++) {
            assertThat(look()).isEmpty();
        }
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("v2"));
        Files.move(folder.resolve("..data_tmp"), secrets, StandardCopyOption.ATOMIC_MOVE);
        assertThat(look()).isEmpty();
        assertThat(look()).containsExactly("tls");
    }

    @Test
    void aFileThatIsGoneForAMomentIsNoChange() throws Exception {
        Files.delete(folder.resolve("key.pem"));
        assertThat(look()).isEmpty();
        Files.writeString(folder.resolve("key.pem"), "key 1");
        assertThat(look()).isEmpty();
        assertThat(look()).isEmpty();
    }

    @Test
    void whatWasTakenIsNoNews() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), "certificate 2");
        assertThat(look()).isEmpty();
        watch.taken(files(), wallMillis);
        assertThat(look()).isEmpty();
        assertThat(look()).isEmpty();
    }
}
