package io.dunlin.security.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is remembered of many, in bounded memory: where there is no room, the one used longest ago goes; and one unused for longer than
 * it matters goes when others come. Values may change, but only inside {@link #with}. Thread: any.
 */
final class RecentTable<K extends Record, V> {
    private static final int PARTS = 16; // so that shards seldom wait for each other
    private static final int STALE_TAKEN_MAX = 4;

    private final List<Part> parts = new ArrayList<>(PARTS);
    private final int partEntriesMax;

    /** @param entriesMax a little less may be kept, as each part has its own bound */
    RecentTable(int entriesMax) {
        partEntriesMax = Math.max(1, entriesMax / PARTS);
        for (int i = 0; i < PARTS; i++) {
            parts.add(new Part());
        }
    }

    private Part part(K key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return parts.get(hash >>> 28);
    }

    /**
     * Runs something on the value of a key, which is made first where there is none. Nobody else sees the value meanwhile.
     *
     * @param keptNanos how long an unused value is worth keeping
     */
    <R> R with(K key, long nowNanos, long keptNanos, Supplier<V> fresh, Function<V, R> action) {
        Part part = part(key);
        part.lock.lock();
        try {
            part.dropStale(nowNanos, keptNanos);
            Held<V> held = part.held.get(key);
            if (held == null) {
                held = new Held<>(fresh.get());
                part.held.put(key, held);
                if (part.held.size() > partEntriesMax) {
                    part.dropEldest();
                }
            }
            held.usedNanos = nowNanos;
            return action.apply(held.value);
        } finally {
            part.lock.unlock();
        }
    }

    /** As {@link #with}, but gives {@code absent} where there is no value, and lengthens the life of none. */
    <R> R peek(K key, R absent, Function<V, R> action) {
        Part part = part(key);
        part.lock.lock();
        try {
            Held<V> held = part.held.get(key);
            return held == null ? absent : action.apply(held.value);
        } finally {
            part.lock.unlock();
        }
    }

    void remove(K key) {
        Part part = part(key);
        part.lock.lock();
        try {
            part.held.remove(key);
        } finally {
            part.lock.unlock();
        }
    }

    int size() {
        int size = 0;
        for (Part part : parts) {
            part.lock.lock();
            try {
                size += part.held.size();
            } finally {
                part.lock.unlock();
            }
        }
        return size;
    }

    private static final class Held<V> {
        private final V value;
        private long usedNanos;

        Held(V value) {
            this.value = value;
        }
    }

    private final class Part {
        private final ReentrantLock lock = new ReentrantLock();
        private final LinkedHashMap<K, Held<V>> held = new LinkedHashMap<>(16, 0.75f, true); // the eldest first

        // A few at a time: as many go as come, and nobody waits for a long sweep.
        void dropStale(long nowNanos, long keptNanos) {
            for (int i = 0; i < STALE_TAKEN_MAX && !held.isEmpty(); i++) {
                Map.Entry<K, Held<V>> eldest = held.firstEntry();
                if (nowNanos - eldest.getValue().usedNanos <= keptNanos) {
                    return;
                }
                held.pollFirstEntry();
            }
        }

        void dropEldest() {
            held.pollFirstEntry();
        }
    }
}
