package io.dunlin.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this machine. Threads that use it must not be interrupted: that would close the file that they are at. The lock is
 * a file of its own, which nothing else opens: on POSIX systems closing any handle of a file gives back all locks on it.
 */
public final class NioDisk implements Disk {
    static final String LOCK_FILE = "lock";
    private static final int ZEROS_BYTES = 1 << 20;
    /** Dirty pages that pile up would hold up the syncs of others. */
    private static final int SYNC_EVERY_BYTES = 8 << 20;

    private final Path folder;
    private @Nullable FileChannel lockFile;

    /** Makes the folder where there is none. */
    public NioDisk(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals(LOCK_FILE))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new NioFile(FileChannel.open(folder.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile create(String name, long preallocateBytes) throws IOException {
        Path path = folder.resolve(name);
        FileChannel channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            fill(channel, preallocateBytes);
            return new NioFile(channel);
        } catch (IOException e) {
            try (channel) {
                Files.deleteIfExists(path);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw classified(e);
        }
    }

    private static void fill(FileChannel channel, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, bytes));
        long unsynced = 0;
        for (long at = 0; at < bytes; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
            int written = channel.write(zeros, at);
            at += written;
            unsynced += written;
            if (unsynced >= SYNC_EVERY_BYTES) {
                channel.force(false);
                unsynced = 0;
            }
        }
        channel.force(true);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                folder.resolve(from),
                folder.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void syncFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public boolean lock() throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve(LOCK_FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return false;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            return false;
        }
        lockFile = channel;
        return true;
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
            lockFile = null;
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /** The JDK tells the system's errors apart only by their text. */
    static IOException classified(IOException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = text.contains("no space left")
                || text.contains("quota exceeded")
                || text.contains("not enough space")
                || text.contains("file too large");
        return full ? new DiskFull("The disk has no room left (" + e.getMessage() + ")", e) : e;
    }

    private static final class NioFile implements DiskFile {
        /** The JDK copies what is on the heap into a buffer of the same size, which it keeps: so in pieces. */
        private static final int PIECE_BYTES = 1 << 20;

        private final FileChannel channel;

        NioFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer to, long at) throws IOException {
            int sum = 0;
            while (to.hasRemaining()) {
                int limit = to.limit();
                to.limit(Math.min(limit, to.position() + PIECE_BYTES));
                int read = channel.read(to, at + sum);
                to.limit(limit);
                if (read < 0) {
                    break;
                }
                sum += read;
            }
            return sum;
        }

        @Override
        public void write(ByteBuffer from, long at) throws IOException {
            long to = at;
            int limit = from.limit();
            try {
                while (from.position() < limit) {
                    from.limit(Math.min(limit, from.position() + PIECE_BYTES));
                    to += channel.write(from, to);
                }
            } catch (IOException e) {
                throw classified(e);
            } finally {
                from.limit(limit);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
