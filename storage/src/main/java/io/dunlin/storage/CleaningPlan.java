package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A few segments that one checkpoint found sparse and the next one compacts: its visit notes exactly what the sessions refer to, so that
 * what is left is what the states of that checkpoint need, and nothing is taken away before its mark is on the disk. Thread: the keeper,
 * where nothing else is said.
 */
final class CleaningPlan {
    private final Store store;
    private final Cleaning cleaning;
    private final List<Integer> segments;
    private final Queue<LivePositions> found = new ConcurrentLinkedQueue<>();

    CleaningPlan(Store store, Cleaning cleaning, List<Integer> segments) {
        this.store = store;
        this.cleaning = cleaning;
        this.segments = segments;
    }

    /** Notes for this plan what is noted there, too. Thread: a shard. */
    Marks also(Marks noted) {
        if (segments.isEmpty()) {
            return noted;
        }
        LivePositions exact = new LivePositions(segments);
        found.add(exact);
        return new Marks() {
            @Override
            public void message(long position) {
                noted.message(position);
                exact.message(position);
            }

            @Override
            public void page(QueuePage page) {
                noted.page(page);
                exact.page(page);
            }
        };
    }

    /**
     * Compacts its segments, one at a step; the mark of the checkpoint that noted for it is on the disk.
     *
     * @param marks of that checkpoint
     */
    CompletionStage<Void> run(SegmentMarks marks, StoreExecutor executor) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        LivePositions live = new LivePositions(segments);
        found.forEach(live::add);
        try {
            readPages(live);
        } catch (IOException e) {
            done.completeExceptionally(e);
            return done;
        }
        compact(live, marks, 0, executor, done);
        return done;
    }

    private void readPages(LivePositions live) throws IOException {
        for (long page : live.pages()) {
            for (long reference : store.bodies().page(page)) {
                live.message(Reference.position(reference));
            }
        }
    }

    private void compact(
            LivePositions live, SegmentMarks marks, int index, StoreExecutor executor, CompletableFuture<Void> done) {
        if (index == segments.size()) {
            done.complete(null);
            return;
        }
        int segment = segments.get(index);
        try {
            if (marks.isHeld(segment)) { // else it has been deleted as a whole
                cleaning.compact(segment, live.of(segment), marks);
            }
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
            return;
        }
        executor.keeper(() -> compact(live, marks, index + 1, executor, done));
    }
}
