package io.dunlin.broker.session;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where connections come in, and where they are ended from outside. Thread: any. */
public final class Connections {
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SWEEP_MESSAGES = 10_000;

    private final Core core;

    public Connections(Core core) {
        this.core = core;
    }

    /** Thread: the shard. */
    public ConnectionEvents accepted(Connection connection, ShardExecutor shard) {
        core.listener(connection.info().listener()).connections().incrementAndGet();
        return new Link(core.shards().get(shard.index()), connection);
    }

    /** @param listener null for all */
    public CompletionStage<Void> disconnectAll(@Nullable String listener, ReasonCode reason, String message) {
        List<CompletableFuture<Void>> shards = new ArrayList<>();
        for (ShardContext context : core.shards()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            shards.add(done);
            context.shard().execute("the end of connections", () -> {
                for (Link link : List.copyOf(context.links())) {
                    if (listener == null
                            || listener.equals(link.connection().info().listener())) {
                        end(link, reason, message);
                    }
                }
                done.complete(null);
            });
        }
        return CompletableFuture.allOf(shards.toArray(CompletableFuture<?>[]::new));
    }

    private static void end(Link link, ReasonCode reason, String message) {
        if (link.handler() instanceof Session session) {
            session.disconnect(reason, message);
        } else {
            link.close();
        }
    }

    /** True where the client was connected. */
    public CompletionStage<Boolean> disconnect(String clientId, ReasonCode reason, String message) {
        Session session = core.registry().find(clientId);
        if (session == null) {
            return CompletableFuture.completedStage(false);
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        session.shard().execute("the end of a connection", () -> {
            boolean connected = session.isConnected();
            session.disconnect(reason, message);
            done.complete(connected);
        });
        return done;
    }

    /** From now on takes expired retained messages out, a bounded number in each second. Thread: the shard. */
    public void sweepRetained(ShardContext context) {
        context.shard()
                .arm(
                        new Deadline() {
                            @Override
                            protected void due() {
                                core.retained().sweep(context.shard().nanos(), SWEEP_MESSAGES);
                                context.shard().arm(this, SWEEP_NANOS);
                            }
                        },
                        SWEEP_NANOS);
    }
}
