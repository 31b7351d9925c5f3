package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the log. Readers hold it while they read, so that one that is deleted or replaced stays readable until the last
 * of them has let go of it.
 */
final class Segment {
    private static final int CLOSED = Integer.MIN_VALUE / 2;

    private final int number;
    private final DiskFile file;
    private final @Nullable SparseIndex sparse;
    /** How many read; that many above {@link #CLOSED} after it was closed. */
    private final AtomicInteger readers = new AtomicInteger();

    private volatile long bytes;

    /** @param sparse where only some records are left; null where it is plain */
    Segment(int number, DiskFile file, long bytes, @Nullable SparseIndex sparse) {
        this.number = number;
        this.file = file;
        this.bytes = bytes;
        this.sparse = sparse;
    }

    int number() {
        return number;
    }

    /** What it takes on the disk. */
    long bytes() {
        return bytes;
    }

    boolean isSparse() {
        return sparse != null;
    }

    /** Thread: the writer. */
    void write(ByteBuffer from, int offset) throws IOException {
        long end = (long) offset + from.remaining();
        file.write(from, offset);
        if (end > bytes) {
            bytes = end;
        }
    }

    void sync() throws IOException {
        file.sync();
    }

    void truncate(long end) throws IOException {
        if (bytes > end) {
            file.truncate(end);
            bytes = end;
        }
    }

    /** Where in the file the record with this offset stands; below 0 where it is not there. */
    long locate(int offset) throws IOException {
        return sparse == null ? offset : sparse.find(file, offset);
    }

    int read(ByteBuffer to, long at) throws IOException {
        return file.read(to, at);
    }

    DiskFile file() {
        return file;
    }

    @Nullable
    SparseIndex sparse() {
        return sparse;
    }

    /** Keeps the file open until {@link #release}; false where it is closed already. */
    boolean acquire() {
        for (int now = readers.get(); now >= 0; now = readers.get()) {
            if (readers.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    void release() throws IOException {
        if (readers.decrementAndGet() == CLOSED) {
            file.close();
        }
    }

    /** Closes the file, now or when the last reader lets go of it. Once. */
    void close() throws IOException {
        if (readers.addAndGet(CLOSED) == CLOSED) {
            file.close();
        }
    }
}
