package io.dunlin.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The 48 bytes before the records of a batch. Its CRC begins with the store's id, which nobody outside knows, and covers the place where it
 * stands: bytes that a publisher sends can never pass for one, not even a copy of the file itself.
 *
 * @param position where it stands
 * @param length of the records after it, in bytes
 * @param epoch of the writer
 * @param durableUpTo all before this position was synced when it was written
 * @param previousEnd where the batch before it ends: so nothing between two batches is ever missed
 * @param flags see {@link #GAP}
 */
record BatchHeader(long position, int length, long epoch, long durableUpTo, long previousEnd, int flags) {
    static final int BYTES = 48;

    static final int MAGIC = 0xD0B1A7C4;
    /** Stands where a repair took out what was damaged: its bytes mean nothing. */
    static final int GAP = 1;

    private static final int AT_LENGTH = 4;
    private static final int AT_POSITION = 8;
    private static final int AT_EPOCH = 16;
    private static final int AT_DURABLE = 24;
    private static final int AT_PREVIOUS = 32;
    private static final int AT_FLAGS = 40;
    private static final int AT_CRC = 44;

    /** Writes it to the buffer at this index. */
    void write(ByteBuffer to, int at, StoreId storeId) {
        to.putInt(at, MAGIC)
                .putInt(at + AT_LENGTH, length)
                .putLong(at + AT_POSITION, position)
                .putLong(at + AT_EPOCH, epoch)
                .putLong(at + AT_DURABLE, durableUpTo)
                .putLong(at + AT_PREVIOUS, previousEnd)
                .putInt(at + AT_FLAGS, flags)
                .putInt(at + AT_CRC, crc(to, at, storeId));
    }

    /** The header at this index of the buffer, which has it whole; null where there is none that belongs to this place. */
    static @Nullable BatchHeader read(ByteBuffer from, int at, StoreId storeId, long position) {
        if (from.getInt(at) != MAGIC
                || from.getLong(at + AT_POSITION) != position
                || from.getInt(at + AT_LENGTH) < 0
                || from.getInt(at + AT_CRC) != crc(from, at, storeId)) {
            return null;
        }
        return new BatchHeader(
                position,
                from.getInt(at + AT_LENGTH),
                from.getLong(at + AT_EPOCH),
                from.getLong(at + AT_DURABLE),
                from.getLong(at + AT_PREVIOUS),
                from.getInt(at + AT_FLAGS));
    }

    boolean isGap() {
        return (flags & GAP) != 0;
    }

    private static int crc(ByteBuffer bytes, int at, StoreId storeId) {
        ByteBuffer id = ByteBuffer.allocate(StoreId.BYTES);
        storeId.write(id, 0);
        CRC32C crc = new CRC32C();
        crc.update(id);
        crc.update(bytes.slice(at, AT_CRC));
        return (int) crc.getValue();
    }
}
