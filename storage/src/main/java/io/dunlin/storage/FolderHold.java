package io.dunlin.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps others from opening the store of a folder, for who changes other files there: unlike {@link NioDisk#lock} it makes nothing, which
 * would belong to the wrong user. Where there is no store yet, it holds nothing. Thread: any.
 */
public final class FolderHold implements AutoCloseable {
    private final @Nullable FileChannel lockFile;

    private FolderHold(@Nullable FileChannel lockFile) {
        this.lockFile = lockFile;
    }

    /**
     * Takes it.
     *
     * @return empty where a process uses the store in this folder
     * @throws IOException where the lock file cannot be opened
     */
    public static Optional<FolderHold> take(Path folder) throws IOException {
        Path file = folder.resolve(NioDisk.LOCK_FILE);
        if (!Files.exists(file)) {
            return Optional.of(new FolderHold(null));
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? Optional.empty() : Optional.of(new FolderHold(channel));
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
