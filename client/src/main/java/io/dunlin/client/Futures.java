package io.dunlin.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Waiting for futures, and what they carry. */
final class Futures {
    private Futures() {}

    /**
     * Waits for a future that ends by itself.
     *
     * @throws MqttException that it ended with
     * @throws TimedOut where it ran out of its own time, or the thread is interrupted; it stays marked as such
     * @throws IllegalStateException where it would have to wait on a thread of the network
     */
    static <T> T join(CompletableFuture<T> future) {
        if (!future.isDone()) {
            MqttClient.requireOtherThread();
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimedOut("The thread was interrupted while it waited.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new TimedOut("The server did not answer in time.");
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** What went wrong, without the wrapping that dependent stages add. */
    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : null;
        return cause == null ? thrown : cause;
    }
}
