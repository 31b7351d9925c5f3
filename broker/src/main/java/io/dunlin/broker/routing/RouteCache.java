package io.dunlin.broker.routing;

import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The matches that one shard used last, by topic. Two places for each hash, so that two topics that meet do not drive each
 * other out. Bounded by topics and by recipients. Thread: the shard.
 */
final class RouteCache {
    private static final int PAIR_BITS = 14;
    private static final int RECIPIENTS_MAX = 1_000_000;

    private final SubscriptionIndex index;
    private final int shards;
    private final @Nullable Match[] slots = new Match[2 << PAIR_BITS];
    private long recipients;

    RouteCache(SubscriptionIndex index, int shards) {
        this.index = index;
        this.shards = shards;
    }

    Match match(TopicName topic) {
        int first = 2 * pair(topic); // the one used last
        Match known = slots[first];
        if (known == null || !known.topic.equals(topic)) {
            Match second = slots[first + 1];
            slots[first + 1] = known;
            if (second == null || !second.topic.equals(topic)) {
                return put(first, second, index.match(topic, shards));
            }
            slots[first] = second;
            known = second;
        }
        if (known.isGood(index.generations())) {
            return known;
        }
        Match fresh = index.match(topic, shards);
        fresh.goOnFrom(known);
        return put(first, known, fresh);
    }

    /** Mixed, since topics that differ in their last digits have hashes that lie close together. */
    static int pair(TopicName topic) {
        return topic.hashCode() * 0x9E37_79B1 >>> Integer.SIZE - PAIR_BITS;
    }

    private Match put(int first, @Nullable Match gone, Match fresh) {
        recipients += fresh.recipients - (gone == null ? 0 : gone.recipients);
        if (recipients > RECIPIENTS_MAX) {
            Arrays.fill(slots, null);
            recipients = fresh.recipients;
        }
        slots[first] = fresh;
        return fresh;
    }

    /** What is there at this moment, to be looked at elsewhere. */
    @Nullable
    Match[] copy() {
        return slots.clone();
    }
}
