package io.dunlin.console.port;

import java.io.IOException;
import java.io.OutputStream;

/** A file that a command makes while it is sent: as large as it likes. Whoever gets one closes it. Thread: one. */
public interface Download extends AutoCloseable {
    /** A name that it could have. */
    String name();

    /** What it is, such as {@code application/x-tar}. */
    String type();

    /**
     * Writes all of it. Once.
     *
     * @return what there is to say of it, to be shown as JSON
     * @throws IOException where it cannot be made whole; what was written by then is worth nothing
     */
    Object write(OutputStream out) throws IOException;

    @Override
    void close();
}
