package io.dunlin.broker.routing;

import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The matches that one shard used last, by topic, two places for each hash. Bounded by topics and by recipients. Thread: the
 * shard.
 */
final class RouteCache {
    private static final int SLOTS = 8192;
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
        if (known != null && isGood(known, topic)) {
            return known;
        }
        int other = slot ^ 1;
        Match second = slots[other];
        slots[other] = known; // the one used last comes first: two topics that meet here do not drive each other out
        if (second != null && isGood(second, topic)) {
            slots[slot] = second;
            return second;
        }
        Match fresh = index.match(topic, shards);
        recipients += fresh.recipients - (second == null ? 0 : second.recipients);
        if (recipients > RECIPIENTS_MAX) {
            Arrays.fill(slots, null);
            recipients = fresh.recipients;
        }
        slots[slot] = fresh;
        return fresh;
    }

    private boolean isGood(Match match, TopicName topic) {
        return match.topic.equals(topic) && match.isGood(index.generations());
    }
}
