package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The segments of the log by their numbers. Thread: any. */
final class SegmentFiles {
    private final Disk disk;
    private final StoreId storeId;
    private final ConcurrentSkipListMap<Integer, Segment> segments = new ConcurrentSkipListMap<>();
    private volatile boolean isAllPut;

    SegmentFiles(Disk disk, StoreId storeId) {
        this.disk = disk;
        this.storeId = storeId;
    }

    Disk disk() {
        return disk;
    }

    StoreId storeId() {
        return storeId;
    }

    /** Opens a segment that is there, its header checked. */
    Segment open(int number, SegmentHeader.Kind kind) throws IOException {
        String name = SegmentName.of(number);
        DiskFile file = disk.open(name);
        try {
            long size = file.size();
            @Nullable
            SparseIndex sparse =
                    switch (kind) {
                        case PLAIN -> null;
                        case SPARSE -> SparseIndex.read(file, name, size);
                    };
            return new Segment(number, file, size, sparse);
        } catch (IOException e) {
            closeAfter(file, e);
            throw e;
        }
    }

    /** Makes a segment of that many zeros after its header; it outlives a power cut. */
    Segment create(int number, long bytes) throws IOException {
        String name = SegmentName.of(number);
        long size = Math.max(bytes, SegmentHeader.BYTES);
        DiskFile file = disk.create(name, size);
        try {
            file.write(new SegmentHeader(storeId, number, SegmentHeader.Kind.PLAIN).encoded(), 0);
            file.sync();
            disk.syncFolder();
            return new Segment(number, file, size, null);
        } catch (IOException e) {
            closeAfter(file, e);
            try {
                disk.delete(name);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    static void closeAfter(DiskFile file, IOException failure) {
        try {
            file.close();
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    /** From now on it is found by its number, in the place of one that had it. */
    void put(Segment segment) throws IOException {
        @Nullable Segment before = segments.put(segment.number(), segment);
        if (before != null) {
            before.close();
        }
    }

    /** The segment, held for the caller, who is to {@link Segment#release} it; null where it is gone. */
    @Nullable
    Segment acquire(int number) {
        @Nullable Segment segment = segments.get(number);
        while (segment != null && !segment.acquire()) {
            @Nullable Segment now = segments.get(number);
            segment = now == segment ? null : now;
        }
        return segment;
    }

    /** As {@link #acquire}, but opens the segment where the recovery of the log has not begun. */
    @Nullable
    Segment acquireEarly(int number) throws IOException {
        @Nullable Segment segment = acquire(number);
        if (segment != null || isAllPut) {
            return segment;
        }
        ByteBuffer header = ByteBuffer.allocate(SegmentHeader.BYTES);
        try (DiskFile file = disk.open(SegmentName.of(number))) {
            file.read(header, 0);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (SegmentHeader.read(header) instanceof SegmentHeader.Read.Valid(SegmentHeader valid)) {
            put(open(number, valid.kind()));
        }
        return acquire(number);
    }

    /** Lets go of what was opened early: from now on only what is put is there. */
    void allIsPut() throws IOException {
        isAllPut = true;
        close();
    }

    List<SegmentInfo> infos() {
        List<SegmentInfo> infos = new ArrayList<>();
        for (Segment segment : segments.values()) {
            infos.add(new SegmentInfo(segment.number(), segment.bytes(), segment.isSparse()));
        }
        return infos;
    }

    long bytes() {
        long sum = 0;
        for (Segment segment : segments.values()) {
            sum += segment.bytes();
        }
        return sum;
    }

    void delete(Set<Integer> numbers) throws IOException {
        for (int number : numbers) {
            disk.delete(SegmentName.of(number));
            @Nullable Segment segment = segments.remove(number);
            if (segment != null) {
                segment.close();
            }
        }
        if (!numbers.isEmpty()) {
            disk.syncFolder();
        }
    }

    void close() throws IOException {
        @Nullable IOException failure = null;
        for (Segment segment : segments.values()) {
            try {
                segment.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        segments.clear();
        if (failure != null) {
            throw failure;
        }
    }

    /** Writes zeros from the end of a segment up to this size, and syncs them. */
    static void extend(Segment segment, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        for (long at = segment.bytes(); at < size; at = segment.bytes()) {
            segment.write(zeros.clear().limit((int) Math.min(zeros.capacity(), size - at)), (int) at);
        }
        segment.sync();
    }
}
