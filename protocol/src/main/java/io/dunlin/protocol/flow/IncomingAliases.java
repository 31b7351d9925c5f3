package io.dunlin.protocol.flow;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The topic aliases that the other side has set on this connection (MQTT 5, section 3.3.2.3.4); they end with it
 * [MQTT-3.3.2-7]. Not thread-safe.
 */
public final class IncomingAliases {
    private final int aliasMax;
    private @Nullable TopicName[] topics = new TopicName[0];

    /** @param aliasMax 0 to 65,535: what this side told the other */
    public IncomingAliases(int aliasMax) {
        this.aliasMax = aliasMax;
    }

    /**
     * The topic that a PUBLISH means.
     *
     * @param topic EMPTY where only the alias is given, else the topic that the alias stands for from now on
     * @throws ProtocolError TOPIC_ALIAS_INVALID beyond the maximum, PROTOCOL_ERROR where the alias was never set
     */
    public TopicName resolve(int alias, TopicName topic) {
        if (alias < 1 || alias > aliasMax) { // [MQTT-3.3.2-8] [MQTT-3.3.2-10] [MQTT-3.3.2-12]
            throw new ProtocolError(
                    ReasonCode.TOPIC_ALIAS_INVALID, "topic alias " + alias + " is not within 1 to " + aliasMax);
        }
        if (!topic.isEmpty()) {
            if (alias > topics.length) {
                topics = Arrays.copyOf(topics, Math.min(aliasMax, Math.max(alias, topics.length * 2)));
            }
            topics[alias - 1] = topic;
            return topic;
        }
        TopicName known = alias <= topics.length ? topics[alias - 1] : null;
        if (known == null) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "topic alias " + alias + " was never set");
        }
        return known;
    }
}
