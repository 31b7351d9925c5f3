package io.dunlin.broker;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.ShardExecutor;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps nothing and calls everything stored at once: a broker without a data folder. */
public final class MemoryJournal implements Journal {
    @Override
    public long append(int partition, JournalRecord record, Durability wanted) {
        return NOTHING;
    }

    @Override
    public long end() {
        return NOTHING;
    }

    @Override
    public long stored(Durability level) {
        return Long.MAX_VALUE;
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        // stored() never grows
    }

    @Override
    public Durability best() {
        return Durability.MEMORY;
    }

    @Override
    public Condition condition() {
        return Condition.OPEN;
    }

    @Override
    public void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer) {
        shard.execute(() -> answer.accept(Collections.nCopies(references.length, null)));
    }

    @Override
    public void readPage(long position, ShardExecutor shard, Consumer<long[]> answer) {
        shard.execute(() -> answer.accept(new long[0]));
    }

    @Override
    public void recover(Recovery recovery) {
        // nothing was kept
    }

    @Override
    public void checkpointsFrom(Snapshots core) {
        // no checkpoints
    }
}
