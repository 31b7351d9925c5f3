package io.dunlin.broker.port;

import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Will;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to state that outlives a connection. A message is named by the position that its {@link Published} has in the
 * journal; a session by its client id. What a record says holds whatever was before: applying it a second time changes nothing.
 */
public sealed interface JournalRecord {
    /** A session that outlives its connection began or changed its expiry; it is connected. */
    record SessionOpened(String clientId, @Nullable String username, long expirySeconds) implements JournalRecord {}

    /** It lost its connection at this wall time and expires {@code expirySeconds} later. */
    record SessionParked(String clientId, long expirySeconds, long wallMillis) implements JournalRecord {}

    /** The session is gone with all that it held: it expired, was taken over clean, or was ended. */
    record SessionEnded(String clientId) implements JournalRecord {}

    /** @param subscriptionId 0 for none */
    record Subscribed(String clientId, SubscriptionRequest request, int subscriptionId) implements JournalRecord {}

    /** The session's subscription to exactly this filter is gone. */
    record Unsubscribed(String clientId, String filter) implements JournalRecord {}

    /**
     * One message for all the sessions that it is queued for.
     *
     * @param takenPacketId where it came as QoS 2 from a session that outlives its connection, the packet identifier of that, which is
     *     taken from now on as by {@link InboundTaken}: both or neither survive a crash; else 0
     */
    record Published(Message message, List<Share> shares, int takenPacketId) implements JournalRecord {}

    /** A session's share in a message; QoS 1 or 2. {@code subscriptionIds} is not to be changed. */
    record Share(String clientId, QoS qos, boolean retain, int[] subscriptionIds) {}

    /** These references left the memory of the session's queue, in order; they were its youngest. Not to be changed. */
    record Spilled(String clientId, long[] references) implements JournalRecord {}

    /** The message went out with this packet identifier and is in flight. Lazy at QoS 1: losing it means a new identifier. */
    record Sent(String clientId, long position, int packetId) implements JournalRecord {}

    /** The receiver has a QoS 2 message (PUBREC); PUBREL is under way with this packet identifier. */
    record Received(String clientId, long position, int packetId) implements JournalRecord {}

    /** The message left the session: acknowledged, expired or dropped. Lazy: losing it means one delivery more. */
    record Settled(String clientId, long position) implements JournalRecord {}

    /** A QoS 2 message came in with this packet identifier and is not to be taken a second time. */
    record InboundTaken(String clientId, int packetId) implements JournalRecord {}

    /** PUBREL came: the identifier is free. */
    record InboundReleased(String clientId, int packetId) implements JournalRecord {}

    /** The retained message of its topic from now on; with an empty payload, none. */
    record Retained(Message message) implements JournalRecord {}

    /** The will of the session's connection, with all its properties; its delay runs from the end of that connection. */
    record WillStored(String clientId, Will will) implements JournalRecord {}

    /** The stored will was sent, or is not to be sent any more. */
    record WillCleared(String clientId) implements JournalRecord {}
}
