package io.dunlin.protocol.flow;

import io.dunlin.protocol.topic.TopicName;
import java.util.HashMap;
import java.util.Map;

/**
 * The topic aliases that this side sets on a connection: the first topics that come get one, as many as the other side
 * allows [MQTT-3.3.2-9] [MQTT-3.3.2-11]. Not thread-safe.
 */
public final class OutgoingAliases {
    private final int aliasMax;
    private final Map<TopicName, Integer> aliases = new HashMap<>();

    /** @param aliasMax 1 to 65,535 */
    public OutgoingAliases(int aliasMax) {
        this.aliasMax = aliasMax;
    }

    /**
     * What to send for a topic: 0 for the topic alone, -alias for the topic with an alias that is set by this packet, alias
     * for the alias alone. The caller must send the packet, since the alias counts as set.
     */
    public int use(TopicName topic) {
        Integer known = aliases.get(topic);
        if (known != null) {
            return known;
        }
        if (aliases.size() >= aliasMax) {
            return 0;
        }
        int alias = aliases.size() + 1;
        aliases.put(topic, alias);
        return -alias;
    }
}
