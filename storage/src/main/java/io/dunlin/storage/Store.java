package io.dunlin.storage;

import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The parts of an open store that a checkpoint has to do with.
 *
 * @param epoch of this opening
 * @param appended how many records were appended since the start
 */
record Store(SegmentLog log, StateLog state, Changes changes, Bodies bodies, long epoch, LongSupplier appended) {
    /** Writes states that a visit has brought, on the keeper. Thread: any. */
    CompletionStage<Void> write(List<SessionState> states, StoreExecutor executor) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        executor.keeper(() -> {
            try {
                for (SessionState session : states) {
                    state.session(session);
                    changes.written(session);
                }
                written.complete(null);
            } catch (IOException | RuntimeException e) {
                written.completeExceptionally(e);
            }
        });
        return written;
    }
}
