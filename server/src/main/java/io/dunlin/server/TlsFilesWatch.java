package io.dunlin.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that the files of a listener have changed, by looking at them now and then: that also sees another target of a symbolic link,
 * which is how Kubernetes exchanges secrets, and works on every file system. A change counts once it is the same in two looks, since a
 * certificate and its key are seldom written at one moment. Thread: one.
 */
final class TlsFilesWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFilesWatch.class);
    /** A file that was written this short a time before it was read may be written again without another time. */
    private static final Duration GRAIN = Duration.ofSeconds(5);

    private final Map<Path, Seen> seen = new HashMap<>();
    private final Map<String, String> taken = new HashMap<>();
    private final Map<String, String> before = new HashMap<>();

    /** @param fileKey of the file itself, where links are followed */
    private record Seen(
            FileTime modified, long size, @Nullable Object fileKey, FileTime at, String digest) {
        boolean isSame(BasicFileAttributes now) {
            return modified.equals(now.lastModifiedTime())
                    && size == now.size()
                    && (fileKey == null || fileKey.equals(now.fileKey()))
                    && at.toInstant().isAfter(modified.toInstant().plus(GRAIN));
        }
    }

    /**
     * Looks at the files of all listeners.
     *
     * @param files of each listener by its name
     * @param wallMillis now
     * @param changed is told of listeners whose files have changed, each change once; may throw, and is not asked again then
     */
    void look(Map<String, ? extends Collection<Path>> files, long wallMillis, Consumer<String> changed) {
        taken.keySet().retainAll(files.keySet());
        before.keySet().retainAll(files.keySet());
        files.forEach((name, paths) -> {
            String now = state(paths, wallMillis);
            String old = taken.putIfAbsent(name, now);
            if (old != null && !old.equals(now) && now.equals(before.get(name))) {
                taken.put(name, now);
                changed.accept(name);
            }
            before.put(name, now);
        });
    }

    /** The files are in use as they are now: no change has to be told of them. */
    void taken(Map<String, ? extends Collection<Path>> files, long wallMillis) {
        files.forEach((name, paths) -> taken.put(name, state(paths, wallMillis)));
    }

    private String state(Collection<Path> paths, long wallMillis) {
        StringBuilder state = new StringBuilder();
        paths.forEach(path ->
                state.append(path).append(' ').append(digest(path, wallMillis)).append('\n'));
        return state.toString();
    }

    private String digest(Path path, long wallMillis) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            Seen known = seen.get(path);
            if (known != null && known.isSame(now)) {
                return known.digest;
            }
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
            seen.put(
                    path,
                    new Seen(
                            now.lastModifiedTime(),
                            now.size(),
                            now.fileKey(),
                            FileTime.fromMillis(wallMillis),
                            digest));
            return digest;
        } catch (IOException e) { // gone for a moment, or for good: also a state
            LOG.trace("{} cannot be read", path, e);
            seen.remove(path);
            return "absent";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
