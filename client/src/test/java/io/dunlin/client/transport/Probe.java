package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps what a channel tells, for a test's thread to wait for. */
final class Probe implements Channel.Listener {
    static final long WAIT_SECONDS = 20;

    final CompletableFuture<Channel> open = new CompletableFuture<>();
    final AtomicInteger closedCount = new AtomicInteger();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable ByteBuffer leaving;

    static Probe open(Endpoint endpoint, NetworkOptions network) {
        return open(endpoint, network, TimeUnit.SECONDS.toNanos(WAIT_SECONDS));
    }

    static Probe open(Endpoint endpoint, NetworkOptions network, long timeoutNanos) {
        Probe probe = new Probe();
        Connector.Pending unused = Connector.open(endpoint, network, "mqtt", timeoutNanos, EventLoop.shared(), probe);
        return probe;
    }

    Channel channel() throws ExecutionException, InterruptedException, TimeoutException {
        return open.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Sends all of it, as room comes. */
    void send(byte[] content) throws ExecutionException, InterruptedException, TimeoutException {
        Channel channel = channel();
        channel.loop().execute(() -> {
            assertThat(leaving == null || !leaving.hasRemaining())
                    .as("one send at a time")
                    .isTrue();
            leaving = ByteBuffer.wrap(content);
            onWritable();
        });
    }

    /** Waits for that many bytes. */
    byte[] received(int count) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        lock.lock();
        try {
            while (bytes.size() < count) {
                assertThat(left)
                        .as("only %s bytes of %s came", bytes.size(), count)
                        .isPositive();
                left = changed.awaitNanos(left);
            }
            return bytes.toByteArray();
        } finally {
            lock.unlock();
        }
    }

    int receivedCount() {
        lock.lock();
        try {
            return bytes.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end. @return the cause's message, or "null" */
    String closed() throws ExecutionException, InterruptedException, TimeoutException {
        return closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onOpen(Channel channel) {
        open.complete(channel);
    }

    @Override
    public void onBytes(ByteBuffer come) {
        lock.lock();
        try {
            byte[] copy = new byte[come.remaining()];
            come.get(copy);
            bytes.writeBytes(copy);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onWritable() {
        ByteBuffer rest = leaving;
        if (rest != null && rest.hasRemaining()) {
            open.join().write(new ByteBuffer[] {rest}, 0, 1);
        }
    }

    @Override
    public void onClosed(@Nullable IOException cause) {
        closedCount.incrementAndGet();
        closed.complete(cause == null ? "null" : String.valueOf(cause.getMessage()));
        open.completeExceptionally(cause == null ? new IOException("closed by this side") : cause);
    }
}
