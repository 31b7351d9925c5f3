package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes the records of a segment that are still wanted to a new file, which then takes the segment's name: at each moment one of
 * the two is there, whole. Positions stay, so nothing that refers to a record has to know.
 */
final class Compaction {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Disk disk;
    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long end;

    private Compaction(Disk disk, DiskFile file) {
        this.disk = disk;
        this.file = file;
    }

    /** @param positions of this segment, ascending */
    static void write(SegmentFiles files, LogReader reader, int number, long[] positions) throws IOException {
        Disk disk = files.disk();
        String name = SegmentName.compacting(number);
        DiskFile file = disk.create(name, 0);
        try {
            new Compaction(disk, file)
                    .run(new SegmentHeader(files.storeId(), number, SegmentHeader.Kind.SPARSE), reader, positions);
            file.close();
        } catch (IOException e) {
            SegmentFiles.closeAfter(file, e);
            try {
                disk.delete(name);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        disk.rename(name, SegmentName.of(number));
        disk.syncFolder();
        files.put(files.open(number, SegmentHeader.Kind.SPARSE));
    }

    private void run(SegmentHeader header, LogReader reader, long[] positions) throws IOException {
        append(header.encoded());
        int[] places = new int[positions.length];
        for (int i = 0; i < positions.length; i++) {
            if (Position.segment(positions[i]) != header.number() || i > 0 && positions[i] <= positions[i - 1]) {
                throw new IllegalArgumentException("Positions of one segment are wanted, ascending.");
            }
            places[i] = (int) end;
            append(reader.frame(positions[i]));
        }
        long indexAt = end;
        CRC32C crc = new CRC32C();
        ByteBuffer entry = ByteBuffer.allocate(SparseIndex.ENTRY_BYTES);
        for (int i = 0; i < positions.length; i++) {
            entry.clear()
                    .putInt(Position.offset(positions[i]))
                    .putInt(places[i])
                    .flip();
            crc.update(entry);
            append(entry.rewind());
        }
        append(SparseIndex.trailer(positions.length, indexAt, crc));
        flush();
        file.sync();
        disk.syncFolder();
    }

    private void append(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > buffer.remaining()) {
            flush();
        }
        end += bytes.remaining();
        if (bytes.remaining() > buffer.capacity()) {
            file.write(bytes, end - bytes.remaining());
        } else {
            buffer.put(bytes);
        }
    }

    private void flush() throws IOException {
        int length = buffer.position();
        file.write(buffer.flip(), end - length);
        buffer.clear();
    }
}
