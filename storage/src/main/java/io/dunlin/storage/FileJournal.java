package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.storage.StoreFigures.Recovered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable journal: records go to a {@link SegmentLog}, checkpoints to a {@link StateLog}. Life: {@link #open},
 * {@link #recover}, {@link #checkpointsFrom}, then all else, {@link #close}. Thread: any, where the port does not say otherwise.
 */
public final class FileJournal implements Journal {
    private final Clock clock;
    private final Disk disk;
    private final StoreExecutor executor;
    private final Fence fence;
    private final StoreEvents events;
    private final StateLog state;
    private final SegmentLog log;
    private final RecordCodec codec;
    private final Bodies bodies;
    private final Keeper keeper;
    private final Changes changes = new Changes();
    private final LongAdder appended = new LongAdder();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ThreadLocal<BodyWriter> writers = ThreadLocal.withInitial(BodyWriter::new);
    private volatile Recovered recovered = Recovered.NOTHING;
    private volatile boolean isRecovered;

    private FileJournal(
            Disk disk,
            Fence fence,
            StateLog state,
            StoreOptions options,
            StoreExecutor executor,
            Clock clock,
            StoreEvents events) {
        this.clock = clock;
        this.disk = disk;
        this.executor = executor;
        this.fence = fence;
        this.events = events;
        this.state = state;
        this.codec = new RecordCodec(clock);
        this.log = SegmentLog.open(disk, fence, options, executor, clock, events);
        this.bodies = new Bodies(log, codec, executor, events);
        this.keeper = new Keeper(
                new Store(log, state, changes, bodies, fence.epoch(), appended::sum), options, executor, clock, events);
        log.alsoCount(state::bytes);
        log.onGrown(this::grown);
    }

    /**
     * Opens the store in a folder, or begins one where there is none; reads nothing of it yet. It holds the folder until
     * {@link #close}.
     *
     * @param fresh the id of the store where there is none
     * @throws StoreRefused where the folder is in use, or of a newer version
     * @throws StoreDamaged where it cannot be told what was stored
     */
    public static FileJournal open(
            Disk disk, StoreId fresh, StoreOptions options, StoreExecutor executor, Clock clock, StoreEvents events)
            throws IOException {
        Fence fence = Fence.open(disk, fresh);
        try {
            StateLog state = StateLog.open(disk, fence.storeId(), fence.epoch(), clock);
            return new FileJournal(disk, fence, state, options, executor, clock, events);
        } catch (IOException | RuntimeException e) {
            fence.close();
            throw e;
        }
    }

    @Override
    public long append(int partition, JournalRecord record, Durability wanted) {
        BodyWriter out = writers.get().clear();
        int type = codec.encode(record, out);
        appended.increment();
        if (record instanceof JournalRecord.Retained retained) {
            return changes.retained(retained.message(), () -> log.append(type, out.array(), 0, out.size(), wanted));
        }
        if (record instanceof JournalRecord.SessionEnded ended) {
            return changes.ended(ended.clientId(), () -> log.append(type, out.array(), 0, out.size(), wanted));
        }
        return log.append(type, out.array(), 0, out.size(), wanted);
    }

    @Override
    public long end() {
        return log.end();
    }

    @Override
    public long stored(Durability level) {
        return log.stored(level);
    }

    @Override
    public Durability best() {
        return Durability.DISK;
    }

    @Override
    public Condition condition() {
        return log.condition();
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        listeners.add(new Listener(shard, grown));
    }

    private void grown() {
        listeners.forEach(Listener::tell);
        keeper.grown();
    }

    /** One shard; news that it has not heard yet are told once. */
    private record Listener(ShardExecutor shard, Runnable grown, AtomicBoolean told) {
        Listener(ShardExecutor shard, Runnable grown) {
            this(shard, grown, new AtomicBoolean());
        }

        void tell() {
            if (told.compareAndSet(false, true)) {
                shard.execute(() -> {
                    told.set(false);
                    grown.run();
                });
            }
        }
    }

    @Override
    public void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer) {
        bodies.read(clientId, references, shard, answer);
    }

    @Override
    public void readPage(long position, ShardExecutor shard, Consumer<long[]> answer) {
        bodies.readPage(position, shard, answer);
    }

    /**
     * As the port says.
     *
     * @throws UncheckedIOException where what was stored is damaged ({@link StoreDamaged}), not ours ({@link StoreRefused}), or
     *     cannot be read; the message says what to do
     */
    @Override
    public void recover(Recovery recovery) {
        long start = clock.nanos();
        Mark mark = state.mark();
        try {
            recovery.pages(this::pageNow, mark.replayFrom());
            StateReading.Counts counts = state.recover(recovery);
            Replay replay = new Replay(recovery);
            SegmentLog.Recovered tail = log.recover(mark.replayFrom(), mark.durable(), mark.live(), replay);
            refuseSparse(mark);
            if (tail.records() > 0) {
                state.requireFull(); // what is replayed changes what the checkpoint has
            }
            long millis = (clock.nanos() - start) / 1_000_000;
            recovered = new Recovered(
                    counts.sessions(), counts.retained(), tail.records(), millis, tail.bytesCut(), mark.isClean());
            isRecovered = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** A segment that is replayed has all its records: else a later checkpoint than the one that was found had been made. */
    private void refuseSparse(Mark mark) throws StoreDamaged {
        for (SegmentInfo segment : log.segments()) {
            if (segment.sparse() && segment.number() >= Position.segment(mark.replayFrom())) {
                throw new StoreDamaged(
                        SegmentName.of(segment.number()),
                        0,
                        "it was compacted after a checkpoint that is not there any more");
            }
        }
    }

    private long[] pageNow(long position) {
        try {
            return bodies.page(position);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Decodes the records since the checkpoint. */
    private final class Replay implements RecordVisitor {
        private final Recovery recovery;
        private byte[] copy = new byte[4096];

        Replay(Recovery recovery) {
            this.recovery = recovery;
        }

        @Override
        public void record(long position, int type, ByteBuffer body) throws IOException {
            int length = body.remaining();
            if (length > copy.length) {
                copy = new byte[Math.max(length, 2 * copy.length)];
            }
            body.get(body.position(), copy, 0, length);
            JournalRecord record;
            try {
                record = codec.decode(type, copy, 0, length);
            } catch (BadRecord e) {
                throw new StoreDamaged(
                        SegmentName.of(Position.segment(position)),
                        Position.offset(position),
                        "a record of type " + type + " cannot be read: " + e.getMessage());
            }
            recovery.record(position, record);
        }
    }

    @Override
    public void checkpointsFrom(Snapshots core) {
        keeper.start(core);
    }

    /**
     * Makes a checkpoint that has everything that was appended before this call, and deletes what is no longer needed.
     *
     * @return done when it is finished; with the error where it could not be
     */
    public CompletionStage<Void> checkpointNow() {
        return keeper.checkpointNow();
    }

    /**
     * Makes a checkpoint and holds what the store then has, so that it can be copied while the store goes on: everything that was
     * appended before this call is in it. The caller closes it.
     *
     * @return done when that is on the disk; with the error where the checkpoint could not be made
     */
    public CompletionStage<StoreCut> cut() {
        return keeper.checkpointThen(() -> StoreCut.take(disk, log, state, executor));
    }

    /** How it does. Thread: any, after {@link #recover}. */
    public StoreFigures figures() {
        List<SegmentInfo> segments = log.segments();
        return keeper.figures(new StoreFigures(
                log.bytes(),
                state.bytes(),
                segments.size(),
                appended.sum(),
                log.bytesWritten(),
                log.syncTimes(),
                0,
                0,
                0,
                0,
                0,
                0,
                recovered));
    }

    /**
     * Makes a last checkpoint, so that the next start has nothing to replay, writes and syncs all, and gives the folder back. The
     * core must still answer, and append nothing any more.
     *
     * @return done when that has happened; with the first error where something of it could not
     */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!isRecovered) {
            finish(done, null);
            return done;
        }
        keeper.stop()
                .whenComplete((stopped, failure) -> log.close()
                        .whenComplete((closed, logFailure) -> finish(done, failure == null ? logFailure : failure)));
        return done;
    }

    private void finish(CompletableFuture<Void> done, @Nullable Throwable failure) {
        Throwable first = failure;
        try (fence) {
            state.close();
        } catch (IOException e) {
            events.warning("The store could not be closed in order: " + e.getMessage());
            first = first == null ? e : first;
        }
        if (first == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(first);
        }
    }
}
