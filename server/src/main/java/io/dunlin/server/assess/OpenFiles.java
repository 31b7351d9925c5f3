package io.dunlin.server.assess;

import io.dunlin.server.config.Bound;
import io.dunlin.server.config.Secret;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.config.SettingsWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What other users of this machine can read or change of the files that a configuration names. Reads the disk: not for a shard. */
public final class OpenFiles {
    /** What the broker writes itself; the folders of these count. */
    private static final Set<String> OWN = Set.of("node.data-dir", "audit-log.file", "control.socket");

    private final Bound<ServerConfig> bound;
    private final Map<Path, String> secrets = new LinkedHashMap<>();
    private final Map<Path, String> trusted = new LinkedHashMap<>();
    private final List<Open> found = new ArrayList<>();

    private OpenFiles(Bound<ServerConfig> bound) {
        this.bound = bound;
    }

    /**
     * A file or folder that is open to others.
     *
     * @param path of the setting that names it, or that stands in it
     * @param what a clause with the file, its mode and who can do what
     * @param fix what to do
     */
    public record Open(Check check, Severity severity, String path, String what, String fix) {
        /** For the log. */
        public String sentence() {
            return what + ": " + fix;
        }
    }

    /** All of them, each once. */
    public static List<Open> of(Bound<ServerConfig> bound) {
        OpenFiles files = new OpenFiles(bound);
        files.collectSecrets();
        files.collectTrusted();
        files.check();
        return List.copyOf(files.found);
    }

    static void check(Subject subject) {
        of(subject.bound())
                .forEach(open -> subject.find(open.check(), open.severity(), open.path(), open.what(), open.fix()));
    }

    /** The files that hold secrets, each with the setting that names it. */
    private void collectSecrets() {
        bound.secretFiles().forEach((path, file) -> secrets.put(file, path + "-file"));
        SettingsWalk.settings(bound).forEach((path, value) -> {
            if (value instanceof Path file && isSecret(path, file)) {
                secrets.putIfAbsent(file, path);
            } else if (value instanceof Secret && !bound.secretFiles().containsKey(path)) {
                SettingsWalk.file(bound.origin(path)).ifPresent(file -> secrets.putIfAbsent(file, path));
            }
        });
    }

    private static boolean isSecret(String path, Path file) {
        return path.endsWith(".tls.keyfile")
                || path.equals("authentication.password-file")
                || path.endsWith(".jwks-file") && hasSharedKeys(file);
    }

    /** Whether keys of a JWKS file are secrets of HMAC: whoever reads them makes tokens. */
    private static boolean hasSharedKeys(Path file) {
        try {
            return Files.readString(file).contains("\"oct\"");
        } catch (IOException e) { // whoever uses the file says what is wrong with it
            return false;
        }
    }

    /** The files that decide who may do what, those of the configuration too. */
    private void collectTrusted() {
        SettingsWalk.settings(bound).forEach((path, value) -> {
            if (value instanceof Path file && !OWN.contains(path)) {
                trusted.putIfAbsent(file, path);
            }
        });
        new TreeMap<>(bound.origins())
                .forEach(
                        (path, origin) -> SettingsWalk.file(origin).ifPresent(file -> trusted.putIfAbsent(file, path)));
        trusted.keySet().removeAll(secrets.keySet());
    }

    private void check() {
        secrets.forEach(
                (file, path) -> find(Check.SECRET_FILE_OPEN, Severity.HIGH, path, FilePermissions.ofSecret(file)));
        trusted.forEach(
                (file, path) -> find(Check.TRUSTED_FILE_OPEN, Severity.HIGH, path, FilePermissions.ofTrusted(file)));
        ServerConfig config = bound.value();
        if (config.store().enabled()) {
            Optional<FilePermissions.Problem> problem =
                    FilePermissions.ofSecretFolder(config.node().dataDir());
            boolean written = problem.filter(FilePermissions.Problem::isWritten).isPresent();
            find(Check.DATA_FOLDER_OPEN, written ? Severity.HIGH : Severity.MEDIUM, "node.data-dir", problem);
        }
        if (config.control().enabled()) {
            config.control()
                    .socket()
                    .map(socket -> socket.toAbsolutePath().getParent())
                    .ifPresent(folder -> find(
                            Check.CONTROL_FOLDER_OPEN,
                            Severity.HIGH,
                            "control.socket",
                            FilePermissions.ofTrustedFolder(folder)));
        }
    }

    private void find(Check check, Severity severity, String path, Optional<FilePermissions.Problem> problem) {
        problem.ifPresent(is -> found.add(new Open(check, severity, path, is.what(), is.fix())));
    }
}
