package io.dunlin.storage;

import java.nio.ByteBuffer;

/**
 * A record of the log as it was read, its CRC checked.
 *
 * @param type 1 to 255
 * @param body from its position 0 to its limit; read-only by agreement. From {@link LogReader} it is valid until the next read
 */
record StoredRecord(long position, int type, ByteBuffer body) {}
