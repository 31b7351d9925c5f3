package io.dunlin.broker.shard;

import io.dunlin.broker.port.Journal;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What may be said only once the journal has stored what led to it: PUBACK, PUBREC and the like, in the order in which they
 * were asked for. Where nothing had to be stored they do not come by here.
 */
public final class DeferredAcks {
    private final Journal journal;
    private final Consumer<Runnable> guard;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** @param guard runs an answer so that a fault in it does not keep the others waiting */
    DeferredAcks(Journal journal, Consumer<Runnable> guard) {
        this.journal = journal;
        this.guard = guard;
    }

    /** Whether everything up to this position is stored. */
    public boolean isStored(long position) {
        return position <= journal.durable();
    }

    /** Runs the answer once the position is stored; never from inside this call. */
    public void await(long position, Runnable answer) {
        waiting.add(new Waiting(position, answer));
    }

    /** The journal has grown. */
    void release() {
        long durable = journal.durable();
        Waiting first = waiting.peek();
        while (first != null && first.position <= durable) {
            waiting.remove();
            guard.accept(first.answer);
            first = waiting.peek();
        }
    }

    private record Waiting(long position, Runnable answer) {}
}
