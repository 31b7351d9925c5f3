package io.dunlin.client.transport;

import java.nio.ByteBuffer;

/** Talks to a proxy until the connection to the server stands, and then steps aside. */
abstract class ProxyLayer extends Layer {
    ProxyLayer(EventLoop loop, Channel.Listener upper) {
        super(loop, upper);
    }

    /** The stage above and the one below meet; the bytes are the server's first. */
    final void stepAside(ByteBuffer rest) {
        Pipe tunnel = lower();
        tunnel.upper(upper());
        upper().onOpen(tunnel);
        if (rest.hasRemaining() && !tunnel.isOver()) {
            tunnel.upper().onBytes(rest);
        }
    }

    @Override
    public final void write(ByteBuffer[] buffers, int from, int count) {
        throw new IllegalStateException("not open yet");
    }

    @Override
    final void write(ByteBuffer bytes) {
        throw new IllegalStateException("not open yet");
    }
}
