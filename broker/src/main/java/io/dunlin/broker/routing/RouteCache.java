package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The matches that one shard used last, by topic. A topic has two places, and where others have them it gets one now and then:
 * matches of topics that do not come back would drive out those that do, and be the collector's work. Bounded by topics and by
 * recipients. Thread: the shard.
 */
final class RouteCache {
    private static final int PAIR_BITS = 14;
    private static final int RECIPIENTS_MAX = 1_000_000;
    private static final int MISSES = 16; // of which one takes the place of another topic
    private static final long VALUE_BYTES_MAX = 32 << 20; // of all shards

    private final SubscriptionIndex index;
    private final int shards;
    private final @Nullable Match[] slots = new Match[2 << PAIR_BITS];
    private int misses;
    private final LastValues values;
    private long recipients;

    RouteCache(SubscriptionIndex index, int shards) {
        this.index = index;
        this.shards = shards;
        this.values = new LastValues(VALUE_BYTES_MAX / shards);
    }

    Match match(TopicName topic) {
        int place = 2 * pair(topic);
        Match known = slots[place];
        if (known == null || !known.topic.equals(topic)) {
            known = slots[++place];
            if (known == null || !known.topic.equals(topic)) {
                return find(topic, place - 1);
            }
        }
        if (known.isGood(index.generations())) {
            return known;
        }
        Match fresh = index.match(topic, shards);
        fresh.goOnFrom(known);
        return put(place, fresh);
    }

    private Match find(TopicName topic, int first) {
        Match fresh = index.match(topic, shards);
        if (slots[first] == null) {
            return put(first, fresh);
        }
        if (slots[first + 1] == null) {
            return put(first + 1, fresh);
        }
        return ++misses % MISSES == 0 ? put(first + (misses / MISSES & 1), fresh) : fresh;
    }

    /** Mixed, since topics that differ in their last digits have hashes that lie close together. */
    static int pair(TopicName topic) {
        return topic.hashCode() * 0x9E37_79B1 >>> Integer.SIZE - PAIR_BITS;
    }

    private Match put(int place, Match fresh) {
        Match gone = slots[place];
        recipients += fresh.recipients - (gone == null ? 0 : gone.recipients);
        if (recipients > RECIPIENTS_MAX) {
            values.clear();
            Arrays.fill(slots, null);
            recipients = fresh.recipients;
        }
        if (gone != null && gone.knownValue() != fresh.knownValue()) {
            forget(gone);
        }
        slots[place] = fresh;
        return fresh;
    }

    /** Keeps the last message of a topic. @param match of the topic, as {@link #match} has just given it */
    void keep(Match match, Message message) {
        int place = 2 * pair(match.topic);
        if (slots[place] == match || slots[place + 1] == match) { // else nobody would find it
            values.put(match.value(), message);
        }
    }

    private void forget(Match gone) {
        LastValues.Value value = gone.knownValue();
        if (value != null) {
            values.drop(value);
        }
    }

    /** Lets go of all last messages. */
    void forgetValues() {
        values.clear();
    }

    /** What is there at this moment, to be looked at elsewhere. */
    @Nullable
    Match[] copy() {
        return slots.clone();
    }
}
