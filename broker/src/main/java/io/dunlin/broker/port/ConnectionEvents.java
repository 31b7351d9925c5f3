package io.dunlin.broker.port;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What the core does with one connection. Called on the shard that owns the connection. An exception closes it. */
public interface ConnectionEvents {
    /** Bytes from the peer, in order; the buffer is valid during the call only and all of it counts as taken. */
    void onBytes(ByteBuffer bytes);

    /** Pending bytes fell below 32 KiB after having been above 64 KiB at a flush. */
    void onDrained();

    /**
     * The connection is gone, for whatever reason; exactly once, and the last call.
     *
     * @param cause what broke it, or null where one side closed it in an orderly way
     */
    void onClosed(@Nullable Throwable cause);
}
