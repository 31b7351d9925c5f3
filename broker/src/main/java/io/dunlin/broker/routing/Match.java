package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets messages of one topic, as the index said at one generation; what it says stays as it is, except for the turn of the shared
 * groups. Thread: the shard that asked for it.
 */
final class Match {
    final TopicName topic;

    /** The recipients of each shard, null where a shard has none. */
    final @Nullable Recipient[] @Nullable [] byShard;

    /** How many there are in all. */
    final int recipients;

    final List<SharedGroup> groups;
    final List<Sink> sinks;

    private final long generation;
    private long changes; // at which the generation was last looked at

    // Of the topic, not of this match: the next one goes on with it. Written by the shard; others may look.
    private long messages;
    private long bytes;
    private long lastNanos;
    private LastValues.@Nullable Value last; // once somebody has wanted to see it

    Match(
            TopicName topic,
            long generation,
            long changes,
            @Nullable Recipient[] @Nullable [] byShard,
            int recipients,
            List<SharedGroup> groups,
            List<Sink> sinks) {
        this.topic = topic;
        this.generation = generation;
        this.changes = changes;
        this.byShard = byShard;
        this.recipients = recipients;
        this.groups = groups;
        this.sinks = sinks;
    }

    boolean isEmpty() {
        return recipients == 0 && groups.isEmpty() && sinks.isEmpty();
    }

    /** A message goes there. */
    void count(Message message, long nowNanos) {
        messages++;
        bytes += message.payload().length;
        lastNanos = nowNanos;
    }

    /** Where its last message is kept. */
    LastValues.Value value() {
        LastValues.Value value = last;
        if (value == null) {
            value = new LastValues.Value();
            last = value;
        }
        return value;
    }

    LastValues.@Nullable Value knownValue() {
        return last;
    }

    /** It takes the place of another match of the same topic. */
    void goOnFrom(Match other) {
        messages = other.messages;
        bytes = other.bytes;
        lastNanos = other.lastNanos;
        last = other.last;
    }

    /** Thread: any; of a moment ago. */
    TopicFigures figures() {
        LastValues.Value value = last;
        return new TopicFigures(
                topic, messages, bytes, lastNanos, value == null ? TopicFigures.LastMessage.NONE : value);
    }

    /** Whether the index would say the same now. */
    boolean isGood(Generations now) {
        long seen = now.changes();
        if (seen == changes) {
            return true;
        }
        if (now.of(topic) != generation) {
            return false;
        }
        changes = seen;
        return true;
    }
}
