package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.shard.Shard;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Gives the state of all sessions to the journal, a slice at a time so that no shard is busy with it for long. Thread: any may
 * ask; sessions are visited on their shards.
 */
public final class Checkpoints implements Journal.Snapshots {
    private static final int SESSIONS_AT_ONCE = 256;
    private static final int LOOKED_AT_MAX = 4_096;

    private final Core core;

    public Checkpoints(Core core) {
        this.core = core;
    }

    @Override
    public CompletionStage<Void> visit(boolean all, Journal.Visitor visitor) {
        List<Walk> walks = new ArrayList<>();
        for (ShardContext context : core.shards()) {
            walks.add(new Walk(context.shard(), all, visitor));
        }
        for (Walk from : walks) {
            from.shard.execute("a checkpoint", () -> walks.forEach(to -> from.shard.post(to.shard, to::heard)));
        }
        return CompletableFuture.allOf(walks.stream().map(walk -> walk.done).toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void retained(Consumer<Message> each) {
        core.retained().forEach(each);
    }

    /** The visit of one shard. It begins when mail has come from all shards: what they sent before has come then, too. */
    private final class Walk {
        private final Shard shard;
        private final boolean all;
        private final Journal.Visitor visitor;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private int heard;

        Walk(Shard shard, boolean all, Journal.Visitor visitor) {
            this.shard = shard;
            this.all = all;
            this.visitor = visitor;
        }

        void heard() {
            if (++heard == core.shards().size()) {
                step(core.registry().all().iterator(), visitor.marks());
            }
        }

        private void step(Iterator<Session> sessions, Journal.Marks marks) {
            try {
                List<SessionState> states = new ArrayList<>();
                for (int looked = 0; sessions.hasNext() && looked < LOOKED_AT_MAX; looked++) {
                    Session session = sessions.next();
                    if (session.shard() == shard && session.isDurable() && !session.isEnded()) {
                        look(session, marks, states);
                        looked += LOOKED_AT_MAX / SESSIONS_AT_ONCE;
                    }
                }
                if (states.isEmpty()) {
                    next(sessions, marks);
                } else {
                    visitor.changed(states).whenComplete((taken, failure) -> {
                        if (failure == null) {
                            shard.execute("a checkpoint", () -> next(sessions, marks));
                        } else {
                            done.completeExceptionally(failure);
                        }
                    });
                }
            } catch (RuntimeException | Error fault) {
                done.completeExceptionally(fault);
                throw fault;
            }
        }

        private void next(Iterator<Session> sessions, Journal.Marks marks) {
            if (sessions.hasNext()) {
                shard.execute("a checkpoint", () -> step(sessions, marks));
            } else {
                done.complete(null);
            }
        }

        private void look(Session session, Journal.Marks marks, List<SessionState> states) {
            session.mark(marks);
            SessionState state = session.state(all);
            if (state != null) {
                states.add(state);
            }
        }
    }
}
