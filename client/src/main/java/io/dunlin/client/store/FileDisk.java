package io.dunlin.client.store;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The real one. Data goes through {@link RandomAccessFile}: a {@link FileChannel} is closed for good when a thread that is
 * interrupted uses it, and publishers are interrupted.
 */
final class FileDisk implements Disk {
    static final FileDisk INSTANCE = new FileDisk();

    /** What this process holds: a second lock on the same file, when closed, would let the first one go too (fcntl). */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private FileDisk() {}

    @Override
    public OpenFile open(Path path) throws IOException {
        return new RandomFile(new RandomAccessFile(path.toFile(), "rw"));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        Files.deleteIfExists(path);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(path);
        }
        return open(path);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncFolderOf(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || File.separatorChar != '/') {
            return; // elsewhere than on Unix a folder cannot be opened
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (!syncedFolder(folder)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean syncedFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    @Override
    public @Nullable Closeable lock(Path path) throws IOException {
        synchronized (HELD) {
            if (!Files.exists(path)) {
                Files.write(path, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            }
            Path real = path.toRealPath();
            if (!HELD.add(real)) {
                return null;
            }
            Closeable held = null;
            try {
                held = lockOfProcess(real);
            } finally {
                if (held == null) {
                    HELD.remove(real);
                }
            }
            return held;
        }
    }

    private static @Nullable Closeable lockOfProcess(Path real) throws IOException {
        RandomAccessFile file = new RandomAccessFile(real.toFile(), "rw");
        FileLock lock = null;
        try {
            lock = file.getChannel().tryLock();
        } finally {
            if (lock == null) {
                file.close();
            }
        }
        return lock == null
                ? null
                : () -> {
                    try {
                        file.close();
                    } finally {
                        HELD.remove(real);
                    }
                };
    }

    /** Remembers where it stands, so that writing on at the end costs one system call. */
    private static final class RandomFile implements OpenFile {
        private final RandomAccessFile file;
        private long position;

        RandomFile(RandomAccessFile file) {
            this.file = file;
        }

        private void goTo(long at) throws IOException {
            if (position != at) {
                position = -1; // unknown until what follows has worked
                file.seek(at);
            }
        }

        @Override
        public long bytes() throws IOException {
            return file.length();
        }

        @Override
        public void write(long at, byte[] from, int offset, int count) throws IOException {
            goTo(at);
            position = -1;
            file.write(from, offset, count);
            position = at + count;
        }

        @Override
        public int read(long at, byte[] into, int offset, int count) throws IOException {
            goTo(at);
            position = -1;
            int done = 0;
            while (done < count) {
                int read = file.read(into, offset + done, count - done);
                if (read < 0) {
                    break;
                }
                done += read;
            }
            position = at + done;
            return done;
        }

        @Override
        public void truncate(long bytes) throws IOException {
            position = -1;
            file.setLength(bytes);
        }

        @Override
        public void sync() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
