package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * What has been published to a topic, as far as it is known: since the topic was last not among those that a shard remembers.
 *
 * @param bytes of payloads
 * @param lastNanos in the time of the broker's clock
 * @param value where the last message is
 */
public record TopicFigures(TopicName topic, long messages, long bytes, long lastNanos, LastMessage value) {
    /** The last message of a topic as it is now: who keeps these figures does not keep the message. Thread: any. */
    public interface LastMessage {
        /** There is none. */
        LastMessage NONE = () -> null;

        @Nullable
        Message get();
    }

    /** The last message, where somebody has asked for values lately, it is not large, and there is room for it; else null. */
    public @Nullable Message last() {
        return value.get();
    }

    /** Of two shards. */
    public TopicFigures plus(TopicFigures other) {
        boolean later = other.lastNanos - lastNanos > 0;
        return new TopicFigures(
                topic,
                messages + other.messages,
                bytes + other.bytes,
                later ? other.lastNanos : lastNanos,
                later ? other.value : value);
    }
}
