package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.Reason;
import io.dunlin.broker.admin.Why;
import io.dunlin.broker.admin.WhyAnswer;
import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.security.acl.AccessChain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Why a client got a message or not, and what happened to it. Thread: any but the shards. */
public final class Whys {
    private static final String SINCE = "10m";
    private static final int EVENTS = 1_000;

    private final Why why;
    private final Supplier<AccessChain> rights;
    private final Clock clock;

    public Whys(Why why, Supplier<AccessChain> rights, Clock clock) {
        this.why = why;
        this.rights = rights;
        this.clock = clock;
    }

    /** {@code why} and {@code clients.events}. */
    public void addTo(ControlCommands commands) {
        commands.add("why", request -> ask(request.text("clientid"), request.text("topic"), since(request)));
        commands.add(
                "clients.events",
                request -> events(
                        request.text("clientid"),
                        since(request),
                        request.truth("messages").orElse(true),
                        Listed.wanted(request, EVENTS)));
    }

    /**
     * An answer.
     *
     * @param reason what decides, such as {@code not_subscribed}
     * @param verdict the same as a sentence
     * @param delivered whether the last message reached the client
     * @param rule where rights decide: the lines that say which rule
     * @param knownSince from when on all is known, where that is later than what was asked
     * @param oneIn 1, or only one in so many messages is recorded at this load
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Answer(
            String clientid,
            String topic,
            String reason,
            String verdict,
            boolean delivered,
            String advice,
            List<Fact> findings,
            List<String> rule,
            Instant since,
            Instant knownSince,
            int oneIn) {}

    /**
     * One finding.
     *
     * @param state ok, problem or unknown
     * @param count of messages, 0 where it is about none
     * @param firstAt null where it is so now
     * @param at null where it is so now
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Fact(
            String reason,
            String what,
            String state,
            String advice,
            long count,
            @Nullable Instant firstAt,
            @Nullable Instant at) {}

    /**
     * What happened to a client once.
     *
     * @param count for how many such events it stands
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Event(
            Instant at, String event, String topic, String reason, String detail, int qos, int packetId, int count) {}

    /**
     * A page of events, the oldest of the page first.
     *
     * @param meta the first page has the last events
     * @param knownSince from when on the life of the client's sessions is known
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Events(List<Event> data, Listed.Meta meta, Instant knownSince) {}

    /** @throws CommandFailed where the topic is none */
    public Answer ask(String clientId, String topic, Duration since) {
        TopicName name = name(topic);
        WhyAnswer answer = Clients.await(why.ask(clientId, name, since)).get();
        List<Fact> facts = answer.findings().stream().map(Whys::fact).toList();
        Fact first = facts.getFirst();
        return new Answer(
                clientId,
                topic,
                word(answer.verdict()),
                first.what(),
                answer.verdict() == Reason.DELIVERED,
                first.advice(),
                facts,
                rule(answer, name),
                answer.since(),
                answer.knownSince(),
                answer.oneIn());
    }

    private static TopicName name(String topic) {
        try {
            return TopicName.of(topic);
        } catch (InvalidTopic e) {
            throw new CommandFailed(topic + " cannot be asked about: " + e.getMessage());
        }
    }

    private static Fact fact(WhyAnswer.Finding finding) {
        return new Fact(
                word(finding.reason()),
                finding.sentence(),
                state(finding.reason()),
                finding.reason().advice(),
                finding.count(),
                finding.first().orElse(null),
                finding.last().orElse(null));
    }

    private static String state(Reason reason) {
        if (reason == Reason.UNCLEAR) {
            return "unknown";
        }
        return reason == Reason.DELIVERED || reason == Reason.PUBLISHED ? "ok" : "problem";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Which rule it was, where rights decide. */
    private List<String> rule(WhyAnswer answer, TopicName topic) {
        Optional<Principal> client = answer.principal();
        if (answer.verdict() == Reason.RECEIVE_DENIED) {
            return explain(client, Action.RECEIVE, topic.text());
        }
        if (answer.verdict() == Reason.NOT_SUBSCRIBED) {
            return answer.refusedFilter()
                    .map(filter -> explain(client, Action.subscribe(QoS.AT_MOST_ONCE), filter))
                    .orElse(List.of());
        }
        List<String> lines = new ArrayList<>();
        if (answer.verdict() == Reason.PUBLISH_DENIED) {
            for (String publisher : answer.publishers()) {
                lines.addAll(explain(why.principal(publisher), Action.publish(QoS.AT_MOST_ONCE, false), topic.text()));
            }
        }
        return lines;
    }

    private List<String> explain(Optional<Principal> client, Action action, String topic) {
        return client.map(known -> Clients.await(rights.get().explain(known, action, topic))
                        .lines())
                .orElse(List.of());
    }

    /** @param messages whether messages are wanted too, or only the life of the client's sessions */
    public Events events(String clientId, Duration since, boolean messages, Page.Wanted wanted) {
        Why.History history = why.history(clientId, since, messages);
        List<Why.Event> all = history.events();
        int end = (int) Math.max(0, all.size() - (wanted.page() - 1L) * wanted.limit());
        int start = Math.max(0, end - wanted.limit());
        return new Events(
                all.subList(start, end).stream().map(Whys::event).toList(),
                new Listed.Meta(wanted.page(), wanted.limit(), all.size(), start > 0),
                history.knownSince());
    }

    private static Event event(Why.Event event) {
        boolean reasoned = !event.what().isOfAMessage() || event.what().lane() == Happening.Lane.REFUSED;
        String detail = "";
        if (event.what() == Happening.GROUP_CHOSE) {
            detail = "for the shared group " + event.other();
        } else if (!reasoned && !event.other().isEmpty()) {
            detail = "published by " + event.other();
        }
        return new Event(
                event.at(),
                word(event.what()),
                event.topic(),
                reasoned ? event.other() : "",
                detail,
                event.qos(),
                event.packetId(),
                event.count());
    }

    /** Such as {@code 90s}, {@code 10m}, {@code 2h}, {@code 1d}, or a time such as {@code 2026-11-22T17:00:00Z}. */
    private Duration since(Request request) {
        return Times.ago(request.optional("since").orElse(SINCE), () -> Instant.ofEpochMilli(clock.wallMillis()));
    }
}
