package io.dunlin.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dunlin.storage.NioDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How files come into a data folder, and what becomes of those that are there. */
@Timeout(60)
class RestoresTest {
    private static final Instant NOW = Instant.parse("2027-01-02T03:04:05Z");
    private static final String ASIDE = "before-restore-20270102-030405";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void name() {
        data = folder.resolve("data");
    }

    private static byte[] backup(String mark) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ArchiveWriter writer = new ArchiveWriter(out, 7);
            writer.add("backup.json", new Contents("1", "n", NOW, new Contents.Counts(1, 2, 3, 4, 5)).json());
            for (String name : List.of(
                    "identity",
                    "state-0000000002.log",
                    "log-0000000004.seg",
                    "log-0000000005.seg",
                    "security/users.json")) {
                writer.add("data/" + name, (mark + " " + name).getBytes(StandardCharsets.UTF_8));
            }
            writer.end();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Restores.Restored restore(byte[] backup, boolean replace) throws IOException {
        return Restores.into(data, new ByteArrayInputStream(backup), replace, NOW);
    }

    /** All files below a folder with what is in them, but for the lock. */
    private static Map<String, String> files(Path folder) throws IOException {
        TreeMap<String, String> all = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                all.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        all.remove("lock");
        return all;
    }

    private Map<String, String> content(String mark) throws IOException {
        TreeMap<String, String> all = new TreeMap<>();
        ArchiveReader.read(new ByteArrayInputStream(backup(mark)), file -> {
            all.put(file, mark + " " + file);
            return new ByteArrayOutputStream();
        });
        return all;
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(data.resolve("security"));
        Files.writeString(data.resolve(name), text);
    }

    @Test
    void anEmptyFolderGetsTheFiles() throws IOException {
        Restores.Restored restored = restore(backup("a"), false);
        assertThat(restored.aside()).isEmpty();
        assertThat(restored.contents().counts().queued()).isEqualTo(4);
        assertThat(files(data)).isEqualTo(content("a"));
    }

