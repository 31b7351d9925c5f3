package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an earlier run has left, and changes nothing. The batches have to follow each other without a gap. Where that ends,
 * it is either the end, behind which at most stands what was being written, or a hole in what was stored: something behind it tells
 * that what should be there had been synced.
 */
final class LogScan {
    private final Disk disk;
    private final StoreId storeId;
    private final TreeMap<Integer, SegmentHeader.Kind> good = new TreeMap<>();
    /** Those whose header cannot be read. */
    private final TreeSet<Integer> bad = new TreeSet<>();

    LogScan(Disk disk, StoreId storeId) {
        this.disk = disk;
        this.storeId = storeId;
    }

    /**
     * What is there.
     *
     * @param segments the good ones before and in the part that was read, by number
     * @param last the segment in which the log ends; 0 where there is none
     * @param end where in it
     * @param lastIsEmpty whether it has no batch that counts
     * @param lastEnd where the last batch ends, or as much as is known of that
     * @param epoch the last one that was met; 0 for none
     * @param bytesCut how much stands behind the end
     */
    record Found(
            SortedMap<Integer, SegmentHeader.Kind> segments,
            int last,
            int end,
            boolean lastIsEmpty,
            long lastEnd,
            long epoch,
            long records,
            long bytesCut) {}

    /**
     * Looks at all headers. Once, first.
     *
     * @return the segments whose headers are good
     */
    SortedMap<Integer, SegmentHeader.Kind> headers() throws IOException {
        for (String name : disk.list()) {
            if (SegmentName.isSegment(name)) {
                readHeader(name);
            }
        }
        return good;
    }

    /** For the parameters see {@link SegmentLog#recover}. */
    Found run(long fromPosition, long knownDurable, Set<Integer> live, RecordVisitor visitor) throws IOException {
        for (int number : live) {
            requireThere(number);
        }
        int first = Position.segment(fromPosition);
        if (first > 0) {
            requireThere(first);
        } else if (!good.isEmpty() || knownDurable > 0) {
            first = 1;
            requireThere(first);
        }
        return new Walk(fromPosition, knownDurable, visitor).run(first);
    }

    private void requireThere(int number) throws StoreDamaged {
        if (!good.containsKey(number)) {
            throw new StoreDamaged(
                    SegmentName.of(number),
                    0,
                    bad.contains(number) ? "its header cannot be read" : "the file is missing");
        }
    }

