package io.dunlin.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until everything is written or answered, and the messages of QoS 0 that are still being written. Guarded by the
 * session's lock, but for {@link #sending} and {@link #sent}.
 */
final class Flushes {
    private final List<CompletableFuture<@Nullable Void>> waiting = new ArrayList<>(0);
    private final AtomicInteger unwritten = new AtomicInteger();
    private volatile boolean isAwaited;

    CompletableFuture<@Nullable Void> begin() {
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        waiting.add(result);
        isAwaited = true;
        return result;
    }

    /** A message of QoS 0 goes to the link. Any thread. */
    void sending() {
        unwritten.getAndIncrement();
    }

    /** It was written or dropped. Any thread. @return whether somebody may have waited for just that */
    boolean sent() {
        return unwritten.decrementAndGet() == 0 && isAwaited;
    }

    /** All else is finished. */
    void finish(Queue<Runnable> completions) {
        if (!waiting.isEmpty() && unwritten.get() == 0) {
            List<CompletableFuture<@Nullable Void>> done = taken();
            completions.add(() -> done.forEach(future -> future.complete(null)));
        }
    }

    /** It will not be finished. */
    void fail(MqttException cause, Queue<Runnable> completions) {
        List<CompletableFuture<@Nullable Void>> failed = taken();
        completions.add(() -> failed.forEach(future -> future.completeExceptionally(cause)));
    }

    private List<CompletableFuture<@Nullable Void>> taken() {
        List<CompletableFuture<@Nullable Void>> all = List.copyOf(waiting);
        waiting.clear();
        isAwaited = false;
        return all;
    }
}
