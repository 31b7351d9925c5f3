package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the records of the log in their order. */
@FunctionalInterface
interface RecordVisitor {
    /**
     * @param type 1 to 255
     * @param body from its position to its limit; valid only during the call. Its byte order is big endian
     */
    void record(long position, int type, ByteBuffer body) throws IOException;
}
