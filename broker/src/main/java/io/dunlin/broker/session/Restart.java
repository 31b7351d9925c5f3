package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.SessionState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Brings back the sessions of an earlier run, each on the shard of its partition. None goes on, with a will that is due for
 * instance, before all are there. Thread: any.
 */
public final class Restart {
    private static final int SESSIONS_AT_ONCE = 256;

    private final Core core;

    public Restart(Core core) {
        this.core = core;
    }

    /** Takes them out of the replay; done when all are there and go on. */
    public CompletionStage<Void> restore(Replay replay) {
        int shards = core.shards().size();
        List<ArrayDeque<SessionState>> states = new ArrayList<>();
        List<ArrayDeque<Session>> sessions = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            states.add(new ArrayDeque<>());
            sessions.add(new ArrayDeque<>());
        }
        replay.drain(state ->
                states.get(Journal.partition(state.clientId()) % shards).add(state));
        return onEachShard(
                        states,
                        (context, state) ->
                                sessions.get(context.shard().index()).add(restored(context, state)))
                .thenCompose(done -> onEachShard(sessions, (context, session) -> session.resume()));
    }

    private Session restored(ShardContext context, SessionState state) {
        Session session = new Session(context, new Principal(state.clientId(), state.username()));
        if (core.registry().claim(session) != null) {
            throw new IllegalStateException("the journal has two sessions of client " + state.clientId());
        }
        session.restore(state);
        return session;
    }

    private <T> CompletableFuture<Void> onEachShard(List<ArrayDeque<T>> work, Step<T> step) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (ShardContext context : core.shards()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            all.add(done);
            slice(context, work.get(context.shard().index()), item -> step.take(context, item), done);
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private <T> void slice(ShardContext context, ArrayDeque<T> left, Consumer<T> step, CompletableFuture<Void> done) {
        context.shard().executor().execute(() -> {
            try {
                for (int i = 0; i < SESSIONS_AT_ONCE && !left.isEmpty(); i++) {
                    step.accept(left.remove());
                }
            } catch (RuntimeException | Error fault) {
                done.completeExceptionally(fault);
                return;
            }
            if (left.isEmpty()) {
                done.complete(null);
            } else {
                slice(context, left, step, done);
            }
        });
    }

    private interface Step<T> {
        void take(ShardContext context, T item);
    }
}
