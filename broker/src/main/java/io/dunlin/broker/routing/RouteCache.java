package io.dunlin.broker.routing;

import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The matches that one shard used last, by topic; each is good as long as the index's generation stays. Bounded by topics and
 * by recipients. Thread: the shard.
 */
final class RouteCache {
    private static final int SLOTS = 4096;
    private static final int RECIPIENTS_MAX = 1_000_000;

    private final SubscriptionIndex index;
    private final int shards;
    private final @Nullable Match[] slots = new Match[SLOTS];
    private long recipients;

    RouteCache(SubscriptionIndex index, int shards) {
        this.index = index;
        this.shards = shards;
    }

    Match match(TopicName topic) {
        int hash = topic.hashCode();
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        Match known = slots[slot];
        if (known != null
                && known.generation() == index.generation(topic)
                && known.topic().equals(topic)) {
            return known;
        }
        Match fresh = index.match(topic, shards);
        recipients += fresh.recipients() - (known == null ? 0 : known.recipients());
        if (recipients > RECIPIENTS_MAX) {
            Arrays.fill(slots, null);
            recipients = fresh.recipients();
        }
        slots[slot] = fresh;
        return fresh;
    }
}
