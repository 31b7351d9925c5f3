package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * What has been published to a topic, as far as it is known: since the topic was last not among those that a shard remembers.
 *
 * @param bytes of payloads
 * @param lastNanos in the time of the broker's clock
 * @param last the last message, where somebody has asked for values lately and it is not large
 */
public record TopicFigures(
        TopicName topic,
        long messages,
        long bytes,
        long lastNanos,
        @Nullable Message last) {

    /** Of two shards. */
    public TopicFigures plus(TopicFigures other) {
        boolean later = other.lastNanos - lastNanos > 0;
        return new TopicFigures(
                topic,
                messages + other.messages,
                bytes + other.bytes,
                later ? other.lastNanos : lastNanos,
                later ? other.last : last);
    }
}
