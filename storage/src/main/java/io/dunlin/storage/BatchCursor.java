package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Goes through the batches of one plain segment. Reads ahead; holds at most one batch in memory. */
final class BatchCursor {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int FIRST_BYTES = 1 << 12;

    private final DiskFile file;
    private final int number;
    private final StoreId storeId;
    private final int size;
    private ByteBuffer window = ByteBuffer.allocate(FIRST_BYTES).limit(0);
    private int windowAt;

    BatchCursor(DiskFile file, int number, StoreId storeId) throws IOException {
        this.file = file;
        this.number = number;
        this.storeId = storeId;
        this.size = (int) Math.min(Integer.MAX_VALUE, file.size());
    }

    int size() {
        return size;
    }

    /** The header that stands at this offset and fits into the file; null where there is none. */
    @Nullable
    BatchHeader header(int offset) throws IOException {
        if (offset > size - BatchHeader.BYTES || !load(offset, BatchHeader.BYTES)) {
            return null;
        }
        @Nullable
        BatchHeader header = BatchHeader.read(window, offset - windowAt, storeId, Position.of(number, offset));
        return header != null && header.length() <= size - offset - BatchHeader.BYTES ? header : null;
    }

    /** The records of the batch, each intact; null where one is not. Valid until the next call. */
    @Nullable
    ByteBuffer records(BatchHeader header) throws IOException {
        int offset = Position.offset(header.position()) + BatchHeader.BYTES;
        if (!load(offset, header.length())) {
            return null;
        }
        ByteBuffer records = window.slice(offset - windowAt, header.length());
        for (int at = 0; at < records.limit(); ) {
            int length = records.limit() - at < RecordFrame.HEADER_BYTES
                    ? 0
                    : RecordFrame.length(records, at, records.limit());
            if (length == 0 || !RecordFrame.isIntact(records, at, length)) {
                return null;
            }
            at += length;
        }
        return records;
    }

    /** The next batch header at or after this offset, whatever stands between, fit or not; null where there is none. */
    @Nullable
    BatchHeader search(int from) throws IOException {
        for (int at = from; at <= size - BatchHeader.BYTES; ) {
            if (!load(at, BatchHeader.BYTES)) {
                return null;
            }
            int last = window.limit() - BatchHeader.BYTES;
            for (int i = at - windowAt; i <= last; i++) {
                if (window.get(i) == (byte) (BatchHeader.MAGIC >>> 24)) {
                    @Nullable
                    BatchHeader header = BatchHeader.read(window, i, storeId, Position.of(number, windowAt + i));
                    if (header != null) {
                        return header;
                    }
                }
            }
            at = windowAt + last + 1;
        }
        return null;
    }

    /** The offset after the last byte that is not zero, from this offset on; the offset itself where all are. */
    int endOfContent(int from) throws IOException {
        int end = from;
        for (int at = from; at < size; ) {
            if (!load(at, 1)) {
                break;
            }
            for (int i = window.limit() - 1; i >= at - windowAt; i--) {
                if (window.get(i) != 0) {
                    end = windowAt + i + 1;
                    break;
                }
            }
            at = windowAt + window.limit();
        }
        return end;
    }

    /** Whether that many bytes from this offset on are in the window now. */
    private boolean load(int offset, int length) throws IOException {
        if (offset >= windowAt && offset - windowAt <= window.limit() - length) {
            return true;
        }
        if (length > size - offset) {
            return false;
        }
        // The first look is often the only one.
        int ahead = offset == SegmentHeader.BYTES ? FIRST_BYTES : WINDOW_BYTES;
        int wanted = Math.min(size - offset, Math.max(length, ahead));
        if (wanted > window.capacity() || window.capacity() > WINDOW_BYTES) {
            window = ByteBuffer.allocate(Math.max(wanted, ahead));
        }
        window.clear().limit(wanted);
        int read = file.read(window, offset);
        window.position(0).limit(read);
        windowAt = offset;
        return read >= length;
    }
}
