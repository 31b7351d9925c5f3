package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.Journal.Snapshots;
import io.dunlin.broker.port.Journal.Visitor;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongFunction;

/**
 * Compacts a few segments after a checkpoint: asks the sessions once more what they refer to, now exactly; waits until the disk has the
 * records that led to that; and leaves only what is referred to. The states that the visit brings belong to the next checkpoint.
 */
final class CleaningVisit implements Visitor {
    private final Store store;
    private final Snapshots core;
    private final Cleaning cleaning;
    private final StoreExecutor executor;
    private final LongFunction<CompletionStage<Void>> whenStored;
    private final List<Integer> segments;
    private final SegmentMarks marks;
    private final Queue<LivePositions> found = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    CleaningVisit(
            Store store,
            Snapshots core,
            Cleaning cleaning,
            StoreExecutor executor,
            LongFunction<CompletionStage<Void>> whenStored,
            List<Integer> segments,
            SegmentMarks marks) {
        this.store = store;
        this.core = core;
        this.cleaning = cleaning;
        this.executor = executor;
        this.whenStored = whenStored;
        this.segments = segments;
        this.marks = marks;
    }

    CompletionStage<Void> run() {
        store.state().continueNext();
        core.visit(false, this)
                .whenComplete((visited, failure) -> executor.keeper(() -> {
                    if (failure == null) {
                        await();
                    } else {
                        store.state().requireFull(); // states of this visit may be lost
                        done.completeExceptionally(failure);
                    }
                }));
        return done;
    }

    /** Thread: a shard. */
    @Override
    public Marks marks() {
        LivePositions positions = new LivePositions(segments);
        found.add(positions);
        return positions;
    }

    /** Thread: a shard. */
    @Override
    public CompletionStage<Void> changed(List<SessionState> states) {
        return store.write(states, executor);
    }

    /** A start after a power cut must not find the state of the checkpoint without the records that came after it. */
    private void await() {
        whenStored
                .apply(store.log().end())
                .whenComplete((stored, failure) -> executor.keeper(() -> {
                    if (failure == null) {
                        compact(all(), 0);
                    } else {
                        done.completeExceptionally(failure);
                    }
                }));
    }

    private LivePositions all() {
        LivePositions all = new LivePositions(segments);
        found.forEach(all::add);
        return all;
    }

    private void compact(LivePositions live, int index) {
        try {
            if (index == 0) {
                readPages(live);
            }
            int segment = segments.get(index);
            cleaning.compact(segment, live.of(segment), marks);
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
            return;
        }
        if (index + 1 < segments.size()) {
            executor.keeper(() -> compact(live, index + 1));
        } else {
            done.complete(null);
        }
    }

    private void readPages(LivePositions live) throws IOException {
        for (long page : live.pages()) {
            for (long reference : store.bodies().page(page)) {
                live.message(Reference.position(reference));
            }
        }
    }
}
