package io.dunlin.storage;

import java.io.IOException;

/**
 * Who may write to the store: the process that was last to open it. The file {@code identity} has the store's id and an epoch, which
 * each opening raises by one; a writer that finds another epoch there than its own has been deposed and writes no more.
 */
final class Fence implements AutoCloseable {
    /** The file's name. */
    static final String FILE = "identity";

    private Fence() {}

    /**
     * Takes the folder's lock and the next epoch; makes the file where the folder has no store yet.
     *
     * @param fresh the id of the store where there is none
     * @throws StoreRefused where another process has the folder, or its format is newer
     * @throws StoreDamaged where there are files of a store, but no identity that can be read
     */
    static Fence open(Disk disk, StoreId fresh) throws IOException {
        throw new UnsupportedOperationException();
    }

    StoreId storeId() {
        throw new UnsupportedOperationException();
    }

    /** From 1. */
    long epoch() {
        throw new UnsupportedOperationException();
    }

    /** Whether this is still the last one that opened the store. Reads the file. */
    boolean holds() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {}
}
