package io.dunlin.broker.port;

/**
 * Where what must survive is written. A record counts as stored once {@link #durable} has reached its position; only then
 * does the core acknowledge what led to it. Thread: any shard; the records of one session come from one shard, in order.
 */
public interface Journal {
    /** The number of partitions, fixed for ever: a client id belongs to one of them. */
    int PARTITIONS = 1024;

    /** The partition of a client id: 0 to PARTITIONS - 1. */
    static int partition(String clientId) {
        int hash = clientId.hashCode();
        return (hash ^ hash >>> 16) & PARTITIONS - 1;
    }

    /** Appends a record to a partition and returns its position; positions grow over all partitions together. */
    long append(int partition, JournalRecord record);

    /** Everything at or below this position is stored. */
    long durable();

    /** From now on runs {@code grown} on the shard after {@link #durable} has grown. Called once for each shard, at start. */
    void listen(ShardExecutor shard, Runnable grown);
}
