package io.dunlin.client.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the store asks of a file system, so that tests can stand between. All calls block; none is ended by an interrupt. */
interface Disk {
    /** Opens an existing file for reading and writing. */
    OpenFile open(Path path) throws IOException;

    /** Makes an empty file that only its owner may read, in place of one that is there, and opens it. */
    OpenFile create(Path path) throws IOException;

    /** Puts a file in the place of another: whoever looks sees the old one or the new one, whole. Or it throws and did not. */
    void replace(Path from, Path to) throws IOException;

    /** Returns when what happened to the names in this file's folder is on the device. */
    void syncFolderOf(Path path) throws IOException;

    void copy(Path from, Path to) throws IOException;

    /** Where it is there. */
    void delete(Path path) throws IOException;

    /** Holds the file against other processes until it is closed. Null where another one holds it. */
    @Nullable
    Closeable lock(Path path) throws IOException;

    /** A file of which nothing is buffered here. */
    interface OpenFile extends Closeable {
        long bytes() throws IOException;

        /** All of them, or it throws and any part of them may be written. */
        void write(long at, byte[] from, int offset, int count) throws IOException;

        /** As many as there are until the end of the file, at most {@code count}. */
        int read(long at, byte[] into, int offset, int count) throws IOException;

        void truncate(long bytes) throws IOException;

        /** Returns when all that was written is on the device. */
        void sync() throws IOException;
    }
}
