package io.dunlin.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of a backup: nothing but what was written is read. {@code -Ddunlin.seed=N} repeats a run. */
@Timeout(60)
class ArchiveTest {
    private static final long SECONDS = 1_800_000_000;
    private static final Contents CONTENTS =
            new Contents("1.2", "node", Instant.ofEpochSecond(SECONDS), new Contents.Counts(5, 9, 7, 1_000_000, 3));

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a small backup has. */
    private static Map<String, byte[]> parts() {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("backup.json", CONTENTS.json());
        parts.put("data/identity", new byte[40]);
        byte[] state = new byte[1500];
        new Random(1).nextBytes(state);
        parts.put("data/state-0000000003.log", state);
        parts.put("data/log-0000000001.seg", text("a".repeat(512)));
        parts.put("data/log-0000000007.seg", new byte[0]);
        parts.put("data/security/users.json", text("{}"));
        parts.put("information/dunlin.conf", text("node.name = node"));
        return parts;
    }

    private static byte[] archive(Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveWriter writer = new ArchiveWriter(out, SECONDS);
        for (Map.Entry<String, byte[]> part : parts.entrySet()) {
            writer.add(part.getKey(), part.getValue());
        }
        writer.end();
        assertThat(writer.bytes()).isEqualTo(out.size());
        return out.toByteArray();
    }

    private static Contents read(byte[] archive, Map<String, ByteArrayOutputStream> files) throws IOException {
        return ArchiveReader.read(new ByteArrayInputStream(archive), file -> {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            files.put(file, content);
            return content;
        });
    }

    private static void assertRefused(byte[] archive, String... words) {
        Throwable refused = catchThrowable(() -> read(archive, new LinkedHashMap<>()));
        assertThat(refused).isInstanceOf(BackupRefused.class);
        for (String word : words) {
            assertThat(refused).hasMessageContaining(word);
        }
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Map<String, ByteArrayOutputStream> files = new LinkedHashMap<>();
        assertThat(read(archive(parts()), files)).isEqualTo(CONTENTS);
        assertThat(files.keySet())
                .containsExactly(
                        "identity",
                        "state-0000000003.log",
                        "log-0000000001.seg",
                        "log-0000000007.seg",
                        "security/users.json");
        files.forEach(
                (name, content) -> assertThat(content.toByteArray()).as(name).isEqualTo(parts().get("data/" + name)));
    }

    @Test
    void oneThatEndsTooEarlyIsRefusedWhereverItEnds() throws IOException {
        byte[] archive = archive(parts());
        for (int length = 0; length < archive.length; length++) {
            assertRefused(Arrays.copyOf(archive, length));
        }
        assertRefused(Arrays.copyOf(archive, archive.length - 1000), "ends too early");
        int inState = 512 * 6;
        assertRefused(Arrays.copyOf(archive, inState), "ends too early", "data/state-0000000003.log");
        assertRefused(Arrays.copyOf(archive, archive.length + 1), "behind its end");
    }

    @Test
    void eachChangedByteIsRefused() throws IOException {
        long seed = Long.getLong("dunlin.seed", new SecureRandom().nextLong());
        Random random = new Random(seed);
        byte[] archive = archive(parts());
        for (int at = 0; at < archive.length; at++) {
            byte[] changed = archive.clone();
            changed[at] ^= (byte) (1 + random.nextInt(255));
            int place = at;
            assertThat(catchThrowable(() -> read(changed, new LinkedHashMap<>())))
                    .as("byte %s, seed %s", place, seed)
                    .isInstanceOf(BackupRefused.class);
        }
    }

    @Test
    void theDamagedPartIsNamed() throws IOException {
        byte[] archive = archive(parts());
        byte[] changed = archive.clone();
        int inSegment = new String(archive, StandardCharsets.ISO_8859_1).indexOf("aaaaaaaa");
        changed[inSegment] = 'b';
        assertRefused(changed, "its part data/log-0000000001.seg is not what was written");
        changed = archive.clone();
        int sums = new String(archive, StandardCharsets.ISO_8859_1).indexOf("  data/identity\n");
        changed[sums - 1] = 'x';
        assertRefused(changed, "list of checksums");
        Map<String, byte[]> empty = new LinkedHashMap<>(Map.of("backup.json", CONTENTS.json()));
        assertRefused(archive(empty), "no whole store");
    }

    @Test
    void whatIsNoBackupIsRefused() throws IOException {
        assertRefused(new byte[0], "no backup of Dunlin");
        assertRefused(text("hello".repeat(500)), "no backup of Dunlin");
        assertRefused(archive(Map.of("data/identity", new byte[3])), "no backup of Dunlin");
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        Map<String, byte[]> parts = parts();
        parts.put("backup.json", text("{\"format\":2,\"taken\":\"a\"}"));
        assertRefused(archive(parts), "format 2", "a newer Dunlin", "knows format 1");
        parts.put("backup.json", text("{\"format\":0,\"taken\":\"2026-01-01T00:00:00Z\"}"));
        assertRefused(archive(parts), "backup.json cannot be understood");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data/../../etc/passwd",
                "/etc/passwd",
                "data/security/../../x",
                "data//identity",
                "data/lock",
                "data/audit.jsonl",
                "data/security/users.json/x",
                "data/log-1.seg",
                "data/log-0000000001.seg.x",
                "data/state-0000000001.log/../../../x",
                "other",
                "data/identity"
            })
    void noNameLeadsOutOfTheFolderOrComesTwice(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArchiveWriter writer = new ArchiveWriter(out, SECONDS);
        for (Map.Entry<String, byte[]> part : parts().entrySet()) {
            writer.add(part.getKey(), part.getValue());
        }
        writer.add(name, text("x"));
        writer.end();
        Map<String, ByteArrayOutputStream> files = new LinkedHashMap<>();
        assertThatThrownBy(() -> read(out.toByteArray(), files))
                .isInstanceOf(BackupRefused.class)
                .hasMessageContaining("does not belong into one");
        assertThat(files).hasSize(5);
    }

    @Test
    void sizesBeyondEightGibibytesHaveAPlace() {
        for (long bytes : List.of(0L, 1L, (1L << 33) - 1, 1L << 33, 1L << 40, Long.MAX_VALUE / 2)) {
            TarHeader header = new TarHeader("data/state-0000000001.log", bytes, SECONDS);
            assertThat(TarHeader.read(header.encoded())).contains(header);
            assertThat((bytes + header.padding()) % TarHeader.BLOCK_BYTES).isZero();
        }
    }

    /** The promise to whoever has the file and no Dunlin. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs tar and sha256sum")
    void tarTakesItApart(@TempDir Path folder) throws IOException, InterruptedException {
        Files.write(folder.resolve("b.tar"), archive(parts()));
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "tar xf b.tar && sha256sum -c SHA256SUMS SHA256SUMS.sha256 && stat -c %a data/identity")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("data/state-0000000003.log: OK", "SHA256SUMS: OK", "600");
        assertThat(Files.readAllBytes(folder.resolve("data/state-0000000003.log")))
                .isEqualTo(parts().get("data/state-0000000003.log"));
    }
}
