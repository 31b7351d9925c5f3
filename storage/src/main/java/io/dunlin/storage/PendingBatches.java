package io.dunlin.storage;

import io.dunlin.broker.port.Durability;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was appended and is not written yet, and whether the writer is at it. All threads that append meet here: the lock is held
 * for one copy of the record. A position is fixed when a record comes in, so where each batch will stand is decided here: one after
 * the other, in the next segment where it does not fit into this one.
 */
final class PendingBatches {
    private static final int SPARE_MAX = 8;
    /** The first segment of a run is small, so that a start need not prepare a large one. */
    static final int FIRST_SEGMENT_BYTES = 4 << 20;

    private final int segmentBytes;
    private final int batchBytes;
    private final long unwrittenBytesMax;
    private final Wakes wakes;

    private final ReentrantLock lock = new ReentrantLock();
    /** All in memory, oldest first; the last one may be {@link #open}. */
    private final ArrayDeque<BatchBuffer> batches = new ArrayDeque<>();

    private final ArrayDeque<BatchBuffer> spare = new ArrayDeque<>();
    private @Nullable BatchBuffer open;
    /** How many at the front of {@link #batches} the writer has taken. */
    private int taken;
    /** Where the next batch will stand. */
    private int segment;

    private int offset;
    private int segmentLimit;

    private long unwrittenBytes;
    private boolean isBehind;
    private boolean commitRuns;
    private boolean commitWanted;
    private boolean lazyArmed;
    private boolean isDead;

    /** What comes of an append. Thread: any, without the lock. */
    interface Wakes {
        /** Somebody waits: a commit is to run, and there is none. */
        void commit();

        /** Nobody waits: a commit is to run after a while. */
        void commitLater();

        /** More waits to be written than should, or no longer does. */
        void behind(boolean isBehind);
    }

    PendingBatches(StoreOptions options, Wakes wakes) {
        this.segmentBytes = options.segmentBytes();
        this.batchBytes = options.batchBytes();
        this.unwrittenBytesMax = options.unwrittenBytesMax();
        this.wakes = wakes;
    }

    /** Before the first append: where the first batch will stand. */
    void begin(int segment, int offset, int segmentLimit) {
        lock.lock();
        try {
            this.segment = segment;
            this.offset = offset;
            this.segmentLimit = segmentLimit;
        } finally {
            lock.unlock();
        }
    }

    /** How far the segment after one with this limit may be filled. */
    int nextLimit(int segmentLimit) {
        return (int) Math.min(segmentBytes, Math.max(2L * segmentLimit, FIRST_SEGMENT_BYTES));
    }

    int firstLimit() {
        return Math.min(segmentBytes, FIRST_SEGMENT_BYTES);
    }

    long append(int type, int crc, byte[] bytes, int from, int length, Durability wanted) {
        int recordBytes = RecordFrame.HEADER_BYTES + length;
        long position;
        boolean start;
        boolean later = false;
        boolean fellBehind = false;
        lock.lock();
        try {
            @Nullable BatchBuffer batch = open;
            if (batch == null || !batch.fits(recordBytes)) {
                batch = next(recordBytes);
                fellBehind = !isBehind && unwrittenBytes > unwrittenBytesMax;
                isBehind |= fellBehind;
            }
            position = batch.add(type, crc, bytes, from, length);
            unwrittenBytes += recordBytes;
            if (wanted != Durability.MEMORY) {
                commitWanted = true;
                if (wanted == Durability.DISK) {
                    batch.wantDisk();
                }
            }
            start = !commitRuns && !isDead && (commitWanted || batches.size() > taken + 1);
            commitRuns |= start;
            if (!commitRuns && !lazyArmed) {
                lazyArmed = true;
                later = true;
            }
        } finally {
            lock.unlock();
        }
        if (start) {
            wakes.commit();
        } else if (later) {
            wakes.commitLater();
        }
        if (fellBehind) {
            wakes.behind(true);
        }
        return position;
    }

