package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.Journal.Snapshots;
import io.dunlin.broker.port.Journal.Visitor;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongFunction;

/**
 * One checkpoint, in steps on the keeper: what has ended and what is retained; the sessions, which also say what they still refer to;
 * the wait until the disk has all that they refer to; the mark; and only then the deleting of what nobody refers to.
 */
final class Checkpoint implements Visitor {
    private final Store store;
    private final Snapshots core;
    private final Cleaning cleaning;
    private final StoreExecutor executor;
    private final Clock clock;
    private final StoreEvents events;
    private final LongFunction<CompletionStage<Void>> whenStored;
    private final boolean isLast;
    private final CleaningPlan plan;
    private final boolean isFull;
    private final Changes.Taken taken;
    private final Queue<SegmentMarks> marks = new ConcurrentLinkedQueue<>();
    private List<String> endedMeanwhile = List.of();
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    /**
     * @param whenStored done when all before a position in the log is on the disk
     * @param isLast whether nothing will be appended any more
     */
    Checkpoint(
            Store store,
            Snapshots core,
            Cleaning cleaning,
            StoreExecutor executor,
            Clock clock,
            StoreEvents events,
            LongFunction<CompletionStage<Void>> whenStored,
            boolean isLast) {
        this.store = store;
        this.core = core;
        this.cleaning = cleaning;
        this.executor = executor;
        this.clock = clock;
        this.events = events;
        this.whenStored = whenStored;
        this.isLast = isLast;
        this.isFull = store.state().wantsFull();
        this.plan = isLast ? new CleaningPlan(store, cleaning, List.of()) : cleaning.plan();
        this.taken = store.changes().take(store.log()::end);
    }

    /** Done with the position from which on a start replays. */
    CompletionStage<Long> run() {
        try {
            store.state().begin(isFull);
            writeTaken();
        } catch (IOException | RuntimeException e) {
            fail(e);
            return done;
        }
        core.visit(isFull, this)
                .whenComplete((visited, failure) -> executor.keeper(() -> {
                    if (failure != null) {
                        fail(failure);
                    } else {
                        // Nobody has marked what these referred to, so their last states must not be found any more.
                        endedMeanwhile = isFull ? List.of() : store.changes().endedSince();
                        await(store.log().end());
                    }
                }));
        return done;
    }

    private void writeTaken() throws IOException {
        if (isFull) {
            core.retained(this::writeRetained); // the new file has no names that could be gone
            writeTakenRetained(); // the journal may have had them before those who look could see them
            return;
        }
        for (String clientId : taken.ended().keySet()) {
            store.state().sessionGone(clientId);
        }
        writeTakenRetained();
    }

    private void writeTakenRetained() throws IOException {
        for (Message message : taken.retained().values()) {
            store.state().retained(message);
        }
    }

    private void writeRetained(Message message) {
        try {
            store.state().retained(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Thread: a shard. */
    @Override
    public Marks marks() {
        SegmentMarks noted = cleaning.marks(Position.segment(taken.position()));
        marks.add(noted);
        return plan.also(noted);
    }

    /** Thread: a shard. */
    @Override
    public CompletionStage<Void> changed(List<SessionState> states) {
        return store.write(states, executor);
    }

    /** No state may refer to what a power cut could still take away. */
    private void await(long position) {
        whenStored
                .apply(position)
                .whenComplete((stored, failure) -> executor.keeper(() -> {
                    if (failure != null) {
                        fail(failure);
                    } else {
                        commit(position);
                    }
                }));
    }

    private void commit(long durable) {
        SegmentMarks all = cleaning.marks(Position.segment(taken.position()));
        marks.forEach(all::add);
        Set<Integer> live = new TreeSet<>();
        Set<Integer> dead = new TreeSet<>();
        for (SegmentInfo segment : store.log().segments()) {
            if (segment.number() < Position.segment(taken.position())) {
                (all.isHeld(segment.number()) ? live : dead).add(segment.number());
            }
        }
        try {
            for (String clientId : endedMeanwhile) {
                store.state().sessionGone(clientId);
            }
            store.state().commit(new Mark(taken.position(), durable, store.epoch(), isLast, clock.wallMillis(), live));
        } catch (IOException e) {
            fail(e);
            return;
        }
        try {
            store.state().dropOld();
            cleaning.delete(dead);
        } catch (IOException e) {
            events.warning("Files of the store that are no longer needed cannot be deleted: " + e.getMessage());
        }
        plan.run(all, executor).whenComplete((cleaned, failure) -> {
            if (failure != null) {
                events.warning("Segments of the store cannot be compacted: " + failure.getMessage());
            } else if (!isLast) {
                cleaning.plan(all, Position.segment(taken.position()));
            }
            done.complete(taken.position());
        });
    }

    private void fail(Throwable failure) {
        try {
            store.state().rollback();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        done.completeExceptionally(failure);
    }
}
