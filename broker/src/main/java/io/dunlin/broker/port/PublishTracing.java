package io.dunlin.broker.port;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * Follows single messages whose publishers follow them through several programs. Called on the publisher's shard: must not block.
 */
public interface PublishTracing {
    /** The trace that a message belongs to, by its properties; null where it is not followed. Asked only where there are properties. */
    @Nullable
    Trace traceOf(Properties properties);

    /** One that a message belongs to. */
    interface Trace {
        /** The broker is done with the message; once for each. */
        void published(Published message);
    }

    /**
     * What became of a message.
     *
     * @param clientId of its publisher
     * @param receivers subscribers, shared groups and sinks that were found for it; 0 where it was refused
     * @param reason what it was or would have been answered with; null where its publisher had gone before
     * @param beganNanos when its PUBLISH was read, in {@link Clock#nanos}
     * @param endedNanos when it was answered; at QoS 0, when its receivers were known
     */
    record Published(
            String clientId,
            TopicName topic,
            QoS qos,
            boolean retain,
            int payloadBytes,
            int receivers,
            @Nullable ReasonCode reason,
            long beganNanos,
            long endedNanos) {}
}
