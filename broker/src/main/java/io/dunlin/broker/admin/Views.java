package io.dunlin.broker.admin;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.routing.TopicSnapshot;
import io.dunlin.broker.session.Core;
import io.dunlin.broker.session.Inspector;
import io.dunlin.broker.session.Lag;
import io.dunlin.broker.session.Messenger;
import io.dunlin.broker.session.Session;
import io.dunlin.broker.session.SessionFigures;
import io.dunlin.broker.session.WaitingMessage;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicLevel;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What there is in the running core, for administrators. Lists are made from what sessions show of themselves: the shards hear
 * nothing of it, however many sessions there are. What only a shard knows is asked for in one letter for each shard, about as many
 * sessions as a page has. Thread: any; where an answer is a stage, not one that the shards must wait for.
 */
public final class Views {
    private static final int RETAINED_AT_ONCE = 1_000;

    private final Core core;
    private final Inspector inspector;
    private final Messenger messenger;

    public Views(Core core) {
        this.core = core;
        this.inspector = new Inspector(core);
        this.messenger = new Messenger(core);
    }

    /** The sessions that the filter wants, with and without a connection, in order. */
    public Page<SessionView> sessions(
            Predicate<SessionView> filter, Comparator<SessionView> order, Page.Wanted wanted) {
        return Page.of(
                action -> {
                    for (Session session : core.registry().all()) {
                        action.accept(new SessionView(session));
                    }
                },
                filter,
                order,
                wanted);
    }

    /** The session in which a message waits longest, in its queue; empty where nothing waits. Looks at all sessions. */
    public Optional<SessionView> longestWaiting() {
        long now = nanos();
        long longest = 0;
        @Nullable Session of = null;
        for (Session session : core.registry().all()) {
            long waits = Lag.queuedNanos(session, now);
            if (waits > longest) {
                longest = waits;
                of = session;
            }
        }
        return Optional.ofNullable(of).map(SessionView::new);
    }

    /**
     * The sessions that outlive their connections, and what is in them.
     *
     * @param queued messages, in flight included
     */
    public record Lasting(long sessions, long subscriptions, long queued) {}

    /** Looks at all sessions. */
    public Lasting lasting() {
        long sessions = 0;
        long subscriptions = 0;
        long queued = 0;
        for (Session session : core.registry().all()) {
            SessionView view = new SessionView(session);
            if (view.isLasting()) {
                SessionFigures figures = view.glance();
                sessions++;
                subscriptions += figures.subscriptions();
                queued += (long) figures.queued() + figures.inFlight();
            }
        }
        return new Lasting(sessions, subscriptions, queued);
    }

    /** The session of a client; empty where there is none. */
    public Optional<SessionView> session(String clientId) {
        return core.registry().session(clientId).map(SessionView::new);
    }

    /** The figures of these sessions by client id; without those that have ended meanwhile. */
    public CompletionStage<Map<String, SessionFigures>> figures(Collection<String> clientIds) {
        return inspector.figures(clientIds);
    }

    /** The subscriptions of a session; empty where there is no such session. */
    public CompletionStage<Optional<List<Subscription>>> subscriptions(String clientId) {
        return inspector.subscriptions(clientId);
    }

    /**
     * What was sent to a client and not finished by it; empty where there is no such session.
     *
     * @param part up to {@link Inspector#MESSAGES_MAX} messages
     * @param payloadBytesMax of each payload
     */
    public CompletionStage<Optional<List<WaitingMessage>>> inFlight(
            String clientId, Page.Wanted part, int payloadBytesMax) {
        return inspector.inFlight(clientId, skip(part), part.limit(), payloadBytesMax);
    }

    /** What waits for a client, oldest first; as {@link #inFlight}. */
    public CompletionStage<Optional<List<WaitingMessage>>> queued(
            String clientId, Page.Wanted part, int payloadBytesMax) {
        return inspector.queued(clientId, skip(part), part.limit(), payloadBytesMax);
    }

