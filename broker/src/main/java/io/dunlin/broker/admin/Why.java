package io.dunlin.broker.admin;

import io.dunlin.broker.admin.WhyAnswer.Finding;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.session.Core;
import io.dunlin.broker.session.Inspection;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Happening.Lane;
import io.dunlin.broker.shard.Recorded;
import io.dunlin.broker.shard.Recorder;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Answers "why did this client (not) get this message?" of the session as it is now and what the recorders know. The shards are asked for
 * one session; the recorders are read beside them. Thread: any.
 */
public final class Why {
    private static final int EVENTS_MAX = 10_000;
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Set<Happening> PUBLISHES =
            EnumSet.of(Happening.PUBLISHED, Happening.NOBODY, Happening.PUBLISH_DENIED, Happening.PUBLISH_REFUSED);

    private final Core core;
    private final List<Shard> shards;
    private final Clock clock;

    public Why(Core core, List<Shard> shards, Clock clock) {
        this.core = core;
        this.shards = List.copyOf(shards);
        this.clock = clock;
    }

    /**
     * Looks at the session. The answer is made by whoever gets it from the supplier: it reads all recorders, which takes too long for a shard.
     *
     * @param since how far to look back
     */
    public CompletionStage<Supplier<WhyAnswer>> ask(String clientId, TopicName topic, Duration since) {
        return Inspection.of(core, clientId, topic).thenApply(session -> () -> answer(clientId, topic, since, session));
    }

    private WhyAnswer answer(String clientId, TopicName topic, Duration since, Optional<Inspection> session) {
        long now = clock.nanos();
        long sinceNanos = now - nanos(since);
        String client = Recorder.cut(clientId);
        String text = Recorder.cut(topic.text());
        Evidence evidence = new Evidence(shards, sinceNanos, (what, whose, about) -> switch (what.lane()) {
            case LIFE, STRANGERS -> whose.equals(client);
            case REFUSED, PUBLISHED -> about.equals(text);
            case LOST, DELIVERED ->
                whose.equals(client) && (about.equals(text) || what == Happening.QUEUE_FULL && about.isEmpty());
        });
        List<Finding> findings = new Findings(client, topic, session, evidence, this::instant).inOrder();
        long known = evidence.sinceNanos(Lane.PUBLISHED, Lane.REFUSED, Lane.LOST, Lane.DELIVERED);
        return new WhyAnswer(
                clientId,
                topic.text(),
                findings.getFirst().reason(),
                findings,
                instant(sinceNanos),
                instant(Math.max(sinceNanos, known)),
                evidence.oneIn(Lane.PUBLISHED, Lane.REFUSED, Lane.LOST, Lane.DELIVERED),
                session.map(Inspection::principal),
                refusedFilter(evidence, topic),
                publishers(evidence));
    }

    private static Optional<String> refusedFilter(Evidence evidence, TopicName topic) {
        return evidence.events().reversed().stream()
                .filter(event -> event.what() == Happening.SUBSCRIBE_REFUSED && matches(event.topic(), topic))
                .map(event -> TopicFilter.of(event.topic()).filter())
                .findFirst();
    }

    private static boolean matches(String filter, TopicName topic) {
        try {
            return TopicFilter.of(filter).matches(topic);
        } catch (InvalidTopic e) { // refused for that
            return false;
        }
    }

    /** Who a client is, without a look at what has happened; empty where it has no session. */
    public Optional<Principal> principal(String clientId) {
        return core.registry().session(clientId).map(session -> new SessionView(session).principal());
    }

    private static List<String> publishers(Evidence evidence) {
        return evidence.events().stream()
                .filter(event -> PUBLISHES.contains(event.what()))
                .map(Recorded::client)
                .distinct()
                .limit(10)
                .toList();
    }

    /**
     * One line of a client's history.
     *
     * @param topic or the filter of a subscription; "" where there is none
     * @param other of a message its publisher, of a choice the shared group, else the reason
     * @param count for how many it stands
     */
    public record Event(Instant at, Happening what, String topic, String other, int qos, int packetId, int count) {}

    /** @param knownSince before this time nothing is known of its connections and subscriptions */
    public record History(List<Event> events, Instant knownSince) {}

    /**
     * What happened to a client, the oldest first, and at most the last 10,000 of it.
     *
     * @param messages whether messages are wanted too, or the life of its sessions only
     */
    public History history(String clientId, Duration since, boolean messages) {
        String client = Recorder.cut(clientId);
        Evidence evidence = new Evidence(
                shards,
                clock.nanos() - nanos(since),
                (what, whose, about) -> whose.equals(client) && (messages || !what.isOfAMessage()));
        List<Event> events = new ArrayList<>();
        List<Recorded> all = evidence.events();
        for (Recorded each : all.subList(Math.max(0, all.size() - EVENTS_MAX), all.size())) {
            events.add(new Event(
                    instant(each.nanos()),
                    each.what(),
                    each.topic(),
                    each.other(),
                    each.qos().value(),
                    each.packetId(),
                    each.standsFor()));
        }
        return new History(List.copyOf(events), instant(evidence.sinceNanos(Lane.LIFE)));
    }

    // A hundred years are as good as any longer time, and can be counted.
    private static long nanos(Duration since) {
        return since.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : since.toNanos();
    }

    private Instant instant(long nanos) {
        return Instant.ofEpochMilli(clock.wallMillis()).minusNanos(clock.nanos() - nanos);
    }
}
