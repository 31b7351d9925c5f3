package io.dunlin.testkit;

/** The client's end of a {@link MemoryConnection}, with what only memory can see. */
public interface MemoryWire extends Wire {
    /** Bytes that the server wrote and the network has not yet taken. */
    long unsentByServer();

    /** The index of the shard that owns the server's end now. */
    int shard();

    /** How often the server handed bytes to the network. */
    int writes();
}
