package io.dunlin.storage;

import java.io.IOException;

/**
 * Reads single records of the log by their positions. It reads ahead where positions grow in small steps, so ask for many in
 * ascending order. Thread: one at a time; make one for each reading thread.
 */
final class LogReader {
    LogReader() {}

    /**
     * The record at this position, from memory where it has not been written yet.
     *
     * @return its body is valid until the next call
     * @throws IOException where it cannot be read: {@link StoreDamaged} where it is not there or is not what was written
     */
    StoredRecord read(long position) throws IOException {
        throw new UnsupportedOperationException();
    }
}
