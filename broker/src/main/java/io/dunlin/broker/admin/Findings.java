package io.dunlin.broker.admin;

import io.dunlin.broker.admin.WhyAnswer.Finding;
import io.dunlin.broker.session.Inspection;
import io.dunlin.broker.session.Inspection.Sub;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Happening.Lane;
import io.dunlin.broker.shard.Recorded;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The facts about one client and one topic, and which of them decides: what is so now, where it explains the last message; else what
 * happened last.
 */
final class Findings {
    private static final Set<Happening> TAKEN = EnumSet.of(Happening.PUBLISHED, Happening.NOBODY);
    /** Each shard reads the time now and then, so what came later can seem to have come a little sooner. */
    private static final long CLOCKS_APART_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String client;
    private final TopicName topic;
    private final Optional<Inspection> session;
    private final Evidence evidence;
    private final LongFunction<Instant> instants;
    private final List<Timed> past = new ArrayList<>();

    Findings(
            String client,
            TopicName topic,
            Optional<Inspection> session,
            Evidence evidence,
            LongFunction<Instant> instants) {
        this.client = client;
        this.topic = topic;
        this.session = session;
        this.evidence = evidence;
        this.instants = instants;
    }

    /** A finding with the time of the clock by which they are ordered. */
    private record Timed(Finding finding, long nanos) {}

    /** What decides first; never empty. */
    List<Finding> inOrder() {
        collectPast();
        past.sort(Comparator.comparingLong(Timed::nanos)
                .thenComparing(each -> each.finding.reason() != Reason.DELIVERED) // what was lost says more
                .reversed());
        Recorded published = evidence.last(TAKEN, event -> true);
        Recorded sent = evidence.last(EnumSet.of(Happening.SENT), event -> true);
        boolean lastOneCame = sent != null && (published == null || sent.nanos() - published.nanos() >= 0);
        List<Finding> deciding = new ArrayList<>(waiting());
        List<Finding> background = new ArrayList<>();
        subscribed().ifPresent(missing -> (lastOneCame ? background : deciding).add(missing));
        if (deciding.isEmpty() && nothingIsKnownOf(published)) {
            deciding.add(unknown(published));
        } else if (published == null && sent == null && past.isEmpty()) {
            background.add(nothingPublished());
        }
        List<Finding> all = new ArrayList<>(deciding);
        past.forEach(each -> all.add(each.finding));
        all.addAll(background);
        if (published != null) {
            all.add(publications(published));
        }
        return List.copyOf(all);
    }

    // ---- what is so now

    private List<Finding> waiting() {
        List<Finding> found = new ArrayList<>();
        session.ifPresent(now -> {
            List<Integer> ids = new ArrayList<>(now.inFlightIds());
            for (Recorded sent : evidence.of(Happening.SENT)) {
                if (now.inFlightUnknownIds().contains(sent.packetId()) && !ids.contains(sent.packetId())) {
                    ids.add(sent.packetId());
                }
            }
            if (!ids.isEmpty()) {
                found.add(now(
                        Reason.IN_FLIGHT,
                        "sent to " + client + " and not acknowledged" + (now.connected() ? "" : ", and it is away")
                                + ": packet " + list(ids),
                        ids.size()));
            }
            boolean queuedBefore = evidence.last(EnumSet.of(Happening.QUEUED), event -> true) != null;
            if (now.queuedOfTopic() > 0 || now.queuedUnknown() > 0 && queuedBefore) {
                found.add(now(Reason.QUEUED, queued(now), now.queuedOfTopic()));
            }
        });
        return found;
    }

    private String queued(Inspection now) {
        String messages = now.queued() + (now.queued() == 1 ? " message" : " messages");
        String queue = now.queuedOfTopic() > 0
                ? "waiting in the queue of " + client + " (" + messages + "): "
                : "probably waiting in the queue of " + client + " (" + messages + ", whose topics are on the disk): ";
        if (!now.connected()) {
            return queue + "it is not connected";
        }
        if (now.inFlight() >= now.inFlightMax()) {
            return queue + "it has " + now.inFlight() + " unacknowledged messages, as many as it takes at once";
        }
        return queue + "it reads slowly, " + now.socketBytes() + " bytes wait in its socket";
    }

