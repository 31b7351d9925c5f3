package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.LatencyHistogram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings what was appended to the disk. A commit is a chain of steps on the writer: write all that is there, sync where somebody
 * waits for that, tell. The next commit begins when the last has ended, so one record pays one sync and a thousand share one.
 * Thread: the writer, but for what says otherwise.
 */
final class LogWriter {
    private final SegmentFiles files;
    private final SegmentSupply supply;
    private final PendingBatches pending;
    private final Fence fence;
    private final StoreOptions options;
    private final StoreExecutor executor;
    private final Clock clock;
    private final StoreEvents events;
    private final Health health;
    private final Runnable grown;
    private final LatencyHistogram syncs = new LatencyHistogram();

    /** Taken from {@link #pending} and not written yet. */
    private final ArrayDeque<BatchBuffer> taken = new ArrayDeque<>();
    /** Written to since the last sync. */
    private final TreeMap<Integer, Segment> unsynced = new TreeMap<>();
    /** Get no more, and are not cut to what is used yet. */
    private final List<Full> full = new ArrayList<>();

    private Segment current;
    private int currentEnd;
    private boolean syncWanted;
    private boolean noteWanted;
    private boolean timerArmed;
    private long lastWriteNanos;
    /** Where the last batch with records ends, and what the last header has told to be durable. */
    private long recordsEnd;

    private long toldDurable;
    /** Where the last batch ends that was written, and that was synced. */
    private long writtenEnd;

    private long syncedEnd;
    private @Nullable CompletableFuture<Void> closing;

    private volatile long storedOs;
    private volatile long storedDisk;
    private volatile int currentNumber;
    private final AtomicLong bytesWritten = new AtomicLong();
    private volatile boolean isClosed;

    private record Full(Segment segment, int end) {}

    /**
     * What it works with.
     *
     * @param grown told after more is stored
     */
    record Parts(
            SegmentFiles files,
            SegmentSupply supply,
            PendingBatches pending,
            Fence fence,
            StoreOptions options,
            StoreExecutor executor,
            Clock clock,
            StoreEvents events,
            Health health,
            Runnable grown) {}

    /**
     * @param current an empty segment that is to be written first
     * @param lastEnd where the batch before it ends; all up to there is synced
     */
    LogWriter(Parts parts, Segment current, long lastEnd) {
        this.files = parts.files;
        this.supply = parts.supply;
        this.pending = parts.pending;
        this.fence = parts.fence;
        this.options = parts.options;
        this.executor = parts.executor;
        this.clock = parts.clock;
        this.events = parts.events;
        this.health = parts.health;
        this.grown = parts.grown;
        this.current = current;
        this.currentEnd = SegmentHeader.BYTES;
        this.currentNumber = current.number();
        this.writtenEnd = lastEnd;
        this.syncedEnd = lastEnd;
        this.storedOs = pending.end();
        this.storedDisk = storedOs;
    }

    /** The segment that is written now. Thread: any. */
    int currentSegment() {
        return currentNumber;
    }

    /** Thread: any. */
    long storedOs() {
        return storedOs;
    }

    /** Thread: any. */
    long storedDisk() {
        return storedDisk;
    }

    /** Thread: any. */
    long bytesWritten() {
        return bytesWritten.get();
    }

    LatencyHistogram syncs() {
        return syncs;
    }

    /** Runs a commit that has been decided on. Thread: any. */
    void start() {
        writer(this::write);
    }

    /** Runs a commit after the while that records may wait. Thread: any. */
    void startLater() {
        writerAfter(options.lazyWrite(), () -> {
            if (pending.lazyIsDue()) {
                write();
            }
        });
    }

    /** Syncs all that was appended until now. Thread: any. */
    void sync() {
        writer(() -> {
            syncWanted = true;
            if (pending.wantCommit()) {
                write();
            }
        });
    }

    private void writer(Runnable step) {
        executor.writer(guarded(step));
    }

    private void writerAfter(Duration delay, Runnable step) {
        executor.writerAfter(delay, guarded(step));
    }

