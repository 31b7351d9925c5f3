package io.dunlin.simulation;

import io.dunlin.storage.Disk;
import io.dunlin.storage.DiskFile;
import io.dunlin.storage.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A folder on a disk behind a page cache. Reads see what was written. The end of the process loses nothing. A power cut leaves
 * of what was not synced each sector of 512 bytes as it was before or as it was written, in any mixture; a file's size as it was
 * or as it became; and of what was done to the folder since {@link #syncFolder} any part. Room, errors and slowness can be set.
 * Thread: one.
 */
public final class ModelDisk implements Disk {
    static final int SECTOR = 512;

    /** Which way the disk goes wrong at this time. */
    public enum Trouble {
        NONE,
        /** Writes that need more room fail. */
        FULL,
        /** Writes fail, at times after a part of the bytes. */
        WRITE_ERROR,
        /** fdatasync fails, and what was dirty stays unwritten although it counts as clean. */
        SYNC_ERROR,
        /** Reads fail. */
        READ_ERROR,
        /** Syncs take seconds. */
        SLOW,
        /** Nothing can be changed. */
        READ_ONLY
    }

    private final RandomGenerator random;
    private TreeMap<String, Inode> folder = new TreeMap<>();
    private TreeMap<String, Inode> syncedFolder = new TreeMap<>();
    private final List<Consumer<Map<String, Inode>>> unsynced = new ArrayList<>(); // done to the folder
    private Trouble trouble = Trouble.NONE;
    private boolean refusedReads;
    private long roomBytes = Long.MAX_VALUE;
    private boolean isLocked;
    private int generation; // handles of earlier processes are of no use
    private long latencyNanos;
    private long syncs;

    public ModelDisk(RandomGenerator random) {
        this.random = random;
    }

    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] synced = new byte[0];
        final BitSet dirty = new BitSet(); // sectors
    }

    // ---- what happens to it

    public void trouble(Trouble now) {
        trouble = now;
    }

    /** How much all files together may take; Long.MAX_VALUE for as much as they want. */
    public void room(long bytes) {
        roomBytes = bytes;
    }

    public long usedBytes() {
        long sum = 0;
        for (Inode inode : folder.values()) {
            sum += inode.bytes.length;
        }
        return sum;
    }

    /** How many syncs there were. */
    public long syncs() {
        return syncs;
    }

    /** How long what was done since the last call would have taken. */
    long takeLatencyNanos() {
        long taken = latencyNanos;
        latencyNanos = 0;
        return taken;
    }

    /** The process has ended: its handles and its lock are gone, and all that it has written stays. */
    public void processEnds() {
        generation++;
        isLocked = false;
    }

    /** The lock does not hold: another process gets it too, and this one goes on. */
    void lockFails() {
        isLocked = false;
    }

    /** The power is cut. */
    public void powerCut() {
        processEnds();
        TreeMap<String, Inode> left = new TreeMap<>(syncedFolder);
        int fate = random.nextInt(3);
        int first = fate == 0 ? 0 : random.nextInt(unsynced.size() + 1);
        for (int i = 0; i < unsynced.size(); i++) {
            if (i < first || fate == 2 && random.nextBoolean()) {
                unsynced.get(i).accept(left);
            }
        }
        folder = left;
        for (Inode inode : folder.values()) {
            lose(inode);
        }
        allSynced();
    }

    private void lose(Inode inode) {
        if (inode.dirty.isEmpty() && inode.bytes.length == inode.synced.length) {
            return;
        }
        int length = random.nextBoolean() ? inode.bytes.length : inode.synced.length;
        byte[] left = Arrays.copyOf(inode.synced, length);
        int percentKept = random.nextInt(4) == 0 ? 0 : random.nextInt(101);
        for (int sector = inode.dirty.nextSetBit(0); sector >= 0; sector = inode.dirty.nextSetBit(sector + 1)) {
            int from = sector * SECTOR;
            int to = Math.min(Math.min(from + SECTOR, inode.bytes.length), length);
            if (from < to && random.nextInt(100) < percentKept) {
                System.arraycopy(inode.bytes, from, left, from, to - from);
            }
        }
        inode.bytes = left;
        inode.synced = left.clone();
        inode.dirty.clear();
    }

    private void allSynced() {
        unsynced.clear();
        syncedFolder = new TreeMap<>(folder);
    }

    /** One bit of what is at rest in a file turns over; false where there are no files. */
    public boolean flipBit() {
        List<Inode> files =
                folder.values().stream().filter(inode -> inode.bytes.length > 0).toList();
        if (files.isEmpty()) {
            return false;
        }
        Inode inode = files.get(random.nextInt(files.size()));
        int at = random.nextInt(inode.bytes.length);
        byte flipped = (byte) (inode.bytes[at] ^ 1 << random.nextInt(8));
        inode.bytes[at] = flipped;
        if (at < inode.synced.length) {
            inode.synced[at] = flipped;
        }
        return true;
    }

    /** As {@code rm} by somebody who should not have. */
    void remove(String name) {
        folder.remove(name);
        allSynced();
    }

    // ---- Disk

    @Override
    public List<String> list() {
        return List.copyOf(folder.keySet());
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Inode inode = folder.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return new File(inode);
    }

    @Override
    public DiskFile create(String name, long preallocateBytes) throws IOException {
        failWhereWritesFail();
        requireRoom(preallocateBytes);
        Inode inode = new Inode();
        inode.bytes = new byte[(int) preallocateBytes];
        inode.synced = inode.bytes.clone();
        slow();
        change(to -> to.put(name, inode));
        return new File(inode);
    }

    @Override
    public void delete(String name) throws IOException {
        failWhereReadOnly();
        change(to -> to.remove(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        failWhereReadOnly();
        if (!folder.containsKey(from)) {
            throw new NoSuchFileException(from);
        }
        Inode moved = folder.get(from);
        change(entries -> {
            if (entries.remove(from) != null || moved != null) {
                entries.put(to, moved);
            }
        });
    }

    private void change(Consumer<Map<String, Inode>> operation) {
        operation.accept(folder);
        unsynced.add(operation);
    }

    @Override
    public void syncFolder() throws IOException {
        failWhereReadOnly();
        if (trouble == Trouble.SYNC_ERROR) {
            throw new IOException("Input/output error (sync of the folder)");
        }
        slow();
        allSynced();
    }

    @Override
    public boolean lock() {
        boolean wasFree = !isLocked;
        isLocked = true;
        return wasFree;
    }

    @Override
    public long usableBytes() {
        return trouble == Trouble.FULL ? 0 : Math.max(0, roomBytes - usedBytes());
    }

    @Override
    public void close() {
        isLocked = false;
    }

    private void requireRoom(long bytes) throws DiskFull {
        if (bytes > 0 && bytes > usableBytes()) {
            throw new DiskFull("No space left on device", null);
        }
    }

    private void failWhereReadOnly() throws IOException {
        if (trouble == Trouble.READ_ONLY) {
            throw new IOException("Read-only file system");
        }
    }

    private void failWhereWritesFail() throws IOException {
        failWhereReadOnly();
        if (trouble == Trouble.WRITE_ERROR) {
            throw new IOException("Input/output error (write)");
        }
    }

    private void slow() {
        syncs++;
        latencyNanos += trouble == Trouble.SLOW ? 500_000_000L + random.nextLong(3_000_000_000L) : 0;
    }

    private final class File implements DiskFile {
        private final Inode inode;
        private final int opened = generation;
        private boolean isClosed;

        File(Inode inode) {
            this.inode = inode;
        }

        private void requireOpen() throws IOException {
            if (isClosed || opened != generation) {
                throw new IOException("the file is closed");
            }
        }

        @Override
        public long size() throws IOException {
            requireOpen();
            return inode.bytes.length;
        }

        @Override
        public int read(ByteBuffer to, long at) throws IOException {
            requireOpen();
            if (trouble == Trouble.READ_ERROR) {
                refusedReads = true;
                throw new IOException("Input/output error (read)");
            }
            int length = (int) Math.max(0, Math.min(to.remaining(), inode.bytes.length - at));
            to.put(inode.bytes, (int) Math.min(at, inode.bytes.length), length);
            return length;
        }

        @Override
        public void write(ByteBuffer from, long at) throws IOException {
            requireOpen();
            failWhereReadOnly();
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            if (trouble == Trouble.WRITE_ERROR) {
                put(bytes, random.nextInt(bytes.length + 1), at);
                throw new IOException("Input/output error (write)");
            }
            requireRoom(at + bytes.length - inode.bytes.length);
            put(bytes, bytes.length, at);
        }

        private void put(byte[] bytes, int count, long at) {
            if (count == 0) {
                return;
            }
            int end = (int) at + count;
            if (end > inode.bytes.length) {
                inode.bytes = Arrays.copyOf(inode.bytes, end);
            }
            System.arraycopy(bytes, 0, inode.bytes, (int) at, count);
            inode.dirty.set((int) at / SECTOR, (end + SECTOR - 1) / SECTOR);
        }

        @Override
        public void sync() throws IOException {
            requireOpen();
            slow();
            if (trouble == Trouble.SYNC_ERROR) {
                if (random.nextBoolean()) {
                    inode.dirty.clear(); // the kernel calls them clean, and they are nowhere
                }
                throw new IOException("Input/output error (sync)");
            }
            failWhereReadOnly();
            if (inode.synced.length != inode.bytes.length) {
                inode.synced = Arrays.copyOf(inode.synced, inode.bytes.length);
            }
            BitSet dirty = inode.dirty;
            for (int from = dirty.nextSetBit(0); from >= 0; ) {
                int to = dirty.nextClearBit(from);
                int end = Math.min(to * SECTOR, inode.bytes.length);
                if (from * SECTOR < end) {
                    System.arraycopy(inode.bytes, from * SECTOR, inode.synced, from * SECTOR, end - from * SECTOR);
                }
                from = dirty.nextSetBit(to);
            }
            dirty.clear();
        }

        @Override
        public void truncate(long size) throws IOException {
            requireOpen();
            failWhereReadOnly();
            if (size < inode.bytes.length) {
                inode.bytes = Arrays.copyOf(inode.bytes, (int) size);
                inode.dirty.clear((int) ((size + SECTOR - 1) / SECTOR), Math.max(inode.dirty.length(), (int) size));
            }
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** For messages. */
    @Override
    public String toString() {
        return "the model disk";
    }

    /** Whether it has refused a read since it was made. */
    boolean hasRefusedReads() {
        return refusedReads;
    }

    /** What {@link #trouble(Trouble)} was set to. */
    @Nullable
    Trouble trouble() {
        return trouble == Trouble.NONE ? null : trouble;
    }
}
