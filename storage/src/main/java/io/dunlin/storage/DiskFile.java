package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of the store. Thread: any; writes to different places, and reads, may run at once. */
public interface DiskFile extends AutoCloseable {
    long size() throws IOException;

    /**
     * Reads from that place of the file until the buffer is full or the file ends.
     *
     * @return how many bytes were read; 0 at and beyond the end
     */
    int read(ByteBuffer to, long at) throws IOException;

    /**
     * Writes all that remains in the buffer to that place of the file, which grows where it has to. It outlives this process
     * from then on, and a power cut after {@link #sync}. After a failure any part of it may have been written, and the same
     * bytes may be written again to the same place. The buffer's position is of no meaning afterwards.
     */
    void write(ByteBuffer from, long at) throws IOException;

    /**
     * Brings what was written, and the size, to the disk (fdatasync). After a failure it cannot be told what is there: calling
     * it again proves nothing.
     */
    void sync() throws IOException;

    /** Cuts the file to this size; one that is shorter stays as it is. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
