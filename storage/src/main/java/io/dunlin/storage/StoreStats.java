package io.dunlin.storage;

import java.util.List;

/**
 * What a stopped store holds: its last checkpoint, with what was queued and settled since.
 *
 * @param storeId 32 hexadecimal digits
 * @param wallMillis when the last checkpoint was made
 * @param isClean whether the broker stopped in order after it
 * @param sessions that outlive their connection
 * @param queued messages in queues and in flight, counted for each session
 * @param retained messages
 * @param records since the checkpoint
 * @param segments files of the log
 * @param sparseSegments how many of them were compacted
 * @param logBytes of the log
 * @param stateBytes of the checkpoints
 * @param largest the sessions with the most messages
 */
public record StoreStats(
        String storeId,
        long wallMillis,
        boolean isClean,
        long sessions,
        long queued,
        long retained,
        long records,
        int segments,
        int sparseSegments,
        long logBytes,
        long stateBytes,
        List<Client> largest) {

    /** A session and how many messages it has. */
    public record Client(String clientId, long queued) {}
}
