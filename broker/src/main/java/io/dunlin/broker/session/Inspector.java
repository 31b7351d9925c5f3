package io.dunlin.broker.session;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.routing.TopicSnapshot;
import io.dunlin.broker.shard.DeferredAcks;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.SubscriptionRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks sessions on their shards, for administrators: one letter for each shard, whatever is asked. Thread: any. */
public final class Inspector {
    /** Messages of a session that one call gives. */
    public static final int MESSAGES_MAX = 1_000;

    private final Core core;

    public Inspector(Core core) {
        this.core = core;
    }

    /** The figures of these sessions by client id; without those that have ended. */
    public CompletionStage<Map<String, SessionFigures>> figures(Collection<String> clientIds) {
        Map<Integer, List<Session>> byShard = new HashMap<>();
        for (String clientId : clientIds) {
            Session session = core.registry().find(clientId);
            if (session != null) {
                byShard.computeIfAbsent(session.shard().index(), shard -> new ArrayList<>())
                        .add(session);
            }
        }
        List<CompletableFuture<Map<String, SessionFigures>>> answers = new ArrayList<>();
        byShard.forEach((index, sessions) -> {
            CompletableFuture<Map<String, SessionFigures>> answer = new CompletableFuture<>();
            answers.add(answer);
            core.shards().get(index).shard().execute("figures of sessions", () -> {
                Map<String, SessionFigures> figures = new HashMap<>();
                for (Session session : sessions) {
                    if (!session.isEnded()) {
                        figures.put(session.clientId(), SessionFigures.of(session));
                    }
                }
                answer.complete(figures);
            });
        });
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> {
                    Map<String, SessionFigures> all = new HashMap<>();
                    answers.forEach(answer -> all.putAll(answer.join()));
                    return all;
                });
    }

    /** The subscriptions of a session; empty where there is no such session. */
    public CompletionStage<Optional<List<Subscription>>> subscriptions(String clientId) {
        return ask(
                clientId,
                session -> CompletableFuture.completedFuture(
                        session.subscriptions().all()));
    }

    /**
     * What was sent to a client and not finished by it; empty where there is no such session.
     *
     * @param skip how many of the first to leave out
     * @param max up to {@link #MESSAGES_MAX}
     * @param payloadMax bytes of each payload
     */
    public CompletionStage<Optional<List<WaitingMessage>>> inFlight(
            String clientId, int skip, int max, int payloadMax) {
        return ask(clientId, session -> {
            Glimpse glimpse = new Glimpse(session, payloadMax);
            session.outgoing().inFlight().show(skip, Math.min(max, MESSAGES_MAX), glimpse);
            return glimpse.read();
        });
    }

    /** What waits for a client, oldest first; as {@link #inFlight}. */
    public CompletionStage<Optional<List<WaitingMessage>>> queued(String clientId, int skip, int max, int payloadMax) {
        return ask(clientId, session -> {
            Glimpse glimpse = new Glimpse(session, payloadMax);
            DeliveryQueue queue = session.outgoing().queue();
            if (queue != null) {
                queue.show(skip, Math.min(max, MESSAGES_MAX), glimpse);
            }
            return glimpse.read();
        });
    }

    /**
     * Ends a session for good, and its connection where it has one.
     *
     * @return true where there was one; done when that is stored
     */
    public CompletionStage<Boolean> clear(String clientId, String message) {
        return ask(clientId, session -> {
                    session.turnAway();
                    session.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, message);
                    long position = session.end(Durability.DISK);
                    CompletableFuture<Boolean> done = new CompletableFuture<>();
                    DeferredAcks stored = session.shard().deferredAcks();
                    if (stored.isStored(position, Durability.DISK)) {
                        done.complete(true);
                    } else {
                        stored.await(position, Durability.DISK, () -> done.complete(true));
                    }
                    return done;
                })
                .thenApply(done -> done.orElse(false));
    }

    /**
     * The topics that each shard remembers.
     *
     * @param keepValuesNanos for so long the last message of each topic is kept, too
     */
    public CompletionStage<List<TopicSnapshot>> topics(long keepValuesNanos) {
        List<CompletableFuture<TopicSnapshot>> answers = new ArrayList<>();
        for (ShardContext context : core.shards()) {
            CompletableFuture<TopicSnapshot> answer = new CompletableFuture<>();
            answers.add(answer);
            context.shard()
                    .execute(
                            "a look at topics",
                            () -> answer.complete(context.router().topics(keepValuesNanos)));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** Subscribes for a connected client, with its rights; what a SUBACK would say, empty where there is no such session. */
    public CompletionStage<Optional<ReasonCode>> subscribe(String clientId, SubscriptionRequest request) {
        return ask(
                clientId, session -> session.subscriptions().subscribe(request).toCompletableFuture());
    }

    /** Takes a subscription out: true once that is stored, false where there is none to this filter, empty where there is no such session. */
    public CompletionStage<Optional<Boolean>> unsubscribe(String clientId, String filter) {
        return ask(clientId, session -> session.subscriptions().unsubscribe(filter));
    }

    private <T> CompletionStage<Optional<T>> ask(String clientId, Function<Session, CompletableFuture<T>> question) {
        Session session = core.registry().find(clientId);
        if (session == null) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
        session.shard().execute("a look at a session", () -> {
            if (session.isEnded()) {
                answer.complete(Optional.empty());
                return;
            }
            try {
                question.apply(session).whenComplete((value, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(Optional.of(value));
                    }
                });
            } catch (RuntimeException | Error fault) {
                answer.completeExceptionally(fault);
            }
        });
        return answer;
    }
}
