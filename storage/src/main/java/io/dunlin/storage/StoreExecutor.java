package io.dunlin.storage;

import java.time.Duration;

/**
 * The threads that the store's steps run on, lent to it: real ones in production ({@link StoreThreads}), one stepped queue with
 * virtual time in the simulator. The steps of the writer run one after the other in the order in which they were given, and so
 * do those of the keeper; those of the readers may run at once. A step does not throw. Thread: any.
 */
public interface StoreExecutor {
    /** Writes and syncs the log; nothing else may hold it up. */
    void writer(Runnable step);

    /** Checkpoints, cleaning, preparing files: steps that may take seconds. */
    void keeper(Runnable step);

    /** Reads bodies. */
    void reader(Runnable step);

    /** Runs a step on the writer after the delay. It cannot be taken back. */
    void writerAfter(Duration delay, Runnable step);

    /** Runs a step on the keeper after the delay. It cannot be taken back. */
    void keeperAfter(Duration delay, Runnable step);
}
