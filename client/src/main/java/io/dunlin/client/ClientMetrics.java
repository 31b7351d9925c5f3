package io.dunlin.client;

import java.util.Map;

/**
 * Counts since the client was built, and what is under way now.
 *
 * @param published messages accepted for sending
 * @param completed messages that are done: written (QoS 0) or answered with success (QoS 1 and 2)
 * @param received messages that came, those of QoS 2 once
 * @param handled messages that a handler has been through
 * @param handlerFailures handlers that ended with an exception
 * @param connections connections that the server accepted
 * @param connectionsLost connections that ended without having been asked to
 * @param sessionsLost connections at which the server no longer had the session that this client had
 * @param dropped messages given up, by reason; reasons that never occurred are 0
 * @param waitingMessages messages that wait to be sent
 * @param waitingBytes their bytes, counted as {@link OfflineBuffer} does
 * @param inFlight messages of QoS 1 and 2 sent and not finished
 * @param unacknowledged messages of QoS 1 and 2 received on this connection and not acknowledged
 */
public record ClientMetrics(
        long published,
        long completed,
        long received,
        long handled,
        long handlerFailures,
        long connections,
        long connectionsLost,
        long sessionsLost,
        Map<Dropped.Reason, Long> dropped,
        int waitingMessages,
        long waitingBytes,
        int inFlight,
        int unacknowledged) {

    /** All messages given up, for whatever reason. */
    public long droppedTotal() {
        long sum = 0;
        for (long count : dropped.values()) {
            sum += count;
        }
        return sum;
    }
}
