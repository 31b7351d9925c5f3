package io.dunlin.broker;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.ShardExecutor;

/** Keeps nothing and calls everything stored at once: durability level {@code memory}. */
public final class MemoryJournal implements Journal {
    @Override
    public long append(int partition, JournalRecord record) {
        return 0;
    }

    @Override
    public long durable() {
        return Long.MAX_VALUE;
    }

    @Override
    public void listen(ShardExecutor shard, Runnable grown) {
        // durable() never grows
    }
}