    /** A batch with room for the record. Lock held. */
    private BatchBuffer next(int recordBytes) {
        close();
        if (isDead) {
            drop();
        }
        int needed = BatchHeader.BYTES + recordBytes;
        if (offset == SegmentHeader.BYTES) {
            // No segment stays empty: the scan would take it for the end.
            segmentLimit = Math.max(segmentLimit, SegmentHeader.BYTES + needed);
        } else if (needed > segmentLimit - offset) {
            segment++;
            if (segment > Position.SEGMENT_MAX) {
                throw new IllegalStateException("The log has used up its segment numbers.");
            }
            offset = SegmentHeader.BYTES;
            segmentLimit = Math.max(nextLimit(segmentLimit), SegmentHeader.BYTES + needed);
        }
        BatchBuffer batch = buffer(needed);
        batch.begin(segment, offset, segmentLimit);
        batches.addLast(batch);
        open = batch;
        return batch;
    }

    private BatchBuffer buffer(int needed) {
        if (needed > batchBytes) {
            return BatchBuffer.once(needed);
        }
        @Nullable BatchBuffer last = spare.pollLast();
        return last == null ? BatchBuffer.reusable(batchBytes) : last;
    }

    /** No more goes into the open batch. Lock held. */
    private void close() {
        if (open != null) {
            offset = open.end();
            open = null;
        }
    }

    /** What is never going to be written. Lock held. */
    private void drop() {
        while (!batches.isEmpty()) {
            recycle(batches.removeFirst());
        }
        taken = 0;
        unwrittenBytes = 0;
    }

    private void recycle(BatchBuffer batch) {
        if (batch.isReusable() && spare.size() < SPARE_MAX) {
            spare.addLast(batch);
        }
    }

    /** Where the last record ends. */
    long end() {
        lock.lock();
        try {
            return open == null ? Position.of(segment, offset) : open.endPosition();
        } finally {
            lock.unlock();
        }
    }

    /** A copy of the whole record at this position; null where it is not in memory. */
    @Nullable
    ByteBuffer copy(long position) {
        lock.lock();
        try {
            for (BatchBuffer batch : batches) {
                if (batch.has(position)) {
                    return batch.copy(position);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** A commit is to run for something else than records. Whether the caller is to start it: none runs. */
    boolean wantCommit() {
        lock.lock();
        try {
            commitWanted = true;
            boolean start = !commitRuns && !isDead;
            commitRuns |= start;
            return start;
        } finally {
            lock.unlock();
        }
    }

    /** The while after {@link Wakes#commitLater} is over. Whether the caller is to start a commit. */
    boolean lazyIsDue() {
        lock.lock();
        try {
            lazyArmed = false;
            boolean start = !commitRuns && !isDead && !batches.isEmpty();
            commitRuns |= start;
            return start;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes all batches that are to be written, in order. Each is to be given back with {@link #written}. Thread: the writer.
     *
     * @param emptyToo gives one without records where there is none
     */
    List<BatchBuffer> take(boolean emptyToo) {
        lock.lock();
        try {
            if (emptyToo && batches.isEmpty()) {
                next(0);
            }
            close();
            commitWanted = false;
            List<BatchBuffer> fresh = new ArrayList<>(batches.size() - taken);
            int index = 0;
            for (BatchBuffer batch : batches) {
                if (index++ >= taken) {
                    fresh.add(batch);
                }
            }
            taken = batches.size();
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest batch is in its file. Thread: the writer. */
    void written() {
        boolean caughtUp;
        lock.lock();
        try {
            BatchBuffer oldest = batches.removeFirst();
            taken--;
            unwrittenBytes -= oldest.recordBytes();
            recycle(oldest);
            caughtUp = isBehind && unwrittenBytes <= unwrittenBytesMax / 2;
            isBehind &= !caughtUp;
        } finally {
            lock.unlock();
        }
        if (caughtUp) {
            wakes.behind(false);
        }
    }

    /** A commit has ended. Whether the next one is to start at once. Thread: the writer. */
    boolean commitEnded() {
        boolean later = false;
        lock.lock();
        try {
            commitRuns = commitWanted || batches.size() > 1;
            if (!commitRuns && !batches.isEmpty() && !lazyArmed) {
                lazyArmed = true;
                later = true;
            }
            if (commitRuns || !later) {
                return commitRuns;
            }
        } finally {
            lock.unlock();
        }
        wakes.commitLater();
        return false;
    }

    /** Nothing is going to be written any more: what comes is forgotten before long. */
    void die() {
        lock.lock();
        try {
            isDead = true;
        } finally {
            lock.unlock();
        }
    }
}