    /** What is wrong with its subscriptions, if anything is. */
    private Optional<Finding> subscribed() {
        if (session.isEmpty()) {
            return Optional.of(now(Reason.NO_SESSION, noSession(), 0));
        }
        Inspection now = session.get();
        if (now.matching().isEmpty()) {
            return Optional.of(now(Reason.NOT_SUBSCRIBED, notSubscribed(now), 0));
        }
        boolean inPart = now.matching().stream().anyMatch(Sub::inPart);
        if (inPart && Boolean.FALSE.equals(now.mayReceive())) {
            return Optional.of(now(
                    Reason.RECEIVE_DENIED,
                    client + " is subscribed to " + filters(now) + ", but may not receive " + topic,
                    0));
        }
        return Optional.empty();
    }

    private String noSession() {
        Recorded last = evidence.last(
                EnumSet.of(Happening.SESSION_ENDED, Happening.CONNECT_REFUSED, Happening.DISCONNECTED), event -> true);
        if (last == null) {
            return client + " is not connected and has no session, and was not here in this time";
        }
        return client + " is not connected and has no session"
                + (last.what() == Happening.CONNECT_REFUSED ? "; it was refused: " : ": ") + last.other();
    }

    private String notSubscribed(Inspection now) {
        Recorded refused =
                evidence.last(EnumSet.of(Happening.SUBSCRIBE_REFUSED, Happening.UNSUBSCRIBED), this::concerns);
        if (refused != null && refused.what() == Happening.SUBSCRIBE_REFUSED) {
            return client + " is not subscribed: its subscription to " + refused.topic() + " was refused, "
                    + refused.other();
        }
        if (refused != null) {
            return client + " is no longer subscribed to " + refused.topic() + ": " + refused.other();
        }
        if (now.subscriptions() == 0) {
            return client + " is not subscribed to anything";
        }
        String nearly = now.others().stream()
                .filter(this::isNearly)
                .findFirst()
                .map(filter -> "; it is subscribed to " + filter + ", which is not the same")
                .orElse("");
        return client + " is not subscribed to " + topic + ": none of its " + now.subscriptions()
                + " subscriptions matches" + nearly;
    }

    private boolean concerns(Recorded event) {
        return matches(event.topic(), topic);
    }

    /** Whether a filter would match if case and slashes at the ends did not matter. */
    private boolean isNearly(String filter) {
        try {
            return matches(plain(filter), TopicName.of(plain(topic.text())));
        } catch (InvalidTopic nothingLeft) {
            return false;
        }
    }

    private static String plain(String text) {
        String plain = text.toLowerCase(Locale.ROOT).strip();
        plain = plain.startsWith("/") ? plain.substring(1) : plain;
        return plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
    }

    private static boolean matches(String filter, TopicName name) {
        try {
            return TopicFilter.of(filter).matches(name);
        } catch (InvalidTopic cutOff) {
            return false;
        }
    }

    private static String filters(Inspection now) {
        return now.matching().stream().map(Sub::filter).collect(Collectors.joining(", "));
    }

    // ---- what was

    private void collectPast() {
        past(Happening.SENT, Reason.DELIVERED, this::delivered);
        past(Happening.RECEIVE_DENIED, Reason.RECEIVE_DENIED, last -> client + " may not receive " + topic);
        past(Happening.EXPIRED, Reason.EXPIRED, last -> "the message expired before it could be sent to " + client);
        past(
                Happening.NO_LOCAL,
                Reason.NO_LOCAL,
                last -> client + " published it itself, and its subscription has No Local");
        past(
                Happening.QUEUE_FULL,
                Reason.QUEUE_FULL,
                last -> "the queue of " + client + " was full"
                        + (last.topic().isEmpty()
                                ? ": its oldest messages were dropped, of which nobody knows the topic"
                                : ""));
        past(
                Happening.SOCKET_FULL,
                Reason.SOCKET_FULL,
                last -> client + " read so slowly that a message of QoS 0 was dropped");
        past(
                Happening.TOO_LARGE,
                Reason.TOO_LARGE,
                last -> "the packet would have been larger than " + client
                        + " takes"
                        + session.filter(now -> now.packetBytesMax() < Long.MAX_VALUE)
                                .map(now -> ", " + now.packetBytesMax() + " bytes")
                                .orElse(""));
        past(Happening.AWAY, Reason.AWAY, last -> client + " was not connected, and the message had QoS 0 for it");
        past(
                Happening.PUBLISH_DENIED,
                Reason.PUBLISH_DENIED,
                last -> "it was not taken from " + last.client() + ": " + last.other());
        past(
                Happening.PUBLISH_REFUSED,
                Reason.PUBLISH_REFUSED,
                last -> "it was not taken from " + last.client() + ": " + last.other());
        shared();
    }

    private interface Sentence {
        String of(Recorded last);
    }

    private void past(Happening what, Reason reason, Sentence sentence) {
        past(evidence.of(what), reason, sentence);
    }

