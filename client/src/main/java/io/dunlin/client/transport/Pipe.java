package io.dunlin.client.transport;

import java.nio.ByteBuffer;

/** A channel that tells whoever stands above it; that may change while it opens. */
abstract class Pipe implements Channel {
    private final EventLoop loop;
    private Listener upper;

    Pipe(EventLoop loop, Listener upper) {
        this.loop = loop;
        this.upper = upper;
    }

    @Override
    public final EventLoop loop() {
        return loop;
    }

    final Listener upper() {
        return upper;
    }

    /** From now on tells this one. On the loop's thread. */
    final void upper(Listener listener) {
        upper = listener;
    }

    /** As {@link #write(ByteBuffer[], int, int)} of one buffer. */
    abstract void write(ByteBuffer bytes);

    /** Whether nothing comes from here any more but perhaps {@link Channel.Listener#onClosed}. On the loop's thread. */
    abstract boolean isOver();
}
