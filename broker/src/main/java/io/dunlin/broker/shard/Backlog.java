package io.dunlin.broker.shard;

import io.dunlin.broker.port.LatencyHistogram;
import java.util.concurrent.atomic.AtomicLong;

/** How much waits in the sessions of one shard. Thread: the shard changes it, any reads it. */
public final class Backlog {
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong memoryBytes = new AtomicLong();
    private final LatencyHistogram ages = new LatencyHistogram();

    /** Messages began to wait, in memory or in the journal; or they went, where negative. */
    public void waiting(int count, long weight) {
        messages.setOpaque(messages.getPlain() + count);
        bytes.setOpaque(bytes.getPlain() + weight);
    }

    /** Some of that came into memory; or left it, where negative. */
    public void inMemory(long weight) {
        memoryBytes.setOpaque(memoryBytes.getPlain() + weight);
    }

    /** A message has left the queue that it was in for so long, for its client. */
    public void waited(long nanos) {
        ages.record(nanos);
    }

    /** How long messages have been in queues. */
    public LatencyHistogram ages() {
        return ages;
    }

    /** Queued or in flight. */
    public long messages() {
        return messages.getOpaque();
    }

    /** The weight of those messages, wherever they are. */
    public long bytes() {
        return bytes.getOpaque();
    }

    /** The weight of those of them that are in memory. */
    public long memoryBytes() {
        return memoryBytes.getOpaque();
    }
}
