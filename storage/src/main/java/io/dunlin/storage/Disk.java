package io.dunlin.storage;

import java.io.IOException;
import java.util.List;

/**
 * The folder that the store lives in. What a method has done to the folder itself (a file made, deleted, renamed) outlives a
 * power cut once {@link #syncFolder} has returned, and may outlive it before. A full disk shows as {@link DiskFull}. Thread: any.
 */
public interface Disk extends AutoCloseable {
    /** The names of the files in the folder, in no order. */
    List<String> list() throws IOException;

    /** Opens a file that exists for reading and writing; {@link java.nio.file.NoSuchFileException} where it does not. */
    DiskFile open(String name) throws IOException;

    /**
     * Makes a file of that many zeros, in the place of one that has the name. The zeros are really written and, with the file's
     * metadata, synced, so that a later {@link DiskFile#sync} of what is written over them has only data to bring to the disk.
     * Where that fails, no file is left.
     */
    DiskFile create(String name, long preallocateBytes) throws IOException;

    /** Deletes a file; one that is not there is deleted already. */
    void delete(String name) throws IOException;

    /** Renames a file, in the place of one that has the name, at once: there is no moment without a file of that name. */
    void rename(String from, String to) throws IOException;

    /** Brings the folder itself to the disk. */
    void syncFolder() throws IOException;

    /** Takes the folder for this process until {@link #close}; false where another has it, in this process or elsewhere. */
    boolean lock() throws IOException;

    /** What may still be written, as far as the operating system can tell. */
    long usableBytes() throws IOException;

    /** Gives the lock back. Files stay open. */
    @Override
    void close() throws IOException;
}
