package io.dunlin.broker.session;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where connections come in, and where they are ended from outside. Thread: any. */
public final class Connections {
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SWEEP_MESSAGES = 10_000;
    private static final int AT_ONCE = 256;

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

    /**
     * Holds every connected client against the users and rights of now, some at a time: who may not stay is disconnected with
     * NOT_AUTHORIZED, and so is who lost a subscription. Sessions without a connection are held against them when they get one.
     *
     * @param whyGone says of a client why it may not stay; called on the shards, must not block
     */
    public CompletionStage<Void> review(Function<Principal, Optional<String>> whyGone) {
        Review review = core.review(whyGone);
        return onLinks("a review of rights", link -> {
            if (link.handler() instanceof Session session) {
                session.standing().review(review.whyGone());
            }
        });
    }

    /** Does it to every connection, some at a time: one that moves to another shard meanwhile is left out. */
    private CompletionStage<Void> onLinks(String what, Consumer<Link> task) {
        List<CompletableFuture<Void>> shards = new ArrayList<>();
        for (ShardContext context : core.shards()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            shards.add(done);
            context.shard().execute(what, () -> some(context, new ArrayDeque<>(context.links()), what, task, done));
        }
        return CompletableFuture.allOf(shards.toArray(CompletableFuture<?>[]::new));
    }

    private static void some(
            ShardContext context,
            ArrayDeque<Link> left,
            String what,
            Consumer<Link> task,
            CompletableFuture<Void> done) {
        for (int i = 0; i < AT_ONCE && !left.isEmpty(); i++) {
            Link link = left.remove();
            if (context.links().contains(link)) {
                context.shard().guarded(what, () -> task.accept(link));
            }
        }
        if (left.isEmpty()) {
            done.complete(null);
        } else {
            context.shard().execute(what, () -> some(context, left, what, task, done));
        }
    }

    /** From now on it is asked about each connection and listens to those that it wants; done when those that are there are. */
    public CompletionStage<Void> tap(Wiretap wiretap) {
        core.wiretaps().add(wiretap);
        return onLinks("the beginning of a trace", link -> link.tapBy(wiretap));
    }

    /** Listens no more; nothing more is told once the stage is done. */
    public CompletionStage<Void> untap(Wiretap wiretap) {
        core.wiretaps().remove(wiretap);
        return onLinks("the end of a trace", link -> link.untapBy(wiretap));
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
