package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import io.dunlin.broker.port.Journal.Snapshots;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Says when a checkpoint is made: after a while, after so much log, when room is needed, when it is asked for, and at the end. One at a
 * time; one that fails is made again later. Thread: the keeper, where nothing else is said.
 */
final class Keeper {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);

    private final Store store;
    private final StoreOptions options;
    private final StoreExecutor executor;
    private final Clock clock;
    private final StoreEvents events;
    private final Cleaning cleaning;

    private @Nullable Snapshots core;
    private List<CompletableFuture<Void>> wanted = new ArrayList<>();
    private boolean isRunning;
    private boolean isStopping;
    private boolean isStopped;
    private boolean hasFailedLast;
    private String lastFailure = "";

    // At the beginning of the last checkpoint.
    private long appendedBefore;
    private long bytesBefore;
    private long endedNanos;

    private @Nullable Waiting waiting;
    private volatile boolean isWaiting;
    private volatile Condition conditionSeen = Condition.OPEN;
    private volatile Done done = new Done(0, 0, 0, 0);

    Keeper(Store store, StoreOptions options, StoreExecutor executor, Clock clock, StoreEvents events) {
        this.store = store;
        this.options = options;
        this.executor = executor;
        this.clock = clock;
        this.events = events;
        this.cleaning = new Cleaning(store, options);
    }

    private record Waiting(long position, CompletableFuture<Void> reached) {}

    /** The checkpoints since the start. */
    private record Done(long count, long millis, long failures, long position) {}

    /** Thread: any, once. */
    void start(Snapshots snapshots) {
        executor.keeper(() -> {
            core = snapshots;
            endedNanos = clock.nanos();
            tick();
        });
    }

    /** Thread: any. */
    CompletionStage<Void> checkpointNow() {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        executor.keeper(() -> request(finished));
        return finished;
    }

    /** Makes a checkpoint of all that was appended until now and then, before another can begin, this. Thread: any. */
    <T> CompletionStage<T> checkpointThen(Callable<T> step) {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        CompletionStage<T> result = finished.thenApply(done -> {
            try {
                return step.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        executor.keeper(() -> {
            if (isStopping) {
                finished.completeExceptionally(new IOException("the store is being closed"));
            } else {
                request(finished);
            }
        });
        return result;
    }

    /** Makes the last checkpoint; done when it is, or with the error. Thread: any. */
    CompletionStage<Void> stop() {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        executor.keeper(() -> {
            isStopping = true;
            request(finished);
        });
        return finished;
    }

    private void request(CompletableFuture<Void> finished) {
        if (core == null && isStopping || isStopped) {
            finished.complete(null); // nothing was ever given to it, or all is done
        } else if (core == null) {
            finished.completeExceptionally(
                    new IllegalStateException("The journal was not told what to make checkpoints of."));
        } else {
            wanted.add(finished);
            if (!isRunning) {
                run(core);
            }
        }
    }

    private void tick() {
        if (isStopping) {
            return;
        }
        if (!isRunning && isDue()) {
            request(new CompletableFuture<>());
        }
        executor.keeperAfter(LOOK_EVERY, this::tick);
    }

    private boolean isDue() {
        Condition condition = store.log().condition();
        boolean unchanged = store.appended().getAsLong() == appendedBefore;
        if (condition == Condition.FAILED || unchanged && !store.state().isStale()) {
            return false;
        }
        Duration since = Duration.ofNanos(clock.nanos() - endedNanos);
        if (condition == Condition.FULL || hasFailedLast) {
            return since.compareTo(AGAIN_AFTER) >= 0;
        }
        return since.compareTo(options.checkpointEvery()) >= 0
                || store.log().bytesWritten() - bytesBefore >= options.checkpointBytes();
    }

    private void run(Snapshots snapshots) {
        List<CompletableFuture<Void>> served = wanted;
        wanted = new ArrayList<>();
        isRunning = true;
        boolean isLast = isStopping;
        long start = clock.nanos();
        appendedBefore = store.appended().getAsLong();
        bytesBefore = store.log().bytesWritten();
        Checkpoint checkpoint =
                new Checkpoint(store, snapshots, cleaning, executor, clock, events, this::whenStored, isLast);
        checkpoint
                .run()
                .whenComplete((position, failure) -> executor.keeper(() -> {
                    note(position, failure, start);
                    isStopped |= isLast;
                    isRunning = false;
                    for (CompletableFuture<Void> one : served) {
                        if (failure == null) {
                            one.complete(null);
                        } else {
                            one.completeExceptionally(failure);
                        }
                    }
                    if (cleaning.isPlanned() && !isStopping && failure == null) {
                        request(new CompletableFuture<>());
                    } else if (!wanted.isEmpty()) {
                        CompletableFuture<Void> all = wanted.removeFirst();
                        request(all);
                    }
                }));
    }

    private void note(@Nullable Long position, @Nullable Throwable failure, long start) {
        endedNanos = clock.nanos();
        Done before = done;
        if (failure == null && position != null) {
            long millis = Duration.ofNanos(endedNanos - start).toMillis();
            done = new Done(before.count + 1, millis, before.failures, position);
            if (hasFailedLast) {
                events.notice("Checkpoints can be made again.");
            }
            hasFailedLast = false;
            lastFailure = "";
            return;
        }
        done = new Done(before.count, before.millis, before.failures + 1, before.position);
        hasFailedLast = true;
        appendedBefore = -1; // it is due again
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why = String.valueOf(cause == null ? null : cause.getMessage());
        if (!why.equals(lastFailure)) {
            lastFailure = why;
            events.warning("A checkpoint could not be made (" + why
                    + "). Nothing is lost: the one before it holds, the log grows"
                    + " until it works, and it is tried again every " + AGAIN_AFTER.toSeconds() + " s.");
        }
    }

    /** Done when all before this position is on the disk. */
    private CompletionStage<Void> whenStored(long position) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        waiting = new Waiting(position, reached);
        isWaiting = true;
        store.log().sync();
        lookStored();
        return reached;
    }

    private void lookStored() {
        Waiting one = waiting;
        if (one == null) {
            return;
        }
        boolean isStored = store.log().stored(Durability.DISK) >= one.position;
        boolean hasFailed = store.log().condition() == Condition.FAILED;
        if (isStored || hasFailed) {
            waiting = null;
            isWaiting = false;
            if (isStored) {
                one.reached.complete(null);
            } else {
                one.reached.completeExceptionally(new IOException("the log cannot be synced any more"));
            }
        }
    }

    /** The log has stored more, or its condition has changed. Thread: the writer. */
    void grown() {
        if (isWaiting) {
            executor.keeper(this::lookStored);
        }
        Condition now = store.log().condition();
        if (now != conditionSeen) {
            conditionSeen = now;
            if (now == Condition.FULL) {
                executor.keeper(this::makeRoom);
            }
        }
    }

    private void makeRoom() {
        if (core != null && !isStopping && !isRunning) {
            request(new CompletableFuture<>());
        }
    }

    /** Fills in what it knows. Thread: any. */
    StoreFigures figures(StoreFigures figures) {
        Done now = done;
        return new StoreFigures(
                figures.logBytes(),
                figures.stateBytes(),
                figures.segments(),
                figures.appendedRecords(),
                figures.writtenBytes(),
                figures.syncs(),
                now.count,
                now.millis,
                now.failures,
                now.position,
                cleaning.segmentsDeleted(),
                cleaning.bytesFreed(),
                figures.recovered());
    }
}
