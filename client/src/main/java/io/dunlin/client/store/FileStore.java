package io.dunlin.client.store;

import io.dunlin.protocol.packet.Publish;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the session in one file, so that messages that were accepted and QoS 2 states outlive the process: its normal end,
 * {@code kill -9}, a crash of the JVM; with {@link #forced()} a loss of power too. One file belongs to one client identifier,
 * and one process at a time uses it (a file beside it, with {@code .lock} at the end of its name, is what is locked).
 *
 * <p>Records are appended; when most of the file is no longer needed, what is gets written to a new file that takes the place
 * of the old one. What was cut short by the end of the process is cut off at the next start: nobody was told that it is kept.
 * What was changed by a failing disk is refused ({@link StoreFailed} says where and what to do), never dropped silently.
 *
 * <p>Where the disk is full or fails, {@link #add} and the other calls that promise something throw {@link StoreFailed}, and
 * the file stays as it was before the call. {@link #remove} and {@link #unsent} never throw for that reason: what they say is
 * written with the next record, and a process that ends before only sends such messages again.
 *
 * <p>Of a message that waits, about 150 bytes are kept in memory here.
 */
public final class FileStore implements SessionStore {
    /** Smaller files are not rewritten. */
    public static final long COMPACT_ABOVE_BYTES_DEFAULT = 4L << 20;

    private final Path path;
    private final Options options;
    private final Disk disk;
    private @Nullable LogFile log;
    private @Nullable Closeable lock;

    FileStore(Path path, Options options, Disk disk) {
        this.path = path;
        this.options = options;
        this.disk = disk;
    }

    /** The file is made where it is not there; its folder has to be. Nothing is touched before the client opens it. */
    public static FileStore at(Path file) {
        return new FileStore(file, new Options(false, false, COMPACT_ABOVE_BYTES_DEFAULT), FileDisk.INSTANCE);
    }

    /**
     * The same file with each record forced to the device before the call returns (fsync: 0.1 to 20 ms each, as the device
     * is), so that a loss of power loses nothing that was accepted and doubles no QoS 2 message. Only that a message was
     * answered is not waited for.
     */
    public FileStore forced() {
        return with(new Options(true, options.salvage(), options.compactAboveBytes()));
    }

    /**
     * The same file, opened also where it is damaged: what can be read is kept, and a copy of the damaged file put aside under
     * its name with {@code .damaged} at the end. Messages in the damaged places are lost, and ones that were finished may be
     * sent again. Without damage it changes nothing.
     */
    public FileStore salvage() {
        return with(new Options(options.forced(), true, options.compactAboveBytes()));
    }

    /**
     * The same file, rewritten when its records take more than that and at most half of it is still needed.
     *
     * @param bytes at least 0
     */
    public FileStore compactAbove(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must be at least 0, not " + bytes);
        }
        return with(new Options(options.forced(), options.salvage(), bytes));
    }

    private FileStore with(Options changed) {
        return new FileStore(path, changed, disk);
    }

    @Override
    public Recovered open(String clientId) {
        if (log != null) {
            throw inUse();
        }
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(path)) {
            throw new StoreFailed("The session store " + path + " is a folder: name a file in it.", null);
        }
        if (!Files.isDirectory(folder)) {
            throw new StoreFailed("The folder of the session store " + path + " does not exist: create it.", null);
        }
        try {
            return openLocked(Files.isSymbolicLink(path) ? path.toRealPath() : path, clientId);
        } catch (IOException e) {
            throw new StoreFailed(
                    "The session store " + path + " cannot be opened (" + e
                            + "): check that this user may read and write it and its folder, and that the disk has room.",
                    e);
        }
    }

    private Recovered openLocked(Path real, String clientId) throws IOException {
        Closeable held = disk.lock(FileNames.lock(real));
        if (held == null) {
            throw inUse();
        }
        try {
            Opening.Result result = new Opening(disk, real, options, clientId).open();
            log = result.file();
            lock = held;
            return new Recovered(result.messages(), receivedIds(result.file().kept()));
        } finally {
            if (log == null) {
                held.close();
            }
        }
    }

    private StoreFailed inUse() {
        return new StoreFailed(
                "The session store " + path + " is in use by another client: close that one, or name another file.",
                null);
    }

    private static int[] receivedIds(Kept kept) {
        return kept.receivedIds().stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public long add(Publish message) {
        LogFile file = opened();
        Publish encodable = Records.encodable(message);
        int bodyBytes = Records.addedBytes(encodable);
        long token = file.kept().lastToken() + 1;
        Records.putAdded(token, encodable, file.record(bodyBytes));
        long bodyAt = append(file);
        file.kept().added(token, bodyAt, bodyBytes);
        return token;
    }

    @Override
    public void sent(long token, int packetId) {
        LogFile file = opened();
        Kept.Live live = file.kept().message(token);
        if (live == null || live.packetId == packetId && !live.released) {
            return;
        }
        shortRecord(file, Records.SENT).putLong(token).putShort((short) packetId);
        append(file);
        file.kept().sent(token, packetId);
        file.compactIfDue();
    }

    @Override
    public void released(long token) {
        LogFile file = opened();
        Kept.Live live = file.kept().message(token);
        if (live == null || live.released) {
            return;
        }
        shortRecord(file, Records.RELEASED).putLong(token);
        append(file);
        file.kept().released(token);
        file.compactIfDue();
    }

    @Override
    public void unsent(long token) {
        LogFile file = opened();
        Kept.Live live = file.kept().message(token);
        if (live == null || live.packetId == 0) {
            return;
        }
        shortRecord(file, Records.UNSENT).putLong(token);
        file.appendOrDefer();
        file.kept().sent(token, 0);
        file.compactIfDue();
    }

    @Override
    public void remove(long token) {
        LogFile file = opened();
        if (file.kept().message(token) == null) {
            return;
        }
        shortRecord(file, Records.REMOVED).putLong(token);
        file.appendOrDefer();
        file.kept().removed(token);
        file.compactIfDue();
    }

    @Override
    public void received(int packetId) {
        LogFile file = opened();
        if (file.kept().receivedIds().contains(packetId)) {
            return;
        }
        shortRecord(file, Records.RECEIVED).putShort((short) packetId);
        append(file);
        file.kept().receivedIds().add(packetId);
        file.compactIfDue();
    }

    @Override
    public void receivedDone(int packetId) {
        LogFile file = opened();
        if (!file.kept().receivedIds().contains(packetId)) {
            return;
        }
        shortRecord(file, Records.RECEIVED_DONE).putShort((short) packetId);
        append(file);
        file.kept().receivedIds().remove(packetId);
        file.compactIfDue();
    }

    @Override
    public void sessionLost() {
        LogFile file = opened();
        if (file.kept().receivedIds().isEmpty()) {
            return;
        }
        shortRecord(file, Records.SESSION_LOST);
        append(file);
        file.kept().receivedIds().clear();
        file.compactIfDue();
    }

    private static ByteBuffer shortRecord(LogFile file, byte type) {
        return file.record(Records.SHORT_BYTES_MAX).put(type);
    }

    private long append(LogFile file) {
        try {
            return file.append();
        } catch (IOException e) {
            throw new StoreFailed(
                    "The session store " + path + " cannot be written (" + e.getMessage()
                            + "): make room on the disk or mend it; what it keeps already is safe.",
                    e);
        }
    }

    private LogFile opened() {
        LogFile file = log;
        if (file == null) {
            throw new StoreFailed("The session store " + path + " is not open: open it first.", null);
        }
        return file;
    }

    @Override
    public void close() {
        LogFile file = log;
        Closeable held = lock;
        log = null;
        lock = null;
        if (file == null || held == null) {
            return;
        }
        try (held) {
            file.close();
        } catch (IOException e) {
            throw new StoreFailed("The session store " + path + " could not be closed (" + e.getMessage() + ").", e);
        }
    }
}
