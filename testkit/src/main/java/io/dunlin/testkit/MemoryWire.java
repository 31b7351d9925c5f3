package io.dunlin.testkit;

/** The client's end of a {@link MemoryConnection}, with what only memory can see. */
public interface MemoryWire extends Wire {
    /** Bytes that the server wrote and the network has not yet taken. */
    long unsentByServer();

    /** The bytes that have come, without letting the server do anything; none while {@link #reading} is off. */
    byte[] take();

    /** Whether the server's end is closed, whatever has not been taken here yet. */
    boolean isClosedByServer();

    /** Whether the server's end is closed or only waits for what it wrote to be taken. */
    boolean isClosingByServer();

    /** The index of the shard that owns the server's end now. */
    int shard();

    /** How often the server handed bytes to the network. */
    int writes();
}
