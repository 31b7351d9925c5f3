package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Reads of all connections of a loop go into the one buffer of its {@link ShardThread}, so that a read is one large system
 * call and nothing is held between reads. A read loop runs on one thread from its reset to its end, so its state is the
 * thread's as well, and one handle serves all channels. Not for io_uring, whose reads are under way while nothing comes.
 */
final class SharedReads implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
    static final SharedReads INSTANCE = new SharedReads();

    /** Reads of one connection in one round of the loop: fairness against the others. */
    private static final int READS_MAX = 4;

    private SharedReads() {}

    @Override
    @SuppressWarnings("deprecation") // the type that the interface prescribes
    public Handle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
        return ShardThread.current().readBuffer();
    }

    @Override
    public int guess() {
        return ShardThread.READ_BYTES_MAX;
    }

    @Override
    public void reset(ChannelConfig config) {
        ShardThread thread = ShardThread.current();
        thread.messages = 0;
        thread.config = config;
    }

    @Override
    public void incMessagesRead(int numMessages) {
        ShardThread.current().messages += numMessages;
    }

    @Override
    public void lastBytesRead(int bytes) {
        ShardThread.current().last = bytes;
    }

    @Override
    public int lastBytesRead() {
        return ShardThread.current().last;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
        ShardThread.current().attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
        return ShardThread.current().attempted;
    }

    @Override
    public boolean continueReading() {
        ShardThread thread = ShardThread.current();
        return goesOn(thread, thread.last == thread.attempted);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
        return goesOn(ShardThread.current(), maybeMoreData.get());
    }

    private static boolean goesOn(ShardThread thread, boolean maybeMoreData) {
        return maybeMoreData
                && thread.last > 0
                && thread.messages < READS_MAX
                && thread.config != null
                && thread.config.isAutoRead();
    }

    @Override
    public void readComplete() {
        ShardThread.current().config = null;
    }
}
