package io.dunlin.server.assess;

import io.dunlin.server.config.Secret;
import io.dunlin.server.config.SettingsWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Who else on this machine can read or change the files. */
final class FileChecks {
    private static final Set<PosixFilePermission> OTHERS_READ =
            EnumSet.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
    private static final Set<PosixFilePermission> CHANGE =
            EnumSet.of(PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    private final Subject subject;

    private FileChecks(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        FileChecks checks = new FileChecks(subject);
        checks.secretFiles().forEach(checks::file);
        if (subject.config().store().enabled()) {
            checks.dataFolder(subject.config().node().dataDir());
        }
    }

    /** The files that hold secrets, each with the setting that names it. */
    private Map<Path, String> secretFiles() {
        Map<Path, String> files = new LinkedHashMap<>();
        subject.listeners()
                .forEach((path, listener) ->
                        listener.tls().ifPresent(tls -> files.put(tls.keyfile(), path + ".tls.keyfile")));
        subject.config()
                .authentication()
                .passwordFile()
                .ifPresent(file -> files.put(file, "authentication.password-file"));
        subject.bound().secretFiles().forEach((path, file) -> files.putIfAbsent(file, path + "-file"));
        SettingsWalk.settings(subject.bound()).forEach((path, value) -> {
            if (value instanceof Secret && !subject.bound().secretFiles().containsKey(path)) {
                SettingsWalk.file(subject.bound().origin(path)).ifPresent(file -> files.putIfAbsent(file, path));
            }
        });
        return files;
    }

    private void file(Path file, String path) {
        Set<PosixFilePermission> permissions = permissions(file);
        boolean read = permissions.contains(PosixFilePermission.OTHERS_READ);
        boolean changed = permissions.stream().anyMatch(CHANGE::contains);
        if (read || changed) {
            subject.find(
                    Check.SECRET_FILE_OPEN,
                    Severity.HIGH,
                    path,
                    file + " can be " + (changed ? "changed" : "read") + " by other users of this machine",
                    "chmod " + (changed ? "go-w,o-rwx " : "o-rwx ") + file);
        }
    }

    private void dataFolder(Path folder) {
        Set<PosixFilePermission> permissions = permissions(folder);
        boolean changed = permissions.stream().anyMatch(CHANGE::contains);
        if (changed || permissions.stream().anyMatch(OTHERS_READ::contains)) {
            subject.find(
                    Check.DATA_FOLDER_OPEN,
                    changed ? Severity.HIGH : Severity.MEDIUM,
                    "node.data-dir",
                    "the data folder " + folder + " is open to other users of this machine",
                    "chmod 700 " + folder);
        }
    }

    /** None where it is not there or the file system has none. */
    private static Set<PosixFilePermission> permissions(Path file) {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (IOException | UnsupportedOperationException e) {
            return Set.of();
        }
    }
}
