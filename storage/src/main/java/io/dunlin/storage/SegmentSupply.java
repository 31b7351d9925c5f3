package io.dunlin.storage;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next segment ahead of need, on the keeper, so that the writer never waits for zeros to be written; and keeps a reserve
 * file that is given up when the disk is full, so that checkpoints and what frees room still find room. Without room the log is
 * {@code FULL}: this looks again and again, and the writer makes its segments by itself, of what is left.
 */
final class SegmentSupply {
    /** What is left to others on a full disk. */
    private static final long MARGIN_BYTES = 1 << 20;

    private final SegmentFiles files;
    private final StoreOptions options;
    private final StoreExecutor executor;
    private final Health health;
    private final LongSupplier otherBytes;

    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.NONE;
    private int number;
    private long bytes;
    private @Nullable Segment ready;
    private @Nullable Runnable waiting;
    private boolean retryArmed;
    private boolean isClosed;
    private volatile long reserveBytes;
    private volatile long readyBytes;

    private enum State {
        NONE,
        WANTED,
        WORKING,
        READY
    }

    /** @param otherBytes what else counts against the limit of all files */
    SegmentSupply(
            SegmentFiles files, StoreOptions options, StoreExecutor executor, Health health, LongSupplier otherBytes) {
        this.files = files;
        this.options = options;
        this.executor = executor;
        this.health = health;
        this.otherBytes = otherBytes;
    }

    /** An earlier run has left the reserve with this size; before the first {@link #want}. */
    void reserveIsThere(long bytes) {
        reserveBytes = bytes;
    }

    /** What the files made ahead of need take. */
    long bytes() {
        return reserveBytes + readyBytes;
    }

    /** Asks for the segment with this number to be made. */
    void want(int number, long bytes) {
        lock.lock();
        try {
            this.state = State.WANTED;
            this.number = number;
            this.bytes = bytes;
        } finally {
            lock.unlock();
        }
        executor.keeper(this::prepare);
    }

    /**
     * The segment with this number, made now where nobody has begun to. Thread: the writer.
     *
     * @return null where it is just being made: {@code again} is run on the writer when that has ended
     */
    @Nullable
    Segment take(int number, Runnable again) throws IOException {
        lock.lock();
        try {
            if (state == State.WORKING) {
                waiting = again;
                return null;
            }
            @Nullable Segment segment = ready;
            state = State.NONE;
            ready = null;
            readyBytes = 0;
            if (segment != null && segment.number() == number) {
                return segment;
            }
        } finally {
            lock.unlock();
        }
        return files.create(number, 0);
    }

    /** Thread: the keeper. */
    private void prepare() {
        if (begin()) {
            @Nullable String lack = lack(bytes);
            @Nullable Segment made = null;
            if (lack == null) {
                try {
                    made = files.create(number, bytes);
                } catch (IOException e) {
                    lack = String.valueOf(e.getMessage());
                }
            }
            ended(made);
            if (lack != null) {
                noRoom(lack);
                return;
            }
        }
        @Nullable String lack = restoreReserve();
        if (lack != null) {
            noRoom(lack);
        } else if (hasAll()) {
            health.room();
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            boolean begins = state == State.WANTED && !isClosed;
            if (begins) {
                state = State.WORKING;
            }
            return begins;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasAll() {
        lock.lock();
        try {
            return state != State.WANTED;
        } finally {
            lock.unlock();
        }
    }

    private void ended(@Nullable Segment made) {
        @Nullable Runnable again;
        boolean isLeft;
        lock.lock();
        try {
            isLeft = isClosed && made != null;
            ready = isLeft ? null : made;
            readyBytes = ready == null ? 0 : ready.bytes();
            state = made == null ? State.WANTED : State.READY;
            again = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        if (isLeft && made != null) {
            discard(made);
        }
        if (again != null) {
            executor.writer(again);
        }
    }

    /** Why there is no room for a file of this size; null where there is. */
    private @Nullable String lack(long wanted) {
        long missingReserve = Math.max(0, options.reserveBytes() - reserveBytes);
        long all = files.bytes() + bytes() + otherBytes.getAsLong();
        if (options.bytesMax() > 0 && all + wanted + missingReserve > options.bytesMax()) {
            return "its files take " + all + " bytes of the " + options.bytesMax() + " that they may";
        }
        try {
            long usable = files.disk().usableBytes();
            return usable >= wanted + missingReserve + MARGIN_BYTES
                    ? null
                    : "the disk has only " + usable + " bytes left, and " + (wanted + missingReserve + MARGIN_BYTES)
                            + " are needed";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void noRoom(String lack) {
        health.noRoom(
                "The store has no room: " + lack
                        + ". Messages that have to be stored are refused until there is; make room on the disk, or raise the limit.");
        if (reserveBytes > 0) {
            try {
                files.disk().delete(SegmentName.RESERVE);
                reserveBytes = 0;
            } catch (IOException e) {
                health.cannotWrite("The store's reserve cannot be given up: " + e.getMessage());
            }
        }
        lock.lock();
        try {
            if (retryArmed || isClosed) {
                return;
            }
            retryArmed = true;
        } finally {
            lock.unlock();
        }
        executor.keeperAfter(options.retryEvery(), this::retry);
    }

    private void retry() {
        lock.lock();
        try {
            retryArmed = false;
            if (isClosed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        prepare();
    }

    private @Nullable String restoreReserve() {
        if (reserveBytes >= options.reserveBytes()) {
            return null;
        }
        @Nullable String lack = lack(0);
        if (lack == null) {
            try {
                files.disk().create(SegmentName.RESERVE, options.reserveBytes()).close();
                files.disk().syncFolder();
                reserveBytes = options.reserveBytes();
            } catch (IOException e) {
                lack = String.valueOf(e.getMessage());
            }
        }
        return lack;
    }

    /** Makes nothing more, and deletes what was made and not taken. */
    void close() {
        @Nullable Segment left;
        lock.lock();
        try {
            isClosed = true;
            left = ready;
            ready = null;
            readyBytes = 0;
        } finally {
            lock.unlock();
        }
        if (left != null) {
            discard(left);
        }
    }

    private void discard(Segment segment) {
        try {
            segment.close();
            files.disk().delete(SegmentName.of(segment.number()));
        } catch (IOException e) {
            health.cannotWrite("A file made ahead of need cannot be deleted: " + e.getMessage());
        }
    }
}
