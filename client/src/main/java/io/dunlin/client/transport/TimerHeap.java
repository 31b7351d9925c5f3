package io.dunlin.client.transport;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Timers by their time, in a binary heap whose entries know their place, so that cancelling is cheap, too. One thread. */
final class TimerHeap {
    private @Nullable Timer[] timers = new @Nullable Timer[16];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** The next one, or null. */
    @Nullable
    Timer first() {
        return timers[0];
    }

    void add(Timer timer) {
        if (size == timers.length) {
            timers = Arrays.copyOf(timers, size * 2);
        }
        up(size++, timer);
    }

    void remove(Timer timer) {
        int at = timer.place;
        if (at < 0) {
            return;
        }
        timer.place = -1;
        Timer last = timers[--size];
        timers[size] = null;
        if (last != null && last != timer) {
            down(at, last);
            if (timers[at] == last) {
                up(at, last);
            }
        }
    }

    private void up(int from, Timer timer) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            Timer above = timers[parent];
            if (above == null || !isBefore(timer, above)) {
                break;
            }
            put(at, above);
            at = parent;
        }
        put(at, timer);
    }

    private void down(int from, Timer timer) {
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            Timer below = timers[child];
            Timer right = child + 1 < size ? timers[child + 1] : null;
            if (below != null && right != null && isBefore(right, below)) {
                child++;
                below = right;
            }
            if (below == null || !isBefore(below, timer)) {
                break;
            }
            put(at, below);
            at = child;
        }
        put(at, timer);
    }

    private static boolean isBefore(Timer one, Timer other) {
        return one.dueNanos - other.dueNanos < 0;
    }

    private void put(int at, Timer timer) {
        timers[at] = timer;
        timer.place = at;
    }
}