    private void readHeader(String name) throws IOException {
        int number = SegmentName.number(name);
        try (DiskFile file = disk.open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
            file.read(bytes, 0);
            switch (SegmentHeader.read(bytes)) {
                case SegmentHeader.Read.Damaged() -> bad.add(number);
                case SegmentHeader.Read.Newer(int version) -> throw Fence.newer(name, version);
                case SegmentHeader.Read.Valid(SegmentHeader header) -> {
                    if (!header.storeId().equals(storeId)) {
                        throw new StoreRefused(
                                name + " belongs to another store (" + header.storeId() + ", this one is " + storeId
                                        + "): move it away, and restore the file of this store if there was one.");
                    }
                    if (header.number() == number) {
                        good.put(number, header.kind());
                    } else {
                        bad.add(number);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            throw new StoreDamaged(name, 0, "the file went away while it was read");
        }
    }

    /** One way through the log. */
    private final class Walk {
        private final long fromPosition;
        private final long knownDurable;
        private final RecordVisitor visitor;
        /** Of the last batch; below 0 where none was met. */
        private long lastEnd = -1;

        private long epoch;
        private long records;

        Walk(long fromPosition, long knownDurable, RecordVisitor visitor) {
            this.fromPosition = fromPosition;
            this.knownDurable = knownDurable;
            this.visitor = visitor;
        }

        Found run(int first) throws IOException {
            if (first == 0) {
                return new Found(good, 0, 0, true, 0, 0, 0, 0);
            }
            int number = first;
            @Nullable BatchHeader next = firstOf(number);
            while (true) {
                @Nullable BatchHeader here = next;
                next = firstOf(number + 1);
                int end = SegmentHeader.BYTES;
                if (here != null) {
                    end = segment(number, next);
                }
                if (next != null && lastEnd >= 0 && isNext(next)) {
                    number++;
                    continue;
                }
                return ended(number, end);
            }
        }

        private boolean isNext(BatchHeader header) {
            return (lastEnd < 0 || header.previousEnd() == lastEnd) && header.epoch() >= epoch;
        }

        /** The first batch of a segment, where that is plain and has one whose header is good. */
        private @Nullable BatchHeader firstOf(int number) throws IOException {
            if (good.get(number) != SegmentHeader.Kind.PLAIN) {
                return null;
            }
            try (DiskFile file = disk.open(SegmentName.of(number))) {
                return new BatchCursor(file, number, storeId).header(SegmentHeader.BYTES);
            }
        }

        /**
         * Goes through a segment as far as the batches follow each other.
         *
         * @param next the first batch of the segment after it: where a later writer has begun there, what an earlier one that
         *     did not know that it was deposed may have written at the end of this one does not count
         * @return where the next batch would stand
         */
        private int segment(int number, @Nullable BatchHeader next) throws IOException {
            try (DiskFile file = disk.open(SegmentName.of(number))) {
                BatchCursor cursor = new BatchCursor(file, number, storeId);
                int offset = SegmentHeader.BYTES;
                while (true) {
                    @Nullable BatchHeader header = cursor.header(offset);
                    if (header == null || !isNext(header)) {
                        return offset;
                    }
                    if (next != null && next.epoch() > header.epoch() && next.previousEnd() == header.position()) {
                        return offset;
                    }
                    if (!header.isGap()) {
                        @Nullable ByteBuffer batch = cursor.records(header);
                        if (batch == null) {
                            return offset;
                        }
                        give(header, batch);
                    }
                    epoch = header.epoch();
                    offset += BatchHeader.BYTES + header.length();
                    lastEnd = Position.of(number, offset);
                }
            }
        }

        private void give(BatchHeader header, ByteBuffer batch) throws IOException {
            long position = header.position() + BatchHeader.BYTES;
            for (int at = 0; at < batch.limit(); ) {
                int length = RecordFrame.length(batch, at, batch.limit());
                if (position + at >= fromPosition) {
                    records++;
                    visitor.record(position + at, RecordFrame.type(batch, at), RecordFrame.body(batch, at, length));
                }
                at += length;
            }
        }

        private Found ended(int number, int end) throws IOException {
            long hole = Position.of(number, end);
            if (knownDurable > hole) {
                throw new StoreDamaged(
                        SegmentName.of(number),
                        end,
                        "what stood here was stored (up to " + Position.text(knownDurable)
                                + " as the checkpoint says)");
            }
            boolean isEmpty = end == SegmentHeader.BYTES;
            long cut = 0;
            for (int later = number; later <= lastNumber(); later++) {
                if (good.get(later) == SegmentHeader.Kind.SPARSE && later > number) {
                    throw new StoreDamaged(
                            SegmentName.of(number),
                            end,
                            "what stood here was stored, as " + SegmentName.of(later) + " shows");
                }
                if (good.containsKey(later) || bad.contains(later)) {
                    cut += behind(hole, later, later == number ? end : SegmentHeader.BYTES);
                }
            }
            return new Found(good, number, end, isEmpty, lastEnd < 0 ? hole : lastEnd, epoch, records, cut);
        }

        private int lastNumber() {
            int last = good.isEmpty() ? 0 : good.lastKey();
            return bad.isEmpty() ? last : Math.max(last, bad.last());
        }

        /** How much stands in a file from this offset on, which must not tell that what should be at the hole was synced. */
        private long behind(long hole, int number, int from) throws IOException {
            String name = SegmentName.of(number);
            try (DiskFile file = disk.open(name)) {
                BatchCursor cursor = new BatchCursor(file, number, storeId);
                @Nullable BatchHeader header = cursor.search(from);
                while (header != null) {
                    if (bad.contains(number)) {
                        throw new StoreDamaged(name, 0, "its header cannot be read, though there are batches");
                    }
                    if (header.durableUpTo() > hole) {
                        throw new StoreDamaged(
                                SegmentName.of(Position.segment(hole)),
                                Position.offset(hole),
                                "what stood here was stored (up to " + Position.text(header.durableUpTo()) + ", as "
                                        + name + " says at byte " + Position.offset(header.position()) + ")");
                    }
                    header = cursor.search(Position.offset(header.position()) + 1);
                }
                return Math.max(0, cursor.endOfContent(from) - from);
            }
        }
    }
}