    /**
     * Subscriptions of all sessions.
     *
     * @param matching only those that a message of this topic goes to
     */
    public Page<Subscription> subscriptions(
            Optional<TopicName> matching,
            Predicate<Subscription> filter,
            Comparator<Subscription> order,
            Page.Wanted wanted) {
        return Page.of(
                action -> matching.ifPresentOrElse(
                        topic -> core.index().forEachMatching(topic, action),
                        () -> core.index().forEach(action)),
                filter,
                order,
                wanted);
    }

    /** The retained messages that a topic filter matches and the other filter wants, in order. */
    public Page<Message> retained(
            TopicFilter topics, Predicate<Message> filter, Comparator<Message> order, Page.Wanted wanted) {
        return Page.of(action -> eachRetained(topics, action), filter, order, wanted);
    }

    /** How many retained messages a filter matches, and what they count for in limits. */
    public RetainedStore.Counts countRetained(TopicFilter topics) {
        int[] messages = new int[1];
        long[] bytes = new long[1];
        eachRetained(topics, message -> {
            messages[0]++;
            bytes[0] += message.weight();
        });
        return new RetainedStore.Counts(messages[0], bytes[0]);
    }

    private void eachRetained(TopicFilter topics, Consumer<Message> action) {
        RetainedStore.Cursor cursor = core.retained().cursor(topics);
        long now = nanos();
        boolean more = true;
        while (more) {
            more = cursor.next(RETAINED_AT_ONCE, now, action);
        }
    }

    /** As {@link RetainedStore#forEachLevel}. */
    public void retainedLevels(String[] above, Consumer<TopicLevel<Message>> action) {
        core.retained().forEachLevel(above, action);
    }

    /** The retained message of one topic; empty where there is none. */
    public Optional<Message> retained(TopicName topic) {
        return Optional.ofNullable(core.retained().get(topic, nanos()));
    }

    /** The broker's clock, in which messages expire. */
    public long nanos() {
        return core.shards().getFirst().shard().clock().nanos();
    }

    /** As {@link Messenger#removeRetained}. */
    public CompletionStage<Integer> removeRetained(TopicFilter topics) {
        return messenger.removeRetained(topics);
    }

    /** As {@link Messenger#publish}. */
    public CompletionStage<Messenger.Sent> publish(Messenger.Letter letter) {
        return messenger.publish(letter);
    }

    /**
     * The topics that the shards remember. To be added up by {@link TopicSnapshot#addTo} on the caller's thread.
     *
     * @param keepValuesNanos for so long the last message of each topic is kept, too
     */
    public CompletionStage<List<TopicSnapshot>> topics(long keepValuesNanos) {
        return inspector.topics(keepValuesNanos);
    }

    /** All shared groups, in no particular order. */
    public List<SharedGroup> sharedGroups() {
        List<SharedGroup> all = new ArrayList<>();
        core.index().forEachGroup(all::add);
        return all;
    }

    /** The connections of a listener at this moment, with those that have not logged in yet; 0 for one that is not known. */
    public long connections(String listener) {
        return core.connections(listener);
    }

    /** As {@link Inspector#subscribe}. */
    public CompletionStage<Optional<ReasonCode>> subscribe(String clientId, SubscriptionRequest request) {
        return inspector.subscribe(clientId, request);
    }

    /** As {@link Inspector#unsubscribe}. */
    public CompletionStage<Optional<Boolean>> unsubscribe(String clientId, String filter) {
        return inspector.unsubscribe(clientId, filter);
    }

    private static int skip(Page.Wanted part) {
        return (int) Math.min((part.page() - 1L) * part.limit(), Integer.MAX_VALUE);
    }

    /**
     * Ends a session for good, and its connection where it has one.
     *
     * @param message for the client and the log
     * @return true where there was one; done when that is stored
     */
    public CompletionStage<Boolean> clear(String clientId, String message) {
        return inspector.clear(clientId, message);
    }
}
