package io.dunlin.storage;

import java.time.Duration;

/**
 * How the store does its work; fixed while it runs.
 *
 * @param segmentBytes the size of a file of the log; the first files of a run are smaller, a record that is larger gets a file of
 *     its own size. 64 KiB to 1 GiB
 * @param batchBytes the most that one batch takes, but for a record that is larger. 4 KiB to 16 MiB
 * @param unwrittenBytesMax the log is {@code BEHIND} while more than this waits in memory to be written
 * @param lazyWrite how long records that nobody waits for may wait in memory
 * @param syncEvery how long what was written may stay unsynced
 * @param slowSync a sync that takes longer is told
 * @param retryEvery how long to wait before a write that failed is tried again
 * @param reserveBytes a file of this size is kept to be given up when the disk is full, so that what frees room has room
 * @param bytesMax the most that all files of the store together take; the store is {@code FULL} where the next one would not
 *     fit. 0 for no limit
 * @param checkpointEvery how long after a checkpoint the next one is made
 * @param checkpointBytes how many bytes of log after a checkpoint make the next one due at once
 */
public record StoreOptions(
        int segmentBytes,
        int batchBytes,
        long unwrittenBytesMax,
        Duration lazyWrite,
        Duration syncEvery,
        Duration slowSync,
        Duration retryEvery,
        long reserveBytes,
        long bytesMax,
        Duration checkpointEvery,
        long checkpointBytes) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** What a broker on a machine of its own takes. */
    public static final StoreOptions DEFAULTS = new StoreOptions(
            64 * MIB,
            MIB,
            32L * MIB,
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            64L * MIB,
            0,
            Duration.ofSeconds(30),
            128L * MIB);

    public StoreOptions {
        require(segmentBytes >= 64 * KIB && segmentBytes <= 1024 * MIB, "segmentBytes");
        require(batchBytes >= 4 * KIB && batchBytes <= 16 * MIB, "batchBytes");
        require(unwrittenBytesMax > 0, "unwrittenBytesMax");
        require(reserveBytes >= 0, "reserveBytes");
        require(bytesMax >= 0, "bytesMax");
        require(checkpointBytes > 0, "checkpointBytes");
    }

    /** @param reserveBytes as the size of a segment, where the caller knows nothing better */
    public StoreOptions withSegmentBytes(int segmentBytes, int batchBytes, long reserveBytes) {
        return new StoreOptions(
                segmentBytes,
                batchBytes,
                unwrittenBytesMax,
                lazyWrite,
                syncEvery,
                slowSync,
                retryEvery,
                reserveBytes,
                bytesMax,
                checkpointEvery,
                checkpointBytes);
    }

    public StoreOptions withUnwrittenBytesMax(long unwrittenBytesMax) {
        return new StoreOptions(
                segmentBytes,
                batchBytes,
                unwrittenBytesMax,
                lazyWrite,
                syncEvery,
                slowSync,
                retryEvery,
                reserveBytes,
                bytesMax,
                checkpointEvery,
                checkpointBytes);
    }

    public StoreOptions withBytesMax(long bytesMax) {
        return new StoreOptions(
                segmentBytes,
                batchBytes,
                unwrittenBytesMax,
                lazyWrite,
                syncEvery,
                slowSync,
                retryEvery,
                reserveBytes,
                bytesMax,
                checkpointEvery,
                checkpointBytes);
    }

    public StoreOptions withCheckpoints(Duration checkpointEvery, long checkpointBytes) {
        return new StoreOptions(
                segmentBytes,
                batchBytes,
                unwrittenBytesMax,
                lazyWrite,
                syncEvery,
                slowSync,
                retryEvery,
                reserveBytes,
                bytesMax,
                checkpointEvery,
                checkpointBytes);
    }

    private static void require(boolean holds, String option) {
        if (!holds) {
            throw new IllegalArgumentException(option + " is out of its bounds");
        }
    }
}