    /** A step that breaks off would leave all that wait waiting for ever. */
    private Runnable guarded(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                fail("The store's log met a fault in the program (" + e
                        + "): nothing more is stored. Start again: it recovers by itself; and report the fault.");
                throw e;
            }
        };
    }

    /** The first step of a commit. */
    private void write() {
        if (health.hasFailed() || isClosed) {
            return;
        }
        taken.addAll(pending.take(noteWanted));
        noteWanted = false;
        long before = storedOs;
        boolean isRetried = false;
        try {
            if (!writeTaken()) {
                if (storedOs > before) {
                    grown.run();
                }
                return;
            }
            health.canWrite();
        } catch (IOException e) {
            isRetried = true;
            cannotWrite(e);
        }
        if (storedOs > before) {
            grown.run();
        }
        if (syncWanted && !unsynced.isEmpty()) {
            writer(this::syncStep);
        } else {
            ended();
        }
        if (isRetried && closing == null) {
            writerAfter(options.retryEvery(), this::retry);
        }
    }

    /** Whether the commit goes on now: not where this was deposed, or has to wait for a segment. */
    private boolean writeTaken() throws IOException {
        if (!taken.isEmpty() && !fence.holds()) {
            deposed();
            return false;
        }
        for (@Nullable BatchBuffer batch = taken.peek(); batch != null; batch = taken.peek()) {
            if (batch.segment() != current.number() && !roll(batch)) {
                return false;
            }
            toldDurable = syncedEnd;
            current.write(batch.sealed(files.storeId(), fence.epoch(), toldDurable, writtenEnd), batch.start());
            bytesWritten.addAndGet(BatchHeader.BYTES + batch.recordBytes());
            lastWriteNanos = clock.nanos();
            currentEnd = batch.end();
            unsynced.put(current.number(), current);
            syncWanted |= batch.wantsDisk();
            if (batch.recordBytes() > 0) {
                recordsEnd = batch.endPosition();
            }
            writtenEnd = batch.endPosition();
            storedOs = writtenEnd;
            taken.remove();
            pending.written();
        }
        return true;
    }

    private boolean roll(BatchBuffer batch) throws IOException {
        @Nullable Segment next = supply.take(batch.segment(), guarded(this::write));
        if (next == null) {
            return false;
        }
        full.add(new Full(current, currentEnd));
        files.put(next);
        current = next;
        currentNumber = next.number();
        currentEnd = SegmentHeader.BYTES;
        supply.want(next.number() + 1, pending.nextLimit(batch.segmentLimit()));
        return true;
    }

    private void cannotWrite(IOException e) {
        health.cannotWrite("The store's log cannot be written (" + e.getMessage() + "): it is tried again every "
                + options.retryEvery().toMillis() + " ms. Messages that have to be stored are refused until it works; "
                + (e instanceof DiskFull ? "make room on the disk." : "look at the disk and how it is mounted."));
        @Nullable CompletableFuture<Void> close = closing;
        if (close != null) {
            finish(close, e);
        }
    }

    private void retry() {
        if (!taken.isEmpty()) {
            write();
        }
    }

    private void deposed() {
        fail(
                "Another process has opened this store: this one writes nothing more and has to end. Give each broker a folder of"
                        + " its own.");
    }

    private void fail(String line) {
        pending.die();
        health.fail(line);
        @Nullable CompletableFuture<Void> close = closing;
        if (close != null) {
            finish(close, new IOException(line));
        }
    }

    /** The second step. */
    private void syncStep() {
        if (health.hasFailed() || isClosed) {
            return;
        }
        long synced = writtenEnd;
        long start = clock.nanos();
        try {
            for (Segment segment : unsynced.values()) {
                segment.sync();
            }
        } catch (IOException e) {
            fail("The disk could not sync the log (" + e.getMessage()
                    + "): what is on it cannot be told any more. Nothing that"
                    + " was acknowledged as stored is affected, and nothing more will be. Look at the disk, then start again:"
                    + " it recovers by itself.");
            return;
        }
        Duration took = Duration.ofNanos(clock.nanos() - start);
        syncs.record(took.toNanos());
        if (took.compareTo(options.slowSync()) > 0) {
            events.warning(
                    "The disk took " + took.toMillis() + " ms to sync the log; acknowledgements waited for that long.");
        }
        syncedEnd = synced;
        unsynced.clear();
        syncWanted = !taken.isEmpty();
        List<Full> trimmed = List.copyOf(full);
        full.clear();
        if (!trimmed.isEmpty()) {
            executor.keeper(() -> trimmed.forEach(this::trim));
        }
        if (stillHolds()) {
            writer(() -> tell(synced));
        }
    }

    /** Whoever opens the store after this look finds all that the sync before it has brought to the disk. */
    private boolean stillHolds() {
        try {
            if (fence.holds()) {
                return true;
            }
            deposed();
        } catch (IOException e) {
            fail("The file " + Fence.FILE + " of the store cannot be read (" + e.getMessage()
                    + "): look at the disk, then start again.");
        }
        return false;
    }

    /** The third step. @param synced other steps may have come between, so not all that is written */
    private void tell(long synced) {
        if (isClosed) {
            return;
        }
        storedDisk = synced;
        grown.run();
        ended();
    }

    /** Gives back what was prepared and not used. Thread: any. */
    private void trim(Full filled) {
        if (filled.segment.acquire()) {
            try {
                filled.segment.truncate(filled.end);
                filled.segment.release();
            } catch (IOException e) {
                events.warning(SegmentName.of(filled.segment.number()) + " could not be cut to what is used in it: "
                        + e.getMessage());
            }
        }
    }

    private void ended() {
        if (!taken.isEmpty() || isClosed) {
            return;
        }
        if (pending.commitEnded()) {
            writer(this::write);
            return;
        }
        @Nullable CompletableFuture<Void> close = closing;
        if (close != null) {
            goOnClosing(close);
        } else if (!timerArmed && (!unsynced.isEmpty() || needsNote())) {
            timerArmed = true;
            writerAfter(options.syncEvery(), this::syncIsDue);
        }
    }

    /**
     * Whether nothing on the disk tells that the last records were durable: if they are damaged later, they would look like
     * something that was never finished. A batch without records says it.
     */
    private boolean needsNote() {
        return recordsEnd > toldDurable && syncedEnd >= recordsEnd;
    }

    private void syncIsDue() {
        timerArmed = false;
        if (health.hasFailed() || isClosed) {
            return;
        }
        boolean isQuiet = clock.nanos() - lastWriteNanos >= options.syncEvery().toNanos();
        noteWanted = needsNote() && isQuiet;
        syncWanted |= noteWanted || !unsynced.isEmpty();
        if (syncWanted && pending.wantCommit()) {
            write();
        } else if (!timerArmed && needsNote()) {
            timerArmed = true;
            writerAfter(options.syncEvery(), this::syncIsDue);
        }
    }

    /** Thread: any. */
    void close(CompletableFuture<Void> done) {
        writer(() -> {
            if (health.hasFailed() || isClosed) {
                finish(done, new IOException("The log has failed before."));
                return;
            }
            closing = done;
            syncWanted = true;
            if (pending.wantCommit() || !taken.isEmpty()) {
                write();
            }
        });
    }

    private void goOnClosing(CompletableFuture<Void> done) {
        noteWanted = needsNote();
        syncWanted = noteWanted || !unsynced.isEmpty();
        if (syncWanted && pending.wantCommit()) {
            writer(this::write);
            return;
        }
        full.add(new Full(current, currentEnd));
        full.forEach(this::trim);
        finish(done, null);
    }

    private void finish(CompletableFuture<Void> done, @Nullable IOException failure) {
        isClosed = true;
        closing = null;
        supply.close();
        @Nullable IOException result = failure;
        try {
            files.close();
        } catch (IOException e) {
            result = result == null ? e : result;
        }
        if (result == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(result);
        }
    }
}
