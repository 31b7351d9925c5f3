package io.dunlin.broker.routing;

import io.dunlin.broker.port.Sink;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets messages of one topic, as the index said at one generation. Immutable, except for the turn of the shared groups.
 *
 * @param byShard the recipients of each shard, null where a shard has none
 * @param recipients how many there are in all
 */
record Match(
        TopicName topic,
        long generation,
        @Nullable Recipient[] @Nullable [] byShard,
        int recipients,
        List<SharedGroup> groups,
        List<Sink> sinks) {

    boolean isEmpty() {
        return recipients == 0 && groups.isEmpty() && sinks.isEmpty();
    }
}
