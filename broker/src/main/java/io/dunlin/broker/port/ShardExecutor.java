package io.dunlin.broker.port;

/**
 * The one thread that a shard lives on, lent to the core: an event loop in production, a stepped queue with virtual time in
 * tests. A <em>tick</em> is one round of the loop: the sockets that are ready, then the tasks, then the tick's end.
 */
public interface ShardExecutor {
    /** 0 to the number of shards less one. */
    int index();

    /** Whether the caller runs on this shard. Thread: any. */
    boolean isCurrent();

    /** Runs the task on the shard, in the order of the calls of one thread. Thread: any. */
    void execute(Runnable task);

    /**
     * Runs the task once at the end of the current tick, after all I/O and tasks of it. Tasks added while those run belong
     * to the next tick, which then comes without waiting. Thread: the shard.
     */
    void atTickEnd(Runnable task);

    /** Runs the task on the shard after the delay, which is at least 0. Thread: the shard. */
    Timer schedule(long delayNanos, Runnable task);

    /** A task that waits for its time. */
    interface Timer {
        /** After this the task does not start any more. Thread: the shard. */
        void cancel();
    }
}
