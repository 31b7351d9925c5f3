package io.dunlin.fleet;

/** Time and the one thread on which all devices live. Time is simulated time, in nanoseconds since the start. */
public interface Timeline {
    long now();

    /** Runs a task at that time, tasks of the same time in order of these calls. On the thread of the timeline alone. */
    void at(long nanos, Runnable task);

    /** Runs a task as soon as may be. From any thread. */
    void execute(Runnable task);
}
