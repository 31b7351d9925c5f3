package io.dunlin.simulation;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.testkit.DelayedJournal;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A model of a store: records in memory, stored in order some time after they were appended. A crash leaves what was stored and
 * perhaps a little more. The broker's side of durability is tested with it apart from the real store, and fast.
 */
public final class DelayedStore implements Store {
    private final RandomGenerator random;
    private long syncNanosMax;
    private final UnaryOperator<Journal> wrapper;
    private @Nullable DelayedJournal journal;
    private @Nullable Machine machine;

    /** @param wrapper around the journal that the broker gets */
    public DelayedStore(RandomGenerator random, UnaryOperator<Journal> wrapper) {
        this.random = random;
        this.syncNanosMax = 1_000_000L * new int[] {1, 10, 50, 400}[random.nextInt(4)];
        this.wrapper = wrapper;
    }

    @Override
    public Journal open(Machine on) {
        DelayedJournal opened = journal;
        if (opened == null) {
            opened = new DelayedJournal();
            journal = opened;
        }
        opened.hold();
        machine = on;
        sync(on, opened);
        return wrapper.apply(opened);
    }

    private void sync(Machine on, DelayedJournal to) {
        boolean idle = to.size() == to.stored(Durability.DISK);
        on.after((idle ? 10_000_000 : 1) + random.nextLong(syncNanosMax), () -> {
            if (journal == to) {
                to.store(random.nextInt(4) == 0 ? random.nextInt(to.size() + 1) : to.size());
                sync(on, to);
            }
        });
    }

    @Override
    public boolean hasRefusedReads() {
        return false;
    }

    @Override
    public boolean isInTrouble() {
        return false;
    }

    @Override
    public boolean keepsMonotonicTime() {
        return true;
    }

    @Override
    public void crash(boolean powerCut) {
        DelayedJournal lost = journal;
        if (lost != null) {
            long stored = lost.stored(Durability.DISK);
            long kept = stored + random.nextLong(lost.size() - stored + 1);
            journal = lost.crashed(kept);
            Machine on = machine;
            if (on != null) {
                on.note("lost records of", lost.size() - kept, lost.size());
            }
        }
    }

    @Override
    public void close(Runnable closed) {
        DelayedJournal open = journal;
        if (open != null) {
            journal = open.crashed(open.size());
        }
        closed.run();
    }

    @Override
    public void trouble() {
        // a model without a disk
    }

    @Override
    public void troubleEnds() {
        // there was none
    }

    @Override
    public void heal() {
        syncNanosMax = 1_000_000;
    }

    @Override
    public void check() {
        // it keeps everything for ever
    }
}
