package io.dunlin.storage;

import io.dunlin.broker.port.LatencyHistogram;

/**
 * How the store does, at one moment.
 *
 * @param logBytes what the log takes on the disk, files made ahead of need included
 * @param stateBytes what the checkpoints take
 * @param segments how many files the log has
 * @param appendedRecords since the start
 * @param writtenBytes handed to the operating system for the log since the start
 * @param syncs how long the syncs of the log took since the start
 * @param checkpoints how many were finished since the start
 * @param checkpointMillis how long the last one took
 * @param checkpointFailures how many could not be finished since the start
 * @param checkpointPosition where a replay would begin, as segment and offset in a long
 * @param segmentsDeleted since the start
 * @param cleanedBytes what deleting and compacting segments has freed since the start
 * @param recovered what the start found
 */
public record StoreFigures(
        long logBytes,
        long stateBytes,
        int segments,
        long appendedRecords,
        long writtenBytes,
        LatencyHistogram syncs,
        long checkpoints,
        long checkpointMillis,
        long checkpointFailures,
        long checkpointPosition,
        long segmentsDeleted,
        long cleanedBytes,
        Recovered recovered) {

    /**
     * What an earlier run had left.
     *
     * @param sessions in the last checkpoint
     * @param retained messages in the last checkpoint
     * @param records since the last checkpoint
     * @param millis that reading all of it took
     * @param bytesCut at the end of the log: what was being written when that run ended
     * @param wasClean whether that run had stopped in order
     */
    public record Recovered(long sessions, long retained, long records, long millis, long bytesCut, boolean wasClean) {
        static final Recovered NOTHING = new Recovered(0, 0, 0, 0, 0, true);
    }
}
