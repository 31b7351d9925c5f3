package io.dunlin.console.api;

import io.dunlin.broker.port.Message;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way from the shards to one page. Shards take no lock here and never wait: what has no room is left out and counted.
 * Bounded by bytes, its own and those of all of them together. Thread: offered by any, taken by one.
 */
final class HandOver {
    /** What may wait for one page. */
    static final long BYTES_MAX = 4 << 20;

    /** What may wait for all pages. */
    static final long ALL_BYTES_MAX = 32 << 20;

    /** More of a payload is not shown. */
    static final int PAYLOAD_BYTES_MAX = 64 << 10;

    private static final int ENTRY_BYTES = 64;

    private final Queue<Seen> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong bytesOfAll;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Semaphore signal = new Semaphore(0);
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean closed;

    /** @param bytesOfAll what waits in all of them */
    HandOver(AtomicLong bytesOfAll) {
        this.bytesOfAll = bytesOfAll;
    }

    /** A message as it came. @param size of its payload, of which not all may be there */
    record Seen(Message message, int size, long wallMillis) {
        long weight() {
            return message.weight() + (long) ENTRY_BYTES;
        }
    }

    /** False where there is no room. */
    boolean offer(Message message, long wallMillis) {
        if (closed) {
            return true;
        }
        int shown = Math.min(message.payload().length, PAYLOAD_BYTES_MAX);
        if (bytes.get() + shown > BYTES_MAX) { // before anything is copied
            dropped.incrementAndGet();
            return false;
        }
        Seen seen = new Seen(shownOf(message), message.payload().length, wallMillis);
        if (!reserve(seen.weight())) {
            dropped.incrementAndGet();
            return false;
        }
        waiting.add(seen);
        if (closed) { // meanwhile: nobody else would let go of it
            letGo();
        }
        wake();
        return true;
    }

    /** A long payload is not kept by the few bytes of it that are shown. */
    private static Message shownOf(Message message) {
        byte[] payload = message.payload();
        return payload.length <= PAYLOAD_BYTES_MAX
                ? message
                : new Message(
                        message.topic(),
                        message.qos(),
                        message.retain(),
                        message.properties(),
                        Arrays.copyOf(payload, PAYLOAD_BYTES_MAX),
                        message.publisher(),
                        message.expiresAtNanos());
    }

    private boolean reserve(long weight) {
        boolean room = bytes.addAndGet(weight) <= BYTES_MAX;
        if (bytesOfAll.addAndGet(weight) <= ALL_BYTES_MAX && room) {
            return true;
        }
        free(weight);
        return false;
    }

    private void free(long weight) {
        bytes.addAndGet(-weight);
        bytesOfAll.addAndGet(-weight);
    }

    /** Has {@link #take} come back soon, and {@link #wasCalled} say so. */
    void call() {
        called.set(true);
        wake();
    }

    private void wake() {
        if (asleep.get() && asleep.getAndSet(false)) { // while the other side is at it, nobody signals
            signal.release();
        }
    }

    /** Whether there was a {@link #call} since the last time. */
    boolean wasCalled() {
        return called.get() && called.getAndSet(false);
    }

    /**
     * The next message.
     *
     * @param waitNanos 0 not to wait
     * @return null where none has come, or something else has ended the wait
     */
    @Nullable
    Seen take(long waitNanos) throws InterruptedException {
        Seen next = waiting.poll();
        if (next == null && waitNanos > 0) {
            next = await(waitNanos);
        }
        if (next != null) {
            free(next.weight());
        }
        return next;
    }

    private @Nullable Seen await(long waitNanos) throws InterruptedException {
        asleep.set(true);
        Seen next = waiting.poll(); // it may have come before anybody could see that somebody waits
        if (next == null && !called.get() && signal.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
            signal.drainPermits(); // of earlier waits that ended by themselves
        }
        asleep.set(false);
        return next == null ? waiting.poll() : next;
    }

    /** Leaves out what was taken and cannot be shown. */
    void drop() {
        dropped.incrementAndGet();
    }

    /** How many were left out in all. */
    long dropped() {
        return dropped.get();
    }

    /** Lets go of all that waits, and of what shards offer from now on. */
    void close() {
        closed = true;
        letGo();
    }

    private void letGo() {
        for (Seen next = waiting.poll(); next != null; next = waiting.poll()) {
            free(next.weight());
        }
    }
}
