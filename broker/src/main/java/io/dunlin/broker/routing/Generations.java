package io.dunlin.broker.routing;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * By which a cache of matches sees which of them are old. A change of a filter without wildcards concerns the topics of one hash; a change
 * of one with wildcards those that begin with its levels before the first wildcard. Thread: any.
 */
final class Generations {
    private static final int STRIPES = 1 << 14;

    private final AtomicLongArray stripes = new AtomicLongArray(STRIPES);
    private final AtomicLong changes = new AtomicLong();

    /** Grows with each change: while it stays, every match stays. Read before {@link #of}. */
    long changes() {
        return changes.get();
    }

    /** Grows with each change that may concern the topic. */
    long of(TopicName topic) {
        long sum = stripes.get(stripe(0));
        int hash = 0;
        for (String level : topic.levels()) {
            hash = then(hash, level);
            sum += stripes.get(stripe(hash));
        }
        return sum + stripes.get(exactStripe(hash));
    }

    /** After the change is in the index. */
    void changed(TopicFilter filter) {
        stripes.incrementAndGet(stripeOf(filter));
        changes.incrementAndGet();
    }

    private static int stripeOf(TopicFilter filter) {
        int hash = 0;
        for (String level : filter.levels()) {
            if (level.equals("+") || level.equals("#")) {
                return stripe(hash);
            }
            hash = then(hash, level);
        }
        return exactStripe(hash);
    }

    private static int then(int hash, String level) {
        return (hash + 1) * 0x9E37_79B1 + level.hashCode();
    }

    private static int stripe(int hash) {
        return (hash ^ hash >>> 14 ^ hash >>> 28) & STRIPES - 1;
    }

    /** Elsewhere than those of wildcards with the same levels. */
    private static int exactStripe(int hash) {
        return stripe(~hash * 0x85EB_CA6B);
    }
}
