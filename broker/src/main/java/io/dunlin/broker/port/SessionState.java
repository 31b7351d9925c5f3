package io.dunlin.broker.port;

import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Will;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of a session that outlives its connection and the process, at one moment. Arrays are not to be changed.
 *
 * @param parkedWallMillis when it lost its connection, 0 where it was connected at that moment
 * @param inFlight in the order of first sending
 * @param head the oldest references of its queue, as {@link Reference} packs them
 * @param pages the part of the queue after the head that was spilled
 * @param tail the youngest references of its queue
 * @param queueBytes the weight of the messages in head, pages and tail
 * @param inbound packet identifiers of QoS 2 messages taken and not yet released
 * @param will of its connection, or waiting for its delay; that runs from the end of the connection
 * @param asOf what this session did itself before this journal position is all in the state
 */
public record SessionState(
        String clientId,
        @Nullable String username,
        long expirySeconds,
        long parkedWallMillis,
        List<Subscribed> subscriptions,
        List<InFlight> inFlight,
        long[] head,
        List<QueuePage> pages,
        long[] tail,
        long queueBytes,
        int[] inbound,
        @Nullable Will will,
        long asOf) {

    /** @param subscriptionId 0 for none */
    public record Subscribed(SubscriptionRequest request, int subscriptionId) {}

    /** @param released whether the receiver has it (PUBREC) */
    public record InFlight(long reference, int packetId, boolean released) {}
}
