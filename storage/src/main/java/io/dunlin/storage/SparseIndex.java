package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where the records of a sparse segment stand. The file ends with an entry for each record (its offset before the compaction and
 * its offset now, ascending) and a trailer. Every 64th entry is kept in memory: a record is found with one read.
 */
final class SparseIndex {
    static final int ENTRY_BYTES = 8;
    static final int TRAILER_BYTES = 24;
    private static final int BLOCK = 64;
    private static final int MAGIC = 0x53504152; // SPAR
    private static final int AT_COUNT = 4;
    private static final int AT_INDEX = 8;
    private static final int AT_INDEX_CRC = 16;
    private static final int AT_CRC = 20;
    private static final int READ_BYTES = 1 << 16;

    private final int count;
    private final long indexAt;
    private final int[] firsts;

    private SparseIndex(int count, long indexAt, int[] firsts) {
        this.count = count;
        this.indexAt = indexAt;
        this.firsts = firsts;
    }

    /** Reads it from a file of this size. */
    static SparseIndex read(DiskFile file, String name, long size) throws IOException {
        long trailerAt = size - TRAILER_BYTES;
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        if (trailerAt < SegmentHeader.BYTES || file.read(trailer, trailerAt) < TRAILER_BYTES) {
            throw new StoreDamaged(name, Math.max(0, trailerAt), "the index of the records is missing");
        }
        int count = trailer.getInt(AT_COUNT);
        long indexAt = trailer.getLong(AT_INDEX);
        if (trailer.getInt(0) != MAGIC
                || trailer.getInt(AT_CRC) != crc(trailer.slice(0, AT_CRC))
                || count < 0
                || indexAt != trailerAt - (long) count * ENTRY_BYTES
                || indexAt < SegmentHeader.BYTES) {
            throw new StoreDamaged(name, trailerAt, "the index of the records cannot be read");
        }
        int[] firsts = new int[(count + BLOCK - 1) / BLOCK];
        CRC32C crc = new CRC32C();
        ByteBuffer entries = ByteBuffer.allocate(READ_BYTES);
        int index = 0;
        for (long at = indexAt; at < trailerAt; at += entries.limit()) {
            entries.clear().limit((int) Math.min(READ_BYTES, trailerAt - at));
            file.read(entries, at);
            crc.update(entries.rewind());
            for (int entry = 0; entry < entries.limit(); entry += ENTRY_BYTES) {
                if (index % BLOCK == 0) {
                    firsts[index / BLOCK] = entries.getInt(entry);
                }
                index++;
            }
        }
        if ((int) crc.getValue() != trailer.getInt(AT_INDEX_CRC)) {
            throw new StoreDamaged(name, indexAt, "the index of the records has changed");
        }
        return new SparseIndex(count, indexAt, firsts);
    }

    /** The trailer of an index that stands at this offset. */
    static ByteBuffer trailer(int count, long indexAt, CRC32C indexCrc) {
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
        trailer.putInt(0, MAGIC)
                .putInt(AT_COUNT, count)
                .putLong(AT_INDEX, indexAt)
                .putInt(AT_INDEX_CRC, (int) indexCrc.getValue());
        return trailer.putInt(AT_CRC, crc(trailer.slice(0, AT_CRC)));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    int count() {
        return count;
    }

    /** Where the records end. */
    long indexAt() {
        return indexAt;
    }

    /** Where the record that had this offset stands now; -1 where it is gone. */
    long find(DiskFile file, int offset) throws IOException {
        int low = 0;
        int high = firsts.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (firsts[middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0) {
            return -1;
        }
        int first = (low - 1) * BLOCK;
        int entries = Math.min(BLOCK, count - first);
        ByteBuffer block = ByteBuffer.allocate(entries * ENTRY_BYTES);
        file.read(block, indexAt + (long) first * ENTRY_BYTES);
        for (int entry = 0; entry < block.capacity(); entry += ENTRY_BYTES) {
            if (block.getInt(entry) == offset) {
                return block.getInt(entry + 4);
            }
        }
        return -1;
    }
}
