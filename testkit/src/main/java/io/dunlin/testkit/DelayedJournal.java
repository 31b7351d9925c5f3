package io.dunlin.testkit;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.ShardExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A journal whose records are stored when the test says so: what was acknowledged before is found out. */
public final class DelayedJournal implements Journal {
    private final List<JournalRecord> records = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private final AtomicLong durable = new AtomicLong();
    private boolean held;

    /** From now on nothing becomes stored until {@link #release}. At first all is stored at once. */
    public void hold() {
        held = true;
    }

    /** Everything appended so far is stored; what follows is held again. */
    public void store() {
        store(records.size());
    }

    /** Everything appended so far is stored, and what follows at once. */
    public void release() {
        held = false;
        store();
    }

    /** The first records, this many, are stored. */
    public void store(long position) {
        if (position > durable.get()) {
            durable.set(position);
            listeners.forEach(Runnable::run);
        }
    }

    /** What was appended, stored or not; the position of each is its index and one. */
    public List<JournalRecord> records() {
        return List.copyOf(records);
    }

    @Override
    public synchronized long append(int partition, JournalRecord record) {
        if (partition < 0 || partition >= PARTITIONS) {
            throw new IllegalArgumentException("no partition " + partition);
        }
        records.add(record);
        if (!held) {
            store(records.size());
        }
        return records.size();
    }

    @Override
    public long durable() {
        return durable.get();
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        listeners.add(() -> shard.execute(grown));
    }
}
