package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Goes through one segment of a stopped store and past whatever is damaged in it. Changes nothing. */
final class SegmentWalk {
    private final Disk disk;
    private final StoreId storeId;

    SegmentWalk(Disk disk, StoreId storeId) {
        this.disk = disk;
        this.storeId = storeId;
    }

    /** Takes what is there and what is not. */
    interface Visitor extends RecordVisitor {
        /**
         * Between two offsets stands no batch that is whole.
         *
         * @param next the batch behind it, where this segment has one
         */
        void damage(int segment, int from, int to, @Nullable BatchHeader next) throws IOException;
    }

    void plain(int number, Visitor visitor) throws IOException {
        try (DiskFile file = disk.open(SegmentName.of(number))) {
            BatchCursor cursor = new BatchCursor(file, number, storeId);
            int offset = SegmentHeader.BYTES;
            long lastEnd = -1;
            while (true) {
                BatchHeader header = cursor.header(offset);
                if (header == null || !follows(header, lastEnd)) {
                    int end = cursor.endOfContent(offset);
                    if (end == offset) {
                        return;
                    }
                    BatchHeader next = after(cursor, offset);
                    visitor.damage(number, offset, next == null ? end : Position.offset(next.position()), next);
                    if (next == null) {
                        return;
                    }
                    offset = Position.offset(next.position());
                    lastEnd = -1;
                    continue;
                }
                int behind = offset + BatchHeader.BYTES + header.length();
                ByteBuffer records = header.isGap() ? null : cursor.records(header);
                if (records != null) {
                    give(header, records, visitor);
                } else if (!header.isGap()) {
                    visitor.damage(number, offset, behind, cursor.header(behind));
                }
                lastEnd = Position.of(number, behind);
                offset = behind;
            }
        }
    }

    private static boolean follows(BatchHeader header, long lastEnd) {
        return lastEnd < 0 || header.previousEnd() == lastEnd;
    }

    /** The next batch behind this offset that fits into the file; null where there is none. */
    static @Nullable BatchHeader after(BatchCursor cursor, int offset) throws IOException {
        BatchHeader next = cursor.search(offset + 1);
        while (next != null) {
            int at = Position.offset(next.position());
            BatchHeader fits = cursor.header(at);
            if (fits != null) {
                return fits;
            }
            next = cursor.search(at + 1);
        }
        return null;
    }

    private static void give(BatchHeader header, ByteBuffer records, Visitor visitor) throws IOException {
        long position = header.position() + BatchHeader.BYTES;
        for (int at = 0; at < records.limit(); ) {
            int length = RecordFrame.length(records, at, records.limit());
            visitor.record(position + at, RecordFrame.type(records, at), RecordFrame.body(records, at, length));
            at += length;
        }
    }

    /** All records of a compacted segment; one that cannot be read counts as damage of its place. */
    void sparse(int number, LogReader reader, Visitor visitor) throws IOException {
        String name = SegmentName.of(number);
        try (DiskFile file = disk.open(name)) {
            SparseIndex index = SparseIndex.read(file, name, file.size());
            ByteBuffer entry = ByteBuffer.allocate(SparseIndex.ENTRY_BYTES);
            for (int i = 0; i < index.count(); i++) {
                file.read(entry.clear(), index.indexAt() + (long) i * SparseIndex.ENTRY_BYTES);
                long position = Position.of(number, entry.getInt(0));
                try {
                    StoredRecord record = reader.read(position);
                    visitor.record(position, record.type(), record.body());
                } catch (StoreDamaged e) {
                    visitor.damage(number, entry.getInt(Integer.BYTES), entry.getInt(Integer.BYTES) + 1, null);
                }
            }
        }
    }
}
