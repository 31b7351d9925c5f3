package io.dunlin.broker.shard;

/** Something that gathered output during a tick. It keeps the mark by which the shard lists it once. */
public abstract class Flushable extends Deadline {
    boolean touched;

    /** Hands over what was gathered; at the end of the tick. */
    protected abstract void flush();
}
