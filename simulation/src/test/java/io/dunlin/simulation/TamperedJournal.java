package io.dunlin.simulation;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.ShardExecutor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes everything on; subclasses do one thing wrong. */
class TamperedJournal implements Journal {
    private final Journal journal;

    TamperedJournal(Journal journal) {
        this.journal = journal;
    }

    @Override
    public long append(int partition, JournalRecord record, Durability wanted) {
        return journal.append(partition, record, wanted);
    }

    @Override
    public long end() {
        return journal.end();
    }

    @Override
    public long stored(Durability level) {
        return journal.stored(level);
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        journal.listen(shard, grown);
    }

    @Override
    public Durability best() {
        return journal.best();
    }

    @Override
    public Condition condition() {
        return journal.condition();
    }

    @Override
    public void read(String clientId, long[] references, ShardExecutor shard, Consumer<List<@Nullable Loaded>> answer) {
        journal.read(clientId, references, shard, answer);
    }

    @Override
    public void readPage(long position, ShardExecutor shard, Consumer<long[]> answer) {
        journal.readPage(position, shard, answer);
    }

    @Override
    public void recover(Recovery recovery) {
        journal.recover(recovery);
    }

    @Override
    public void checkpointsFrom(Snapshots core) {
        journal.checkpointsFrom(core);
    }
}
