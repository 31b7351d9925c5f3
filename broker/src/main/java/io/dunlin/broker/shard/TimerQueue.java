package io.dunlin.broker.shard;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ShardExecutor;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one shard: a binary heap over one array, with one timer of the executor set to the earliest. Arming and
 * disarming cost O(log n); they are rare, because a keep-alive is moved only when it comes due, not at each packet.
 */
final class TimerQueue {
    static final int NOWHERE = -1;

    private final ShardExecutor executor;
    private final Clock clock;
    private final Consumer<Throwable> faults;
    private @Nullable Deadline[] heap = new Deadline[16];
    private int size;
    private ShardExecutor.@Nullable Timer wake;
    private long wakeAtNanos;

    TimerQueue(ShardExecutor executor, Clock clock, Consumer<Throwable> faults) {
        this.executor = executor;
        this.clock = clock;
        this.faults = faults;
    }

    void arm(Deadline deadline, long atNanos) {
        if (deadline.isArmed()) {
            disarm(deadline);
        }
        deadline.atNanos = atNanos;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(deadline, size++);
        wakeForEarliest();
    }

    void disarm(Deadline deadline) {
        int place = deadline.place;
        if (place == NOWHERE) {
            return;
        }
        deadline.place = NOWHERE;
        Deadline last = at(--size);
        heap[size] = null;
        if (place < size) {
            down(last, place);
            if (last.place == place) {
                up(last, place);
            }
        }
    }

    private void run() {
        wake = null;
        long now = clock.nanos();
        while (size > 0 && at(0).atNanos - now <= 0) {
            Deadline first = at(0);
            disarm(first);
            try {
                first.due();
            } catch (RuntimeException | Error fault) { // one deadline's fault is not the others'
                faults.accept(fault);
            }
        }
        wakeForEarliest();
    }

    private void wakeForEarliest() {
        if (size == 0) {
            return;
        }
        long earliest = at(0).atNanos;
        if (wake != null) {
            if (wakeAtNanos - earliest <= 0) {
                return;
            }
            wake.cancel();
        }
        wakeAtNanos = earliest;
        wake = executor.schedule(Math.max(0, earliest - clock.nanos()), this::run);
    }

    private void up(Deadline deadline, int from) {
        int place = from;
        while (place > 0) {
            int parent = place - 1 >>> 1;
            Deadline above = at(parent);
            if (above.atNanos - deadline.atNanos <= 0) {
                break;
            }
            put(above, place);
            place = parent;
        }
        put(deadline, place);
    }

    private void down(Deadline deadline, int from) {
        int place = from;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && at(child + 1).atNanos - at(child).atNanos < 0) {
                child++;
            }
            Deadline below = at(child);
            if (deadline.atNanos - below.atNanos <= 0) {
                break;
            }
            put(below, place);
            place = child;
        }
        put(deadline, place);
    }

    private void put(Deadline deadline, int place) {
        heap[place] = deadline;
        deadline.place = place;
    }

    private Deadline at(int place) {
        Deadline deadline = heap[place];
        if (deadline == null) {
            throw new IllegalStateException("no deadline at " + place + " of " + size);
        }
        return deadline;
    }
}
