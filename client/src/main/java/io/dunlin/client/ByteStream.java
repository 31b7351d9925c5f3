package io.dunlin.client;

import java.io.Closeable;
import java.io.IOException;

/**
 * A connected pair of byte flows, blocking. One thread reads while another writes; {@link #close} may come from any thread
 * and ends both with an error or the end of the flow.
 */
interface ByteStream extends Closeable {
    /** Waits for at least one byte. @return how many came, or -1 at the end */
    int read(byte[] into, int offset, int length) throws IOException;

    /** Writes all of it. */
    void write(byte[] from, int offset, int length) throws IOException;

    /** Says goodbye where the flow has a way to, before {@link #close}. */
    default void finish() throws IOException {}

    @Override
    void close() throws IOException;
}
