package io.dunlin.broker.shard;

/** Something that is due at a time. It is its own place in the {@link TimerQueue}, so waiting costs no further object. */
public abstract class Deadline {
    long atNanos;
    int place = TimerQueue.NOWHERE;

    /** Runs on the shard once the time has come; the deadline is not armed any more then. */
    protected abstract void due();

    public boolean isArmed() {
        return place != TimerQueue.NOWHERE;
    }

    /** When it is or was due, in clock nanoseconds. */
    public long atNanos() {
        return atNanos;
    }
}
