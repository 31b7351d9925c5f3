package io.dunlin.broker.session;

/** A queue of longs at eight bytes each, open at both ends. Thread: one. */
final class LongQueue {
    private static final long[] NONE = {};
    private static final int CAPACITY_MIN = 8;

    private long[] ring = NONE; // its length is a power of two, or 0
    private int first;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void addLast(long value) {
        grow();
        ring[first + size & ring.length - 1] = value;
        size++;
    }

    void addFirst(long value) {
        grow();
        first = first - 1 & ring.length - 1;
        ring[first] = value;
        size++;
    }

    /** In front of all others, in their order. */
    void addAllFirst(long[] values) {
        for (int i = values.length - 1; i >= 0; i--) {
            addFirst(values[i]);
        }
    }

    void addAllLast(long[] values) {
        for (long value : values) {
            addLast(value);
        }
    }

    /** The queue must not be empty. */
    long removeFirst() {
        if (size == 0) {
            throw new IllegalStateException("the queue is empty");
        }
        long value = ring[first];
        first = first + 1 & ring.length - 1;
        size--;
        if (size == 0) {
            ring = NONE;
            first = 0;
        }
        return value;
    }

    /** The first ones, at most as many as asked for. */
    long[] removeFirst(int max) {
        long[] removed = new long[Math.min(max, size)];
        for (int i = 0; i < removed.length; i++) {
            removed[i] = removeFirst();
        }
        return removed;
    }

    long get(int index) {
        return ring[first + index & ring.length - 1];
    }

    /** Takes out the one at this index, and returns it. */
    long remove(int index) {
        long value = get(index);
        for (int i = index; i > 0; i--) {
            ring[first + i & ring.length - 1] = ring[first + i - 1 & ring.length - 1];
        }
        removeFirst();
        return value;
    }

    long[] toArray() {
        long[] all = new long[size];
        for (int i = 0; i < size; i++) {
            all[i] = get(i);
        }
        return all;
    }

    private void grow() {
        if (size == ring.length) {
            long[] larger = new long[Math.max(CAPACITY_MIN, size * 2)];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            ring = larger;
            first = 0;
        }
    }
}
