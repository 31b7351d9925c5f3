package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Condition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives back the room of what nobody refers to any more: deletes segments, and finds those of which so little is left that they are
 * worth a {@link CleaningPlan}. Thread: the keeper, where nothing else is said.
 */
final class Cleaning {
    /** As many are compacted after one checkpoint: it bounds the memory for their positions and the work. */
    private static final int SEGMENTS_AT_ONCE = 16;
    /** Of a segment, live: what is estimated is rather too much. */
    private static final double SPARSE_BELOW = 0.4;
    /** A compaction that frees less was not worth it. */
    private static final double WORTH_IT = 0.25;

    private final Store store;
    private final StoreOptions options;
    private final Map<Integer, Double> stubborn = new HashMap<>();
    private List<Integer> sparse = List.of(); // to be compacted with the next checkpoint
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
        stubborn.keySet().removeAll(segments);
        segmentsDeleted.addAndGet(segments.size());
        bytesFreed.addAndGet(Math.max(0, before - store.log().bytes()));
    }

    /** What the next checkpoint is to compact; afterwards nothing is planned. */
    CleaningPlan plan() {
        CleaningPlan plan = new CleaningPlan(store, this, sparse);
        sparse = List.of();
        return plan;
    }

    /** Plans for the next checkpoint, by what this one has noted. */
    void plan(SegmentMarks marks, int end) {
        sparse = sparse(marks, end);
    }

    /** Whether the next checkpoint has something to compact. */
    boolean isPlanned() {
        return !sparse.isEmpty();
    }

    private record Estimate(SegmentInfo segment, double live) {
        double share() {
            return live / Math.max(1, segment.bytes());
        }
    }

    /** The segments that should be compacted, by what was noted of them; often none. */
    private List<Integer> sparse(SegmentMarks marks, int end) {
        List<Estimate> estimates = new ArrayList<>();
        double live = 0;
        for (SegmentInfo segment : store.log().segments()) {
            int number = segment.number();
            if (number < end && marks.isHeld(number)) {
                double noted = (marks.pieces(number) + marks.paged(number)) * marks.pieceBytes();
                Estimate estimate = new Estimate(segment, Math.min(noted, (double) segment.bytes()));
                estimates.add(estimate);
                live += estimate.live;
            } else if (number >= end) {
                live += segment.bytes();
            }
        }
        boolean isTight = store.log().condition() == Condition.FULL;
        if (!isTight && store.log().bytes() <= 2 * live + 2.0 * options.segmentBytes()) {
            return List.of();
        }
        return estimates.stream()
                .filter(estimate -> estimate.share() < SPARSE_BELOW)
                .filter(estimate -> estimate.live < stubborn.getOrDefault(estimate.segment.number(), Double.MAX_VALUE))
                .sorted(Comparator.comparingDouble(Estimate::share))
                .limit(SEGMENTS_AT_ONCE)
                .map(estimate -> estimate.segment.number())
                .toList();
    }

    /** Leaves only these records in a segment; the log has synced all that says so. */
    void compact(int segment, long[] positions, SegmentMarks marks) throws IOException {
        long before = bytes(segment);
        long freed = store.log().compact(segment, positions);
        bytesFreed.addAndGet(Math.max(0, freed));
        if (freed < WORTH_IT * before) {
            double noted = (marks.pieces(segment) + marks.paged(segment)) * marks.pieceBytes();
            stubborn.put(segment, noted / 2); // again when half of it has gone
        }
    }

    private long bytes(int number) {
        return store.log().segments().stream()
                .filter(segment -> segment.number() == number)
                .mapToLong(SegmentInfo::bytes)
                .sum();
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
