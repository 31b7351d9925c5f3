package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One session as it is at this moment, as far as it concerns one topic. Immutable.
 *
 * @param matching its subscriptions that match the topic
 * @param others at most {@value #OTHERS_MAX} filters that do not
 * @param subscriptions how many it has in all
 * @param mayReceive what the authorizer says of this topic, null while somebody else has to be asked
 * @param inFlight messages that it has not acknowledged
 * @param inFlightMax how many it takes at once
 * @param inFlightIds the packet identifiers of those of the topic
 * @param inFlightUnknownIds of those that are not in memory, so that nobody knows what they are
 * @param queued messages that wait, of all topics
 * @param queuedOfTopic of those in memory, how many are of the topic
 * @param queuedUnknown how many wait that are not in memory
 * @param socketBytes that the client has not read yet
 * @param packetBytesMax of the largest packet that the client takes
 */
public record Inspection(
        Principal principal,
        boolean connected,
        long expirySeconds,
        List<Sub> matching,
        List<String> others,
        int subscriptions,
        @Nullable Boolean mayReceive,
        int inFlight,
        int inFlightMax,
        List<Integer> inFlightIds,
        List<Integer> inFlightUnknownIds,
        int queued,
        int queuedOfTopic,
        int queuedUnknown,
        long socketBytes,
        long packetBytesMax) {
    private static final int OTHERS_MAX = 20;

    /** A subscription. */
    public record Sub(String filter, QoS qos, boolean noLocal, boolean shared, boolean inPart) {}

    /**
     * Looks at a session on its shard. Thread: any.
     *
     * @return empty where there is none
     */
    public static CompletionStage<Optional<Inspection>> of(Core core, String clientId, TopicName topic) {
        Session session = core.registry().find(clientId);
        if (session == null) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        CompletableFuture<Optional<Inspection>> done = new CompletableFuture<>();
        session.shard().execute("a look at a session", () -> {
            try {
                done.complete(session.isEnded() ? Optional.empty() : Optional.of(of(session, topic)));
            } catch (RuntimeException | Error fault) {
                done.completeExceptionally(fault);
                throw fault;
            }
        });
        return done;
    }

    private static Inspection of(Session session, TopicName topic) {
        List<Sub> matching = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Subscription each : session.subscriptions().all()) {
            if (each.filter().matches(topic)) {
                matching.add(new Sub(
                        each.filter().text(),
                        each.qos(),
                        each.noLocal(),
                        each.filter().isShared(),
                        each.isInPart()));
            } else {
                others.add(each.filter().text());
            }
        }
        matching.sort(Comparator.comparing(Sub::filter));
        others.sort(Comparator.naturalOrder());
        Outgoing outgoing = session.outgoing();
        DeliveryQueue queue = outgoing.queue();
        Link link = session.link();
        return new Inspection(
                session.principal(),
                session.isConnected(),
                session.expirySeconds(),
                List.copyOf(matching),
                List.copyOf(others.subList(0, Math.min(others.size(), OTHERS_MAX))),
                session.subscriptions().count(),
                session.standing().permissions().receive(topic) instanceof Verdict verdict ? verdict.allowed() : null,
                outgoing.inFlight().size(),
                outgoing.inFlight().receiveMaximum(),
                outgoing.inFlight().idsOf(topic),
                outgoing.inFlight().idsOf(null),
                queue == null ? 0 : queue.size(),
                queue == null ? 0 : queue.waiting(topic),
                queue == null ? 0 : queue.notInMemory(),
                outgoing.pendingBytes(),
                link == null ? Long.MAX_VALUE : link.packetBytesMax());
    }
}
