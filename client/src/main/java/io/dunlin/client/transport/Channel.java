package io.dunlin.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An open flow of bytes in both directions. It stays on one loop. */
public interface Channel {
    /** Hears of the channel, always on the loop's thread. */
    interface Listener {
        /** All handshakes are done: connection, proxy, TLS, WebSocket. */
        void onOpen(Channel channel);

        /** The bytes are valid during this call only; the listener takes all of them. */
        void onBytes(ByteBuffer bytes);

        /** There is room again after {@link Channel#write} left bytes over. */
        void onWritable();

        /**
         * The last call, and the only one where the channel never opened. It never comes from within a call of the listener's.
         *
         * @param cause null where this side closed
         */
        void onClosed(@Nullable IOException cause);
    }

    EventLoop loop();

    /**
     * Takes as many bytes as there is room for; the rest stays in the buffers, and {@link Listener#onWritable} follows. On the
     * loop's thread. Failures come through {@link Listener#onClosed}.
     */
    void write(ByteBuffer[] buffers, int from, int count);

    /** Whether to read on. Bytes that were read already may still come after false. On the loop's thread. */
    void reading(boolean wanted);

    /** Ends the flow in good order after all that {@link #write} took, then {@link Listener#onClosed} with null. Any thread. */
    void finish();

    /** Closes at once. Any thread. */
    void close();

    /** What TLS agreed on, or null where there is none. */
    @Nullable
    TlsInfo tls();
}
