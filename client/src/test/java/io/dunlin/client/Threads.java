package io.dunlin.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A thread for each blocking call of a test: the common pool may have a single one. */
final class Threads {
    private static final Executor EACH = task -> {
        Thread thread = new Thread(task, "test");
        thread.setDaemon(true);
        thread.start();
    };

    private Threads() {}

    static <T> CompletableFuture<T> supplyAsync(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, EACH);
    }

    static CompletableFuture<Void> runAsync(Runnable call) {
        return CompletableFuture.runAsync(call, EACH);
    }
}
