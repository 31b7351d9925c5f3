package io.dunlin.simulation;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What is to happen at which moment of virtual time; of one moment, in the order in which it was entered. */
final class Agenda {
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long sequence;

    void at(long nanos, Runnable task) {
        entries.add(new Entry(nanos, sequence++, task));
    }

    /** The moment of the next entry; Long.MAX_VALUE where there is none. */
    long next() {
        Entry first = entries.peek();
        return first == null ? Long.MAX_VALUE : first.nanos;
    }

    /** Takes out the next entry that is due, or gives null. */
    @Nullable
    Runnable due(long nowNanos) {
        Entry first = entries.peek();
        if (first == null || first.nanos > nowNanos) {
            return null;
        }
        entries.remove();
        return first.task;
    }

    private record Entry(long nanos, long sequence, Runnable task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
