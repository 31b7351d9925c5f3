package io.dunlin.testkit;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.ShardExecutor;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link LeanShard}: a network that takes everything at once. As at a real one, an idle connection holds no
 * buffer. Thread: the shard's.
 */
public final class LeanConnection implements Connection {
    private final LeanShard shard;
    private final ConnectionInfo info;
    private @Nullable ConnectionEvents events;
    private @Nullable Consumer<ByteBuffer> reader;
    private @Nullable ByteBuffer out;
    private int outEnd;
    private int writes;

    LeanConnection(LeanShard shard, ConnectionInfo info) {
        this.shard = shard;
        this.info = info;
    }

    void events(ConnectionEvents core) {
        events = core;
    }

    /** Gives bytes of the client to the core, as one read of a socket. */
    public void send(ByteBuffer bytes) {
        Objects.requireNonNull(events, "the connection is closed").onBytes(bytes);
    }

    /** Who gets what the core writes: whole packets, valid during the call only. At first nobody. */
    public void reader(Consumer<ByteBuffer> newReader) {
        reader = newReader;
    }

    /** How often the core has flushed something. */
    public int writes() {
        return writes;
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        ByteBuffer buffer = out;
        if (buffer == null) {
            buffer = shard.takeBuffer();
            outEnd = 0;
        }
        buffer.clear().position(outEnd);
        if (buffer.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (outEnd + bytes));
            buffer = larger.put(buffer.flip());
        }
        out = buffer;
        outEnd += bytes;
        return buffer;
    }

    @Override
    public void append(byte[] shared, int offset, int length) {
        reserve(length).put(shared, offset, length);
    }

    @Override
    public void flush() {
        ByteBuffer buffer = out;
        if (buffer != null) {
            out = null;
            writes++;
            if (reader != null) {
                reader.accept(buffer.clear().limit(outEnd));
            }
            shard.giveBuffer(buffer);
        }
    }

    @Override
    public long pendingBytes() {
        return out == null ? 0 : outEnd;
    }

    @Override
    public void reading(boolean on) {
        // the caller of send() decides
    }

    @Override
    public void close() {
        flush();
        abort();
    }

    @Override
    public void abort() {
        ConnectionEvents core = events;
        events = null;
        if (core != null) {
            shard.execute(() -> core.onClosed(null));
        }
    }

    @Override
    public void moveTo(ShardExecutor target, Runnable arrived) {
        shard.execute(arrived);
    }
}