    private void past(List<Recorded> events, Reason reason, Sentence sentence) {
        if (!events.isEmpty()) {
            Recorded last = events.getLast();
            long count = events.stream().mapToLong(Recorded::standsFor).sum();
            past.add(new Timed(
                    new Finding(
                            reason,
                            sentence.of(last),
                            count,
                            Optional.of(instants.apply(events.getFirst().nanos())),
                            Optional.of(instants.apply(last.nanos()))),
                    last.nanos()));
        }
    }

    private String delivered(Recorded last) {
        boolean acknowledged = last.qos() != QoS.AT_MOST_ONCE
                && session.isPresent()
                && !session.get().inFlightIds().contains(last.packetId())
                && !session.get().inFlightUnknownIds().contains(last.packetId());
        String how = last.qos() == QoS.AT_MOST_ONCE
                ? "at QoS 0"
                : "at QoS " + last.qos().value() + " as packet " + last.packetId()
                        + (acknowledged ? ", and it has acknowledged that" : "");
        return "sent to " + client + " " + how + "; published by " + name(last.other());
    }

    private void shared() {
        List<String> groups = session.stream()
                .flatMap(now -> now.matching().stream())
                .filter(Sub::shared)
                .map(Sub::filter)
                .toList();
        List<Recorded> others = evidence.of(Happening.GROUP_CHOSE).stream()
                .filter(event ->
                        groups.contains(event.other()) && !event.client().equals(client))
                .toList();
        past(
                others,
                Reason.SHARED_GROUP,
                last -> "the shared group " + last.other() + " gave it to " + last.client()
                        + (others.stream().map(Recorded::client).distinct().count() > 1 ? " and others" : ""));
    }

    private Finding publications(Recorded last) {
        List<Recorded> all = evidence.events().stream()
                .filter(event -> TAKEN.contains(event.what()))
                .toList();
        String nobody = last.what() == Happening.NOBODY ? ", and no subscription matched then" : "";
        return new Finding(
                Reason.PUBLISHED,
                "published by " + name(last.client()) + nobody,
                all.stream().mapToLong(Recorded::standsFor).sum(),
                Optional.of(instants.apply(all.getFirst().nanos())),
                Optional.of(instants.apply(last.nanos())));
    }

    // ---- nothing is known of the client and the last message

    /** Whether all that is known was before the last message, and its absence means something. */
    private boolean nothingIsKnownOf(@Nullable Recorded published) {
        if (past.isEmpty()) {
            return true;
        }
        return published != null
                && past.stream().allMatch(each -> published.nanos() - each.nanos > CLOCKS_APART_NANOS)
                && (subscribedAfter(published) != null || evidence.oneIn(Lane.DELIVERED, Lane.LOST) == 1);
    }

    private @Nullable Recorded subscribedAfter(Recorded published) {
        Recorded subscribed = evidence.last(EnumSet.of(Happening.SUBSCRIBED), this::concerns);
        return subscribed != null && subscribed.nanos() - published.nanos() > 0 ? subscribed : null;
    }

    private Finding unknown(@Nullable Recorded published) {
        if (published == null) {
            return nothingPublished();
        }
        Recorded subscribed = subscribedAfter(published);
        if (subscribed != null) {
            return now(
                    Reason.SUBSCRIBED_LATER,
                    client + " subscribed to " + subscribed.topic() + " only after the last message was published",
                    0);
        }
        int oneIn = evidence.oneIn(Lane.DELIVERED, Lane.LOST);
        return now(
                Reason.UNCLEAR,
                oneIn > 1
                        ? "so much is going on that only one in " + oneIn
                                + " messages is recorded, and none of those that were says more"
                        : "it was published, and " + client + " is subscribed; nothing else is known",
                0);
    }

    private Finding nothingPublished() {
        int oneIn = evidence.oneIn(Lane.PUBLISHED);
        return oneIn > 1
                ? now(Reason.UNCLEAR, "no message to " + topic + " was recorded, but only one in " + oneIn + " is", 0)
                : now(Reason.NOTHING_PUBLISHED, "nothing was published to " + topic + " in this time", 0);
    }

    private static Finding now(Reason reason, String sentence, long count) {
        return new Finding(reason, sentence, count, Optional.empty(), Optional.empty());
    }

    private static String name(String publisher) {
        return publisher.isEmpty() ? "the broker itself" : publisher;
    }

    private static String list(List<Integer> ids) {
        return ids.stream().limit(10).map(String::valueOf).collect(Collectors.joining(", "))
                + (ids.size() > 10 ? ", ..." : "");
    }
}
