package io.dunlin.broker.shard;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What may be said only once the journal has stored what led to it: PUBACK, PUBREC and the like, at each level in the order in
 * which they were asked for. Where nothing had to be stored they do not come by here.
 */
public final class DeferredAcks {
    private final Journal journal;
    private final Consumer<Runnable> guard;
    private final ArrayDeque<Waiting> forSystem = new ArrayDeque<>();
    private final ArrayDeque<Waiting> forDisk = new ArrayDeque<>();

    /** @param guard runs an answer so that a fault in it does not keep the others waiting */
    DeferredAcks(Journal journal, Consumer<Runnable> guard) {
        this.journal = journal;
        this.guard = guard;
    }

    /** Whether everything up to this position is stored at this level. */
    public boolean isStored(long position, Durability level) {
        return position == Journal.NOTHING || position <= journal.stored(level);
    }

    /** Runs the answer once the position is stored at this level, which is not {@code MEMORY}; never from inside this call. */
    public void await(long position, Durability level, Runnable answer) {
        (level == Durability.DISK ? forDisk : forSystem).add(new Waiting(position, answer));
    }

    /** The journal has grown. */
    void release() {
        release(forSystem, Durability.OS);
        release(forDisk, Durability.DISK);
    }

    private void release(ArrayDeque<Waiting> waiting, Durability level) {
        long stored = journal.stored(level);
        Waiting first = waiting.peek();
        while (first != null && first.position <= stored) {
            waiting.remove();
            guard.accept(first.answer);
            first = waiting.peek();
        }
    }

    private record Waiting(long position, Runnable answer) {}
}
