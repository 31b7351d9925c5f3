package io.dunlin.protocol.topic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Two children or more: a hash table with open addressing and linear probing, 8 to 16 bytes a child where a ConcurrentHashMap
 * takes about 40. Single writer, readers without locks: a slot goes from empty to a node and from a node to {@link #GONE}, a table
 * that is full of these or outgrown is left as it is and replaced by a new one, so a reader of the old one still finds each child
 * that stayed. Only a {@code GONE} or a node that no probe runs past becomes empty again.
 *
 * <p>At most half full, so long probes come from equal hash codes only, which a client can make at will: then a
 * {@link TopicCrowd} takes over.
 */
final class TopicTable<V> extends TopicChildren<V> {
    static final int PROBES_MAX = 128;
    private static final int CAPACITY_MIN = 4;
    private static final int PACKED_MAX = 8;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(TopicNode[].class);

    /** Equal to no level, as no level has a slash. */
    private static final TopicNode<?> GONE = new TopicNode<>("/");

    private final TopicNode<V>[] slots; // a power of two, with an empty one always
    private int live;
    private int used; // live and GONE

    @SuppressWarnings({"unchecked", "rawtypes"})
    private TopicTable(int capacity) {
        slots = new TopicNode[capacity];
    }

    static <V> TopicChildren<V> of(TopicNode<V> first, TopicNode<V> second) {
        TopicTable<V> table = new TopicTable<>(CAPACITY_MIN);
        table.insert(first);
        table.insert(second);
        return table;
    }

    private int home(int hash) {
        // Fibonacci hashing: the upper bits spread arithmetic series, which numbered devices are
        return (hash * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(slots.length - 1);
    }

    private static int usedMax(int capacity) {
        return capacity <= PACKED_MAX ? capacity - 1 : capacity / 2;
    }

    @SuppressWarnings("unchecked")
    private @Nullable TopicNode<V> at(int slot) {
        return (TopicNode<V>) SLOT.getAcquire(slots, slot);
    }

    private void put(int slot, @Nullable TopicNode<?> node) {
        SLOT.setRelease(slots, slot, node);
    }

    @Override
    @Nullable
    TopicNode<V> find(String level) {
        int hash = level.hashCode();
        int mask = slots.length - 1;
        for (int slot = home(hash); ; slot = (slot + 1) & mask) {
            TopicNode<V> node = at(slot);
            if (node == null) {
                return null;
            }
            if (node.level.hashCode() == hash
                    && node.level.equals(level)) { // the hash code spares the look at the bytes
                return node;
            }
        }
    }

    @Override
    TopicChildren<V> with(TopicNode<V> child) {
        if (used < usedMax(slots.length)) {
            return insert(child) ? this : crowd().with(child);
        }
        boolean crammed = (live + 1) * 4 > usedMax(slots.length) * 3; // else the room is taken by GONE
        TopicTable<V> next = copy(crammed ? slots.length * 2 : slots.length);
        return next != null && next.insert(child) ? next : crowd().with(child);
    }

    @Override
    @Nullable
    TopicChildren<V> without(TopicNode<V> child) {
        int mask = slots.length - 1;
        int slot = home(child.level.hashCode());
        while (at(slot) != child) {
            slot = (slot + 1) & mask;
        }
        live--;
        put(slot, GONE);
        if (at((slot + 1) & mask) == null) { // no probe runs past here: give back the run that ends here
            for (; at(slot) == GONE; slot = (slot - 1) & mask) {
                put(slot, null);
                used--;
            }
        }
        if (live == 1) {
            return iterator().next();
        }
        if (live < slots.length / 8) {
            TopicTable<V> smaller = copy(slots.length / 2);
            return smaller != null ? smaller : crowd();
        }
        return this;
    }

    /** Puts it in the first free slot; false, and nothing done, where that is too far from its home. */
    private boolean insert(TopicNode<V> child) {
        int mask = slots.length - 1;
        int slot = home(child.level.hashCode());
        for (int probes = 0; probes < PROBES_MAX; probes++, slot = (slot + 1) & mask) {
            TopicNode<V> node = at(slot);
            if (node == null || node == GONE) {
                used += node == null ? 1 : 0;
                live++;
                put(slot, child);
                return true;
            }
        }
        return false;
    }

    private @Nullable TopicTable<V> copy(int capacity) {
        TopicTable<V> copy = new TopicTable<>(capacity);
        for (TopicNode<V> node : slots) {
            if (node != null && node != GONE && !copy.insert(node)) {
                return null;
            }
        }
        return copy;
    }

    private TopicChildren<V> crowd() {
        TopicCrowd<V> crowd = new TopicCrowd<>();
        iterator().forEachRemaining(crowd::with);
        return crowd;
    }

    @Override
    Iterator<TopicNode<V>> iterator() {
        return new Slots();
    }

    @Override
    int size() {
        return live;
    }

    private final class Slots implements Iterator<TopicNode<V>> {
        private int slot;
        private @Nullable TopicNode<V> next = advance();

        private @Nullable TopicNode<V> advance() {
            while (slot < slots.length) {
                TopicNode<V> node = at(slot++);
                if (node != null && node != GONE) {
                    return node;
                }
            }
            return null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public TopicNode<V> next() {
            TopicNode<V> result = next;
            if (result == null) {
                throw new NoSuchElementException();
            }
            next = advance();
            return result;
        }
    }
}