    @Test
    @EnabledOnOs(
            value = {OS.LINUX, OS.MAC},
            disabledReason = "permissions")
    void onlyTheOwnerReadsThem() throws IOException {
        restore(backup("a"), false);
        for (String name : content("a").keySet()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("security"))))
                .isEqualTo("rwx------");
    }

    @Test
    void whatIsThereIsKeptWhereItIsToBeReplacedAndElseRefused() throws IOException {
        restore(backup("a"), false);
        write("audit.jsonl", "stays");
        write("log-0000000001.seg", "older");
        write("security/users.json.previous", "older");
        write("security/bans.json", "older");
        assertThatThrownBy(() -> restore(backup("b"), false))
                .isInstanceOf(BackupRefused.class)
                .hasMessageContainingAll("holds data of a broker already", "--data", "--replace");
        Map<String, String> before = files(data);
        assertThat(before).containsEntry("identity", "a identity");
        Restores.Restored restored = restore(backup("b"), true);
        assertThat(restored.aside()).contains(data.toAbsolutePath().resolve(ASIDE));
        Map<String, String> after = files(data);
        before.remove("audit.jsonl");
        assertThat(files(data.resolve(ASIDE))).isEqualTo(before);
        after.keySet().removeIf(name -> name.startsWith(ASIDE));
        Map<String, String> expected = content("b");
        expected.put("audit.jsonl", "stays");
        assertThat(after).isEqualTo(expected);
    }

    @Test
    void aDamagedOneChangesNothing() throws IOException {
        restore(backup("a"), false);
        Map<String, String> before = files(data);
        byte[] backup = backup("b");
        for (int cut : List.of(0, 600, 3000, backup.length - 1)) {
            assertThatThrownBy(() -> restore(Arrays.copyOf(backup, cut), true)).isInstanceOf(BackupRefused.class);
            assertThatThrownBy(() -> Restores.stage(new ByteArrayInputStream(backup, 0, cut), data, NOW))
                    .isInstanceOf(BackupRefused.class);
            assertThat(files(data)).isEqualTo(before);
            assertThat(Restores.applyStaged(data)).isEmpty();
        }
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        Files.createDirectories(data);
        try (NioDisk used = new NioDisk(data)) {
            assertThat(used.lock()).isTrue();
            assertThatThrownBy(() -> restore(backup("a"), true))
                    .isInstanceOf(BackupRefused.class)
                    .hasMessageContainingAll("a broker runs", "stop it first", "POST /api/v1/restore");
        }
        assertThat(files(data)).isEmpty();
        restore(backup("a"), false);
        assertThat(files(data)).isEqualTo(content("a"));
    }

    @Test
    void aStagedOneWaitsForTheNextStartAndTheLastOneCounts() throws IOException {
        restore(backup("a"), false);
        assertThat(Restores.stage(new ByteArrayInputStream(backup("b")), data, NOW)
                        .aside())
                .isEqualTo(ASIDE);
        assertThat(Files.readString(data.resolve("identity"))).isEqualTo("a identity");
        Restores.stage(new ByteArrayInputStream(backup("c")), data, NOW);
        assertThat(Restores.applyStaged(data).orElseThrow()).contains("5 files", ASIDE);
        assertThat(files(data)).containsAllEntriesOf(content("c"));
        assertThat(files(data.resolve(ASIDE))).isEqualTo(content("a"));
        assertThat(Restores.applyStaged(data)).isEmpty();
    }

    /** The power is cut after each step; the next start goes on. */
    @Test
    void itGoesOnWhereItWasInterrupted() throws IOException {
        List<String> names = List.copyOf(content("a").keySet());
        for (int step = 0; step <= 2 * names.size() + 1; step++) {
            data = folder.resolve("data-" + step);
            restore(backup("a"), false);
            Restores.stage(new ByteArrayInputStream(backup("b")), data, NOW);
            Path staged = data.resolve(Staging.STAGED);
            Path aside = data.resolve(ASIDE);
            Files.createDirectories(aside.resolve("security"));
            for (String name : names.subList(0, Math.min(step, names.size()))) {
                Files.move(data.resolve(name), aside.resolve(name));
            }
            if (step > names.size()) {
                Files.createFile(staged.resolve("moved"));
                for (String name : names.subList(0, step - names.size() - 1)) {
                    Files.move(staged.resolve(name), data.resolve(name));
                }
            }
            Restores.applyStaged(data);
            assertThat(files(aside)).as("step %s", step).isEqualTo(content("a"));
            Map<String, String> after = files(data);
            after.keySet().removeIf(name -> name.startsWith(ASIDE));
            assertThat(after).as("step %s", step).isEqualTo(content("b"));
            assertThat(staged).doesNotExist();
        }
    }

    @Test
    void whatWasDiscardedCountsNoMoreHoweverMuchOfItIsLeft() throws IOException {
        restore(backup("a"), false);
        Path discarded = Files.createDirectories(data.resolve("restore-discarded"));
        Files.createFile(discarded.resolve("moved"));

        assertThat(Restores.applyStaged(data)).isEmpty();
        Restores.stage(new ByteArrayInputStream(backup("b")), data, NOW);
        Restores.stage(new ByteArrayInputStream(backup("b")), data, NOW);
        assertThat(Restores.applyStaged(data)).isPresent();
        assertThat(files(data.resolve(ASIDE))).isEqualTo(content("a"));
        assertThat(discarded).doesNotExist();
    }

    @Test
    void whatIsLeftOfAStagedBackupIsRefused() throws IOException {
        for (String missing : List.of("aside", "identity")) {
            data = folder.resolve("without-" + missing);
            restore(backup("a"), false);
            Restores.stage(new ByteArrayInputStream(backup("b")), data, NOW);
            Files.delete(data.resolve(Staging.STAGED).resolve(missing));
            assertThatThrownBy(() -> Restores.applyStaged(data))
                    .isInstanceOf(BackupRefused.class)
                    .hasMessageContaining("is not whole");
        }
    }

    @Test
    void twoRestoresInOneSecondKeepBothOfWhatWasThere() throws IOException {
        restore(backup("a"), false);
        restore(backup("b"), true);
        restore(backup("a"), true);
        assertThat(files(data.resolve(ASIDE))).isEqualTo(content("a"));
        assertThat(files(data.resolve(ASIDE + "-2"))).isEqualTo(content("b"));
    }

    /** Whoever owns the data folder gets nothing of it before all of it is there. */
    @Test
    @EnabledOnOs(
            value = {OS.LINUX, OS.MAC},
            disabledReason = "owners")
    void rootKeepsWhatIsNotFinishedAndGivesItAsAWhole() throws IOException {
        Files.createDirectory(data);
        UserPrincipal me = Files.getOwner(data);
        assumeTrue(me.getName().equals("root"), "only root gives files away");
        UserPrincipal other =
                data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(data, other);
        Path incomplete = data.resolve("restore-incomplete");
        try (Staging staging = new Staging(data)) {
            for (String name : List.of("identity", "security/users.json")) {
                staging.open(name).close();
                assertThat(Files.getOwner(incomplete.resolve(name))).isEqualTo(me);
            }
            assertThat(Files.getOwner(incomplete)).isEqualTo(me);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(incomplete)))
                    .isEqualTo("rwx------");
            staging.finish(NOW);
        }
        try (Stream<Path> all = Files.walk(data.resolve("restore-staged"))) {
            for (Path one : all.toList()) {
                assertThat(Files.getOwner(one)).as("%s", one).isEqualTo(other);
            }
        }
    }

    /** A backup that comes over the network while the broker runs must not take the room that its messages need. */
    @Test
    void stopsBeforeTheDiskIsFull() throws IOException {
        Files.createDirectory(data);
        long[] usable = {2L << 30};
        try (Staging staging = new Staging(data, () -> new Staging.Space(usable[0], 100L << 30));
                OutputStream file = staging.open("identity")) {
            byte[] part = new byte[16 << 20];
            file.write(part, 0, part.length);
            usable[0] = 1L << 30;
            assertThatThrownBy(() -> file.write(part, 0, part.length))
                    .isInstanceOf(BackupRefused.class)
                    .hasMessageContaining("has only 1024 MiB left")
                    .hasMessageContaining("make room there");
        }
        assertThat(data.resolve("restore-incomplete")).doesNotExist();
    }
}
