package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder in memory that knows what was synced, counts what is done to it and fails on demand. What is done to the folder itself
 * is durable at once.
 */
final class MemoryDisk implements Disk {
    final TreeMap<String, Content> files = new TreeMap<>();
    int writes;
    int syncs;
    boolean isLocked;
    long roomBytes = Long.MAX_VALUE;

    @Nullable
    IOException writeFailure;

    @Nullable
    IOException syncFailure;

    /** A file: what reads see, and the writes that a power cut may undo. */
    static final class Content {
        byte[] bytes = new byte[0];
        byte[] synced = new byte[0];
        final List<Write> unsynced = new ArrayList<>();
    }

    record Write(long at, byte[] bytes) {}

    /** The same folder as the next process finds it; this one's lock is gone. */
    MemoryDisk afterKill() {
        MemoryDisk next = new MemoryDisk();
        files.forEach((name, content) -> {
            Content copy = new Content();
            copy.bytes = content.bytes.clone();
            copy.synced = content.synced.clone();
            copy.unsynced.addAll(content.unsynced);
            next.files.put(name, copy);
        });
        return next;
    }

    /** The same after the power was cut: of what was not synced, some writes are there, some not, some in part. */
    MemoryDisk afterPowerCut(Random random) {
        MemoryDisk next = new MemoryDisk();
        files.forEach((name, content) -> {
            Content copy = new Content();
            copy.bytes = content.synced.clone();
            for (Write write : content.unsynced) {
                int fate = random.nextInt(4);
                if (fate == 0) {
                    continue;
                }
                int from = fate == 2 ? random.nextInt(write.bytes.length + 1) : 0;
                int to = fate == 3 ? random.nextInt(write.bytes.length + 1) : write.bytes.length;
                if (to > from) {
                    copy.bytes = put(copy.bytes, write.at + from, Arrays.copyOfRange(write.bytes, from, to));
                }
            }
            copy.synced = copy.bytes.clone();
            next.files.put(name, copy);
        });
        return next;
    }

    private static byte[] put(byte[] into, long at, byte[] bytes) {
        byte[] result = Arrays.copyOf(into, (int) Math.max(into.length, at + bytes.length));
        System.arraycopy(bytes, 0, result, (int) at, bytes.length);
        return result;
    }

    long usedBytes() {
        return files.values().stream()
                .mapToLong(content -> content.bytes.length)
                .sum();
    }

    byte[] bytes(String name) {
        return content(name).bytes;
    }

    Content content(String name) {
        Content content = files.get(name);
        if (content == null) {
            throw new AssertionError("no file " + name + " among " + files.keySet());
        }
        return content;
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Content content = files.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return new MemoryFile(content);
    }

    @Override
    public DiskFile create(String name, long preallocateBytes) throws IOException {
        failWhere(writeFailure);
        if (preallocateBytes > usableBytes()) {
            throw new DiskFull("full", null);
        }
        Content content = new Content();
        content.bytes = new byte[(int) preallocateBytes];
        content.synced = content.bytes.clone();
        files.put(name, content);
        return new MemoryFile(content);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Content content = files.remove(from);
        if (content == null) {
            throw new NoSuchFileException(from);
        }
        files.put(to, content);
    }

    @Override
    public void syncFolder() throws IOException {
        failWhere(syncFailure);
    }

    @Override
    public boolean lock() {
        boolean wasFree = !isLocked;
        isLocked = true;
        return wasFree;
    }

    @Override
    public long usableBytes() {
        return Math.max(0, roomBytes - usedBytes());
    }

    @Override
    public void close() {
        isLocked = false;
    }

    private static void failWhere(@Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private final class MemoryFile implements DiskFile {
        private final Content content;
        private boolean isClosed;

        MemoryFile(Content content) {
            this.content = content;
        }

        private void requireOpen() throws IOException {
            if (isClosed) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public long size() throws IOException {
            requireOpen();
            return content.bytes.length;
        }

        @Override
        public int read(ByteBuffer to, long at) throws IOException {
            requireOpen();
            int length = (int) Math.max(0, Math.min(to.remaining(), content.bytes.length - at));
            to.put(content.bytes, (int) Math.min(at, content.bytes.length), length);
            return length;
        }

        @Override
        public void write(ByteBuffer from, long at) throws IOException {
            requireOpen();
            failWhere(writeFailure);
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            if (at + bytes.length - content.bytes.length > usableBytes()) {
                throw new DiskFull("full", null);
            }
            writes++;
            content.unsynced.add(new Write(at, bytes));
            content.bytes = MemoryDisk.put(content.bytes, at, bytes);
        }

        @Override
        public void sync() throws IOException {
            requireOpen();
            failWhere(syncFailure);
            syncs++;
            content.synced = content.bytes.clone();
            content.unsynced.clear();
        }

        @Override
        public void truncate(long size) throws IOException {
            requireOpen();
            if (size < content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, (int) size);
                content.synced = Arrays.copyOf(content.synced, (int) Math.min(size, content.synced.length));
                content.unsynced.removeIf(write -> write.at >= size);
                content.unsynced.replaceAll(write -> new Write(
                        write.at, Arrays.copyOf(write.bytes, (int) Math.min(write.bytes.length, size - write.at))));
            }
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
