package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * An append-only log in files of limited size (segments), with group commit. A record is named by its position, which never
 * changes, and can be read alone. Life: {@link #open}, {@link #recover} once, then all else, {@link #close}.
 */
final class SegmentLog {
    /** The longest body of a record. */
    static final int BODY_BYTES_MAX = 1 << 29;

    private SegmentLog() {}

    /** Opens the log in a folder that the fence holds; changes nothing yet. */
    static SegmentLog open(
            Disk disk, Fence fence, StoreOptions options, StoreExecutor executor, Clock clock, StoreEvents events)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives the records from this position on, in order, cuts off what was never synced and is not whole, and makes the log
     * ready for {@link #append}. Blocks; thread: the caller's.
     *
     * @param fromPosition what {@link #end} told at the last checkpoint; 0 for all
     * @param knownDurable the highest position that is known to have been synced; 0 for none
     * @param live segments that must be there
     * @throws StoreDamaged where something that was synced is missing or changed
     * @throws StoreRefused where a file is of another store or of a newer version
     */
    Recovered recover(long fromPosition, long knownDurable, Set<Integer> live, RecordVisitor visitor)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * What {@link #recover} found.
     *
     * @param bytesCut how many bytes at the end were cut off: what was being written when the last run ended
     */
    record Recovered(long records, long end, long bytesCut) {}

    /**
     * Appends a record and returns its position, which is above all before. Never blocks and never refuses. Thread: any; the
     * bytes may be reused at once.
     *
     * @param type 1 to 255
     * @param length 0 to {@link #BODY_BYTES_MAX}
     */
    long append(int type, byte[] bytes, int from, int length, Durability wanted) {
        throw new UnsupportedOperationException();
    }

    /** All records at or below this position are stored at this level. Thread: any. */
    long stored(Durability level) {
        throw new UnsupportedOperationException();
    }

    /**
     * Calls this on the writer after {@link #stored} has grown and after {@link #condition} has changed; before
     * {@link #recover}, once. It must not block.
     */
    void onGrown(Runnable grown) {
        throw new UnsupportedOperationException();
    }

    /** Thread: any. */
    Condition condition() {
        throw new UnsupportedOperationException();
    }

    /** Where the last appended record ends: later records have positions at or above it. Thread: any. */
    long end() {
        throw new UnsupportedOperationException();
    }

    /** Makes the writer write and sync all that was appended until now. {@link #onGrown} tells when it is done. Thread: any. */
    void sync() {
        throw new UnsupportedOperationException();
    }

    /** A reader of its own for one thread. */
    LogReader reader() {
        throw new UnsupportedOperationException();
    }

    /** All files of the log, by number; the one that was made ahead of need is not among them. Thread: any. */
    List<SegmentInfo> segments() {
        throw new UnsupportedOperationException();
    }

    /** Deletes segments, which must be below that of {@link #end}. Thread: the keeper. */
    void delete(Set<Integer> segments) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Leaves only these records in a segment below that of {@link #end}. Readers notice nothing; after a failure the segment is
     * as it was. Thread: the keeper.
     *
     * @param positions of this segment, ascending
     * @return how many bytes that freed
     */
    long compact(int segment, long[] positions) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** What the files of the log take on the disk, those made ahead of need included. Thread: any. */
    long bytes() {
        throw new UnsupportedOperationException();
    }

    /** The limit on bytes counts these too: what else of the store is in the folder. Before {@link #recover}, once. */
    void alsoCount(LongSupplier otherBytes) {
        throw new UnsupportedOperationException();
    }

    /** How many bytes were handed to the operating system since the start. Thread: any. */
    long bytesWritten() {
        throw new UnsupportedOperationException();
    }

    SyncStats syncStats() {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes and syncs all that was appended, cuts the last file to what is used, and closes the files; nothing may be appended
     * any more.
     *
     * @return done when that has happened; with the error where it could not
     */
    CompletionStage<Void> close() {
        throw new UnsupportedOperationException();
    }
}
