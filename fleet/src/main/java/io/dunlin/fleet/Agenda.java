package io.dunlin.fleet;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Tasks by time, and by order of arrival within one time. Not thread-safe. */
final class Agenda {
    static final long NONE = Long.MAX_VALUE;

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long added;

    private record Entry(long nanos, long number, Runnable task) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return nanos == other.nanos ? Long.compare(number, other.number) : Long.compare(nanos, other.nanos);
        }
    }

    void add(long nanos, Runnable task) {
        entries.add(new Entry(nanos, added++, task));
    }

    /** The time of the next task, or {@link #NONE}. */
    long next() {
        Entry first = entries.peek();
        return first == null ? NONE : first.nanos();
    }

    /** Takes the next task where its time has come. */
    @Nullable
    Runnable take(long now) {
        Entry first = entries.peek();
        if (first == null || first.nanos() > now) {
            return null;
        }
        entries.remove();
        return first.task();
    }
}
