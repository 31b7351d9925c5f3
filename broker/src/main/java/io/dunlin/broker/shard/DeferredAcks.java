package io.dunlin.broker.shard;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.LatencyHistogram;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What may be said only once the journal has stored what led to it: PUBACK, PUBREC and the like, at each level in the order in
 * which they were asked for. Where nothing had to be stored they do not come by here.
 */
public final class DeferredAcks {
    private final Journal journal;
    private final Consumer<Runnable> guard;
    private final Clock clock;
    private final ArrayDeque<Waiting> forSystem = new ArrayDeque<>();
    private final ArrayDeque<Waiting> forDisk = new ArrayDeque<>();
    private final ArrayDeque<Runnable> forOpening = new ArrayDeque<>();
    private final LatencyHistogram systemTimes = new LatencyHistogram();
    private final LatencyHistogram diskTimes = new LatencyHistogram();

    /** @param guard runs an answer so that a fault in it does not keep the others waiting */
    DeferredAcks(Journal journal, Clock clock, Consumer<Runnable> guard) {
        this.journal = journal;
        this.clock = clock;
        this.guard = guard;
    }

    /** Whether everything up to this position is stored at this level. */
    public boolean isStored(long position, Durability level) {
        return position == Journal.NOTHING || position <= journal.stored(level);
    }

    /** Runs the answer once the position is stored at this level, which is not {@code MEMORY}; never from inside this call. */
    public void await(long position, Durability level, Runnable answer) {
        (level == Durability.DISK ? forDisk : forSystem).add(new Waiting(position, clock.nanos(), answer));
    }

    /** Runs the task once the journal takes new messages again; never from inside this call. */
    public void awaitOpen(Runnable task) {
        forOpening.add(task);
    }

    /** How long answers at this level have waited. Thread: any. */
    public LatencyHistogram times(Durability level) {
        return level == Durability.DISK ? diskTimes : systemTimes;
    }

    /** The journal has grown. */
    void release() {
        release(forSystem, Durability.OS, systemTimes);
        release(forDisk, Durability.DISK, diskTimes);
        for (int left = forOpening.size(); left > 0 && journal.condition() == Journal.Condition.OPEN; left--) {
            guard.accept(forOpening.remove());
        }
    }

    private void release(ArrayDeque<Waiting> waiting, Durability level, LatencyHistogram times) {
        if (waiting.isEmpty()) {
            return;
        }
        long now = clock.nanos();
        long stored = journal.stored(level);
        Waiting first = waiting.peek();
        while (first != null && first.position <= stored) {
            waiting.remove();
            times.record(now - first.sinceNanos);
            guard.accept(first.answer);
            first = waiting.peek();
        }
    }

    private record Waiting(long position, long sinceNanos, Runnable answer) {}
}
