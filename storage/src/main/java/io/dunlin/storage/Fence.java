package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Who may write to the store: the process that was last to open it. The file {@code identity} has the store's id and an epoch, which
 * each opening raises by one; a writer that finds another epoch there than its own has been deposed and writes no more. This
 * holds where the folder's lock does not: on network file systems, or where a copy of a virtual machine wakes up.
 *
 * <p>The file has two places that are written in turns, so that a power cut in the middle of a write leaves the other. A process
 * that comes after this one writes first to the place that this one did not write: looking there is enough.
 */
final class Fence implements AutoCloseable {
    /** The file's name. */
    static final String FILE = "identity";

    static final int VERSION = 1;
    /** Places are apart by more than what a disk writes at once. */
    private static final int PLACE_BYTES = 4096;

    private static final long MAGIC = 0x44554E4C494E4944L; // DUNLINID
    private static final int AT_VERSION = 8;
    private static final int AT_ID = 12;
    private static final int AT_EPOCH = AT_ID + StoreId.BYTES;
    private static final int AT_CRC = AT_EPOCH + Long.BYTES;
    private static final int BYTES = AT_CRC + Integer.BYTES;

    private final Disk disk;
    private final DiskFile file;
    private final StoreId storeId;
    private final long epoch;

    private Fence(Disk disk, DiskFile file, StoreId storeId, long epoch) {
        this.disk = disk;
        this.file = file;
        this.storeId = storeId;
        this.epoch = epoch;
    }

    private record Place(StoreId storeId, long epoch) {}

    /**
     * Takes the folder's lock and the next epoch; makes the file where the folder has no store yet.
     *
     * @param fresh the id of the store where there is none
     * @throws StoreRefused where another process has the folder, or its format is newer
     * @throws StoreDamaged where there are files of a store, but no identity that can be read
     */
    static Fence open(Disk disk, StoreId fresh) throws IOException {
        if (!disk.lock()) {
            throw new StoreRefused(
                    "Another process uses the store in " + disk + ": stop it, or give this one a folder of its own.");
        }
        try {
            return taken(disk, fresh);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private static Fence taken(Disk disk, StoreId fresh) throws IOException {
        @Nullable Place last = last(disk);
        boolean isNew = last == null;
        if (last == null) {
            for (String name : disk.list()) {
                if (SegmentName.isSegment(name) || name.startsWith("state-")) {
                    throw new StoreDamaged(FILE, 0, "the store's identity is missing, though there is " + name);
                }
            }
            last = new Place(fresh, 0);
        }
        DiskFile file = isNew ? disk.create(FILE, PLACE_BYTES + BYTES) : disk.open(FILE);
        Fence fence = new Fence(disk, file, last.storeId, last.epoch + 1);
        fence.write();
        if (isNew) {
            disk.syncFolder();
        }
        return fence;
    }

    /** The store's id without taking anything; null where the folder has no store. */
    static @Nullable StoreId peek(Disk disk) throws IOException {
        @Nullable Place last = last(disk);
        return last == null ? null : last.storeId;
    }

    private static @Nullable Place last(Disk disk) throws IOException {
        try (DiskFile file = disk.open(FILE)) {
            @Nullable Place newest = null;
            boolean blank = true;
            for (int place = 0; place < 2; place++) {
                ByteBuffer bytes = bytesOf(file, place);
                for (int i = 0; i < BYTES; i++) {
                    blank &= bytes.get(i) == 0;
                }
                @Nullable Place read = parse(bytes);
                if (read != null && (newest == null || read.epoch > newest.epoch)) {
                    newest = read;
                }
            }
            if (newest == null && !blank) {
                throw new StoreDamaged(FILE, 0, "the store's identity cannot be read");
            }
            return newest;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static ByteBuffer bytesOf(DiskFile file, int place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        file.read(bytes, (long) place * PLACE_BYTES);
        return bytes;
    }

    private static @Nullable Place parse(ByteBuffer bytes) throws StoreRefused {
        if (bytes.getLong(0) != MAGIC || bytes.getInt(AT_CRC) != crc(bytes)) {
            return null;
        }
        if (bytes.getInt(AT_VERSION) != VERSION) {
            throw newer("The store", bytes.getInt(AT_VERSION));
        }
        return new Place(StoreId.read(bytes, AT_ID), bytes.getLong(AT_EPOCH));
    }

    static StoreRefused newer(String what, int version) {
        return new StoreRefused(what + " has format " + version + ", which a newer Dunlin wrote; this one knows format "
                + VERSION + ": run that newer one, or give this one a folder of its own.");
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, AT_CRC));
        return (int) crc.getValue();
    }

    private void write() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(0, MAGIC).putInt(AT_VERSION, VERSION).putLong(AT_EPOCH, epoch);
        storeId.write(bytes, AT_ID);
        bytes.putInt(AT_CRC, crc(bytes));
        file.write(bytes, (epoch & 1) * PLACE_BYTES);
        file.sync();
    }

    StoreId storeId() {
        return storeId;
    }

    /** From 1. */
    long epoch() {
        return epoch;
    }

    /** Whether this is still the last one that opened the store. Reads the file. */
    boolean holds() throws IOException {
        @Nullable Place other = parse(bytesOf(file, (int) (epoch + 1 & 1)));
        return other == null || other.epoch < epoch;
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        try (disk) {
            file.close();
        }
    }
}
