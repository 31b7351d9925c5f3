package io.dunlin.client.transport;

/** A task that a loop runs later, once. */
public final class Timer {
    private final EventLoop loop;
    private final Runnable task;
    final long dueNanos;
    /** Its place in the heap, or -1; for the loop's thread. */
    int place = -1;

    private volatile boolean cancelled;

    Timer(EventLoop loop, long dueNanos, Runnable task) {
        this.loop = loop;
        this.dueNanos = dueNanos;
        this.task = task;
    }

    /** The task does not run any more, unless it has begun. Any thread. */
    public void cancel() {
        cancelled = true;
        loop.forget(this);
    }

    boolean isCancelled() {
        return cancelled;
    }

    void run() {
        if (!cancelled) {
            task.run();
        }
    }
}
