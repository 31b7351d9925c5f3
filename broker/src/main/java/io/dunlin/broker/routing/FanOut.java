package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Frames;
import io.dunlin.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * QoS 0 messages of one publisher to the same many recipients, gathered within a tick so that each recipient is visited once for all of
 * them: what a visit costs is memory that is in no cache. Thread: the shard.
 */
final class FanOut {
    private static final int RECIPIENTS_MIN = 16;
    private static final int MESSAGES_MAX = 64;
    private static final int BYTES_MAX = 32 << 10;

    final Match match;
    final @Nullable Publisher publisher;
    private final List<Message> messages = new ArrayList<>();
    private int bytes;

    FanOut(Match match, Message first, @Nullable Publisher publisher) {
        this.match = match;
        this.publisher = publisher;
        add(first);
    }

    /** Whether the message may wait for others: its packets differ in nothing but the version. */
    static boolean suits(Match match, Message message) {
        return match.recipients >= RECIPIENTS_MIN
                && match.groups.isEmpty()
                && message.qos() == QoS.AT_MOST_ONCE
                && !message.retain()
                && message.expiresAtNanos() == Message.NEVER
                && message.payload().length < Frames.SHARED_PAYLOAD_BYTES_MIN
                && message.weight() <= BYTES_MAX;
    }

    /** Whether a message that suits belongs to those here. */
    @SuppressWarnings("ReferenceEquality") // the same recipients in the same order
    boolean takes(Match itsMatch, Message message, @Nullable Publisher itsPublisher) {
        return itsMatch == match
                && itsPublisher == publisher
                && messages.getFirst().publisher().equals(message.publisher()) // wills have no publisher to slow down
                && messages.size() < MESSAGES_MAX
                && bytes + message.weight() <= BYTES_MAX;
    }

    void add(Message message) {
        messages.add(message);
        bytes += message.weight();
    }

    /** In order; at least one. */
    List<Message> messages() {
        return messages;
    }
}
