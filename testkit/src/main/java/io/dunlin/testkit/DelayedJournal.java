package io.dunlin.testkit;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.ShardExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal whose records are stored when the test says so: what was acknowledged before is found out. It keeps all records in
 * memory, makes no checkpoints and forgets nothing, so {@link #recover} tells the whole history to the next broker.
 */
public final class DelayedJournal implements Journal {
    private static final int[] NO_IDS = {};

    private final List<JournalRecord> records = Collections.synchronizedList(new ArrayList<>());
    private final List<Runnable> listeners = new ArrayList<>();
    private final AtomicLong stored = new AtomicLong();
    private boolean held;
    private Condition condition = Condition.OPEN;

    /** A journal as a crash leaves this one: with what was stored, or a little more. */
    public DelayedJournal crashed(long upTo) {
        if (upTo < stored.get()) {
            throw new IllegalArgumentException("a crash does not lose what was stored");
        }
        DelayedJournal after = new DelayedJournal();
        after.records.addAll(records.subList(0, (int) upTo));
        after.store();
        return after;
    }

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
        if (position > stored.get()) {
            stored.set(position);
            listeners.forEach(Runnable::run);
        }
    }

    /** How many records were appended, stored or not. */
    public int size() {
        return records.size();
    }

    /** Sets what {@link #condition} says. */
    public void condition(Condition now) {
        condition = now;
        listeners.forEach(Runnable::run);
    }

    /** What was appended, stored or not; the position of each is its index and one. */
    public List<JournalRecord> records() {
        return List.copyOf(records);
    }

    @Override
    public synchronized long append(int partition, JournalRecord record, Durability wanted) {
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
    public long end() {
        return records.size() + 1L;
    }

    @Override
    public long stored(Durability level) {
        return level == Durability.MEMORY ? Long.MAX_VALUE : stored.get();
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        listeners.add(() -> shard.execute(grown));
    }

    @Override
    public Durability best() {
        return Durability.DISK;
    }

    @Override
    public Condition condition() {
        return condition;
    }

    @Override
    public void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer) {
        List<@Nullable Loaded> found = new ArrayList<>();
        for (long reference : references) {
            found.add(load(clientId, reference));
        }
        shard.execute(() -> answer.accept(found));
    }

    private Loaded load(String clientId, long reference) {
        if (records.get((int) Reference.position(reference) - 1) instanceof JournalRecord.Published published) {
            int[] ids = !Reference.hasSubscriptionIds(reference)
                    ? NO_IDS
                    : published.shares().stream()
                            .filter(share -> share.clientId().equals(clientId))
                            .findFirst()
                            .orElseThrow()
                            .subscriptionIds();
            return new Loaded(published.message(), Reference.qos(reference), Reference.retain(reference), ids);
        }
        throw new IllegalStateException("no message at position " + Reference.position(reference));
    }

    @Override
    public void readPage(long position, ShardExecutor shard, Consumer<long[]> answer) {
        long[] page = page(position);
        shard.execute(() -> answer.accept(page));
    }

    private long[] page(long position) {
        if (records.get((int) position - 1) instanceof JournalRecord.Spilled spilled) {
            return spilled.references();
        }
        throw new IllegalStateException("no page at position " + position);
    }

    @Override
    public void recover(Recovery recovery) {
        recovery.pages(this::page, NOTHING);
        for (int i = 0; i < records.size(); i++) {
            recovery.record(i + 1, records.get(i));
        }
    }

    @Override
    public void checkpointsFrom(Snapshots core) {
        // the history is never shortened
    }
}
