package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one event loop, with the buffers that all its connections share: an idle connection holds none. Only this
 * thread touches them.
 */
final class ShardThread extends FastThreadLocalThread {
    /** One read takes at most this many bytes. */
    static final int READ_BYTES_MAX = 64 << 10;

    static final int WRITE_BYTES_MAX = 4 << 10;

    /** One write past the channel takes at most this many bytes. */
    static final int SEND_BYTES_MAX = OutBuffers.LARGE;

    private ByteBuf read = Unpooled.directBuffer(READ_BYTES_MAX, READ_BYTES_MAX);

    /** Where bytes stand while the core looks at them. */
    final ByteBuffer inbound = ByteBuffer.allocate(READ_BYTES_MAX);

    final OutBuffers outbound = new OutBuffers();

    private ByteBuf write = Unpooled.directBuffer(WRITE_BYTES_MAX, WRITE_BYTES_MAX);

    private final ByteBuf send = Unpooled.directBuffer(SEND_BYTES_MAX, SEND_BYTES_MAX);

    private byte @Nullable [] sharedArray;
    private @Nullable ByteBuf sharedBytes;
    private boolean dropScheduled;

    // for one read loop
    int attempted;
    int last;
    int messages;

    @Nullable
    ChannelConfig config;

    ShardThread(Runnable task, String name) {
        super(task, name);
    }

    @Override
    public void run() {
        try {
            super.run();
        } finally {
            dropShared();
            read.release();
            write.release();
            send.release();
        }
    }

    static ShardThread current() {
        return (ShardThread) Thread.currentThread();
    }

    /** The buffer that sockets are read into; the caller releases it, and copies what it wants to keep. */
    ByteBuf readBuffer() {
        if (read.refCnt() != 1) {
            // Somebody kept it against the rule: leave it to him.
            read.release();
            read = ByteBufAllocator.DEFAULT.directBuffer(READ_BYTES_MAX, READ_BYTES_MAX);
        }
        return read.clear().retain();
    }

    /**
     * An empty buffer to write up to {@link #WRITE_BYTES_MAX} bytes with, for a socket that takes all of it most likely: then
     * the same buffer serves the next one.
     */
    ByteBuf writeBuffer() {
        if (write.refCnt() != 1) {
            write.release();
            write = ByteBufAllocator.DEFAULT.directBuffer(WRITE_BYTES_MAX, WRITE_BYTES_MAX);
        }
        return write.clear().retain();
    }

    /** An empty buffer for a write past the channel, valid until the next call. */
    ByteBuf sendBuffer() {
        return send.clear();
    }

    /**
     * The bytes as a buffer that a socket takes; asked again for the same array within a tick, it gives the same memory, so
     * that a large message to many receivers exists once. The caller releases it.
     */
    @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
    ByteBuf shared(LoopExecutor shard, byte[] array, int offset, int length) {
        if (sharedArray != array) {
            dropShared();
            if (!dropScheduled) {
                dropScheduled = true;
                shard.atTickEnd(this::dropSharedAtTickEnd);
            }
            sharedArray = array;
            sharedBytes = ByteBufAllocator.DEFAULT
                    .directBuffer(array.length, array.length)
                    .writeBytes(array);
        }
        return Objects.requireNonNull(sharedBytes).retainedSlice(offset, length);
    }

    private void dropSharedAtTickEnd() {
        dropScheduled = false;
        dropShared();
    }

    private void dropShared() {
        if (sharedBytes != null) {
            sharedBytes.release();
        }
        sharedBytes = null;
        sharedArray = null;
    }
}
