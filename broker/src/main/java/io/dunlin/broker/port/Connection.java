package io.dunlin.broker.port;

import java.nio.ByteBuffer;

/**
 * One accepted network connection, as bytes: TCP, TLS, WebSocket or memory all look like this. It belongs to one shard at a
 * time; all methods are called on that shard's thread. Once closed, every method does nothing and {@link #reserve} gives
 * space that goes nowhere.
 */
public interface Connection {
    ConnectionInfo info();

    /**
     * Space for exactly this many outgoing bytes: a buffer with at least {@code bytes} remaining from its position, of any
     * order of limits beyond. The caller fills exactly that many before it calls anything else here. Nothing is sent before
     * {@link #flush}.
     */
    ByteBuffer reserve(int bytes);

    /** Appends bytes that never change again: large ones are sent from this array, not copied. */
    void append(byte[] shared, int offset, int length);

    /** Hands all that was reserved and appended since the last call to the socket in one write. */
    void flush();

    /** Bytes reserved, appended or flushed that the socket has not yet taken. */
    long pendingBytes();

    /** Whether bytes are read from the socket. True at the beginning. Bytes already read may still come. */
    void reading(boolean on);

    /**
     * Sends what is pending, then closes; gives up after 5 seconds. No bytes come any more; {@link ConnectionEvents#onClosed}
     * follows, never from inside this call.
     */
    void close();

    /** Closes at once and drops what is pending. {@link ConnectionEvents#onClosed} follows, never from inside this call. */
    void abort();

    /**
     * Leaves the current shard: stops reading, flushes, and calls {@code arrived} on the target, which owns the connection
     * from then on with reading switched on again. Until then only {@link ConnectionEvents#onBytes}, for bytes that were
     * already read, may come (on the old shard). If the connection breaks on the way, {@code arrived} still comes and
     * {@code onClosed} after it, on the target.
     */
    void moveTo(ShardExecutor target, Runnable arrived);
}
