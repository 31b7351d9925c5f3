package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Authorizer.Answer;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.BrokerOptions.Features;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.routing.SubscriptionIndex;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one session, and how SUBSCRIBE and UNSUBSCRIBE change them. Thread: the shard. */
final class Subscriptions {
    private final Session session;
    private @Nullable Map<TopicFilter, Subscription> byFilter; // from the first subscription on
    private @Nullable Set<TopicFilter> inPart; // those with messages that the client may not receive

    Subscriptions(Session session) {
        this.session = session;
    }

    int count() {
        Map<TopicFilter, Subscription> mine = byFilter;
        return mine == null ? 0 : mine.size();
    }

    void onSubscribe(Subscribe subscribe) {
        Features features = session.context().core().options().features();
        int id = (int) subscribe.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0);
        if (id != 0 && !features.subscriptionIdentifiers()) {
            throw new ProtocolError(
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, "subscription identifiers are switched off");
        }
        List<Asked> asked = new ArrayList<>(subscribe.subscriptions().size());
        long rights = session.standing().permissions().version();
        boolean open = false;
        for (SubscriptionRequest request : subscribe.subscriptions()) {
            Asked each = ask(request, features);
            asked.add(each);
            open |= each.answer instanceof Pending;
        }
        if (open) {
            whenAllowed(subscribe, asked, id, rights);
        } else {
            answer(subscribe, asked, id);
        }
    }

    private Asked ask(SubscriptionRequest request, Features features) {
        TopicFilter filter;
        try {
            filter = TopicFilter.of(request.filter());
        } catch (InvalidTopic invalid) {
            Link link = session.link();
            if (link != null && link.version() == ProtocolVersion.V3_1) { // its SUBACK knows no failure
                throw new ProtocolError(ReasonCode.TOPIC_FILTER_INVALID, String.valueOf(invalid.getMessage()));
            }
            return new Asked(request, null, ReasonCode.TOPIC_FILTER_INVALID, Verdict.DENIED);
        }
        if (filter.isShared() && request.noLocal()) { // [MQTT-3.8.3-4]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a shared subscription cannot have No Local");
        }
        ReasonCode refusal = refusal(filter, features);
        if (refusal != null) {
            return new Asked(request, null, refusal, Verdict.DENIED);
        }
        return new Asked(
                request,
                filter,
                ReasonCode.NOT_AUTHORIZED,
                session.standing().permissions().subscribe(request.maxQos(), filter.filter()));
    }

    private @Nullable ReasonCode refusal(TopicFilter filter, Features features) {
        if (filter.isShared() && !features.sharedSubscriptions()) {
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (filter.hasWildcard() && !features.wildcardSubscriptions()) {
            return ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        int levels = filter.levels().length;
        if (levels > session.context().core().options().messages().topicLevelsMax()) {
            limited(ClientLimit.TOPIC_LEVELS, "a filter of " + levels + " levels is refused");
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        int depth = session.context().core().options().abuse().wildcardDepthMin();
        if (depth > 0 && filter.hasWildcard() && depthOf(filter) < depth) {
            limited(
                    ClientLimit.WILDCARD_DEPTH,
                    "the filter " + filter + " is refused: before a wildcard stand at least " + depth + " levels");
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        return null;
    }

    /** Levels before the first wildcard. */
    private static int depthOf(TopicFilter filter) {
        String[] levels = filter.levels();
        int depth = 0;
        while (depth < levels.length && !levels[depth].equals("+") && !levels[depth].equals("#")) {
            depth++;
        }
        return depth;
    }

    private void limited(ClientLimit limit, String message) {
        Link link = session.link();
        if (link != null) {
            link.limited(limit, message);
        }
    }

    private void whenAllowed(Subscribe subscribe, List<Asked> asked, int id, long rights) {
        Link link = session.link();
        if (link == null) {
            return;
        }
        link.pause();
        CompletableFuture<?>[] answers = asked.stream()
                .map(each ->
                        stage(each.answer).handle((verdict, failure) -> verdict).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(answers)
                .whenComplete((done, failure) -> session.shard().execute("an authorization", () -> {
                    try {
                        if (session.link() == link) {
                            if (rights == session.standing().permissions().version()) {
                                answer(subscribe, asked, id);
                            } else { // the answers are those of rights that hold no longer
                                onSubscribe(subscribe);
                            }
                        }
                    } finally {
                        link.resume();
                    }
                }));
    }

    /** All filters are judged: subscribes, and says so once that is stored [MQTT-3.8.4-1] [MQTT-3.8.4-5]. */
    private void answer(Subscribe subscribe, List<Asked> asked, int id) {
        List<ReasonCode> reasons = new ArrayList<>(asked.size());
        List<Subscription> feeding = new ArrayList<>();
        long position = Journal.NOTHING;
        for (Asked each : asked) { // [MQTT-3.8.4-6] [MQTT-3.9.3-1]
            position = Math.max(position, take(each, id, reasons, feeding));
        }
        Suback suback = new Suback(subscribe.packetId(), why(asked, reasons), reasons); // [MQTT-3.8.4-2] [MQTT-2.2.1-6]
        say(suback, position, feeding);
    }

    /** One filter that is judged; returns the journal position that has it. */
    private long take(Asked asked, int id, List<ReasonCode> reasons, List<Subscription> feeding) {
        TopicFilter filter = asked.filter;
        Verdict verdict = asked.verdict();
        if (filter == null || !verdict.allowed()) {
            refused(asked);
            note(Happening.SUBSCRIBE_REFUSED, asked.request.filter(), asked.refusal.text());
            reasons.add(asked.refusal);
            return Journal.NOTHING;
        }
        if (isFull(filter)) {
            limited(ClientLimit.SUBSCRIPTIONS, "the subscription to " + filter + " is refused: there are too many");
            note(Happening.SUBSCRIBE_REFUSED, filter.text(), "there are too many subscriptions");
            reasons.add(ReasonCode.QUOTA_EXCEEDED);
            return Journal.NOTHING;
        }
        QoS granted = asked.request
                .maxQos()
                .atMost(session.context().core().options().features().maximumQos());
        SubscriptionRequest options = new SubscriptionRequest( // [MQTT-3.2.2-10]
                asked.request.filter(),
                granted,
                asked.request.noLocal(),
                asked.request.retainAsPublished(),
                asked.request.retainHandling());
        boolean isNew = put(new Subscription(session, filter, options, id), feeding);
        note(filter, verdict);
        long position = session.isDurable()
                ? session.append(new JournalRecord.Subscribed(session.clientId(), options, id))
                : Journal.NOTHING;
        note(Happening.SUBSCRIBED, filter.text(), "QoS " + granted.value());
        reasons.add(ReasonCode.granted(granted)); // [MQTT-3.8.4-7]
        if (isNew) {
            session.context().core().events().subscribed(session.principal(), filter.text(), granted);
        }
        return position;
    }

    /**
     * An administrator subscribes for the client, with the client's rights; the client is not told, and gets what is retained.
     *
     * @return what a SUBACK would say, once that is stored
     */
    CompletionStage<ReasonCode> subscribe(SubscriptionRequest request) {
        Link link = session.link();
        long rights = session.standing().permissions().version();
        Asked asked;
        try {
            asked = ask(request, session.context().core().options().features());
        } catch (ProtocolError e) {
            return CompletableFuture.completedStage(e.reason());
        }
        CompletableFuture<ReasonCode> done = new CompletableFuture<>();
        stage(asked.answer)
                .whenComplete((verdict, failure) -> session.shard().execute("a subscription", () -> {
                    if (link == null || session.link() != link) {
                        done.complete(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
                        return;
                    }
                    if (rights
                            != session.standing()
                                    .permissions()
                                    .version()) { // the answer is of rights that hold no longer
                        subscribe(request).thenAccept(done::complete);
                        return;
                    }
                    List<ReasonCode> reasons = new ArrayList<>();
                    List<Subscription> feeding = new ArrayList<>();
                    long position = take(asked, 0, reasons, feeding);
                    once(position, () -> {
                        if (session.link() == link) {
                            feed(feeding);
                        }
                        done.complete(reasons.getFirst());
                    });
                }));
        return done;
    }

    /** An administrator takes a subscription out: true once that is stored, false where there is none to this filter. */
    CompletableFuture<Boolean> unsubscribe(String text) {
        Subscription mine = byFilter == null || !isFilter(text) ? null : byFilter.get(TopicFilter.of(text));
        if (mine == null) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        once(drop(mine, "an administrator took it out", session.durability()), () -> done.complete(true));
        return done;
    }

    private void note(Happening what, String filter, String why) {
        session.shard().recorder().note(what, session.clientId(), filter, why);
    }

    private void refused(Asked asked) {
        TopicFilter filter = asked.filter;
        if (filter != null) {
            session.context()
                    .core()
                    .events()
                    .denied(session.principal(), Authorizer.Action.subscribe(asked.request.maxQos()), filter.text());
        }
    }

    /** Whether any message may come that the client may not receive, though its subscription matches. */
    boolean isInPart() {
        return inPart != null;
    }

    /** What was said of a filter that is allowed: whether in part, and until when. */
    private void note(TopicFilter filter, Verdict verdict) {
        Set<TopicFilter> parts = inPart;
        if (!verdict.whole()) {
            parts = parts == null ? new HashSet<>(2) : parts;
            parts.add(filter);
            inPart = parts;
        } else if (parts != null) {
            parts.remove(filter);
            inPart = parts.isEmpty() ? null : parts;
        }
        Subscription subscription = byFilter == null ? null : byFilter.get(filter);
        if (subscription != null) {
            subscription.inPart(!verdict.whole());
        }
        if (verdict.goodUntilNanos() != Verdict.FOREVER) {
            session.standing().askAgainAt(verdict.goodUntilNanos());
        }
    }

    /**
     * Asks about every subscription again, and takes out those that are not allowed any more. One that somebody else has to be asked
     * about stays until the answer is there, but each of its messages is asked about from now on.
     *
     * @return the filters taken out at once
     */
    List<String> review() {
        Map<TopicFilter, Subscription> mine = byFilter;
        if (mine == null) {
            return List.of();
        }
        List<String> lost = new ArrayList<>();
        for (Subscription each : List.copyOf(mine.values())) {
            QoS qos = each.options().maxQos();
            switch (session.standing()
                    .permissions()
                    .subscribe(qos, each.filter().filter())) {
                case Verdict verdict -> {
                    if (verdict.allowed()) {
                        note(each.filter(), verdict);
                    } else {
                        lost.add(revoke(each));
                    }
                }
                case Pending pending -> {
                    note(each.filter(), Verdict.ALLOWED_IN_PART);
                    reviewed(each, pending);
                }
            }
        }
        return lost;
    }

    private void reviewed(Subscription subscription, Pending pending) {
        long rights = session.standing().permissions().version();
        Link link = session.link();
        pending.verdict()
                .whenComplete((verdict, failure) -> session.shard().execute("a review of rights", () -> {
                    Map<TopicFilter, Subscription> mine = byFilter;
                    boolean gone = mine == null || mine.get(subscription.filter()) != subscription;
                    if (gone || rights != session.standing().permissions().version()) { // the next review asks again
                        return;
                    }
                    if (verdict != null && verdict.allowed()) {
                        note(subscription.filter(), verdict);
                        return;
                    }
                    String lost = revoke(subscription);
                    if (link != null && session.link() == link) {
                        session.standing().tellLost(lost);
                    }
                }));
    }

    private String revoke(Subscription subscription) {
        String text = subscription.filter().text();
        session.context()
                .core()
                .events()
                .denied(
                        session.principal(),
                        Authorizer.Action.subscribe(subscription.options().maxQos()),
                        text);
        drop(subscription, "it is no longer authorized", Durability.MEMORY);
        return text;
    }

    /** Takes one out; returns the journal position that has it. */
    private long drop(Subscription subscription, String why, Durability wanted) {
        String text = subscription.filter().text();
        remove(text);
        session.context().core().events().unsubscribed(session.principal(), text);
        note(Happening.UNSUBSCRIBED, text, why);
        return session.isDurable()
                ? session.append(new JournalRecord.Unsubscribed(session.clientId(), text), wanted)
                : Journal.NOTHING;
    }

    /** Which filter failed first, and why. */
    private static Properties why(List<Asked> asked, List<ReasonCode> reasons) {
        for (int i = 0; i < reasons.size(); i++) {
            if (reasons.get(i).isError()) {
                String filter = asked.get(i).request.filter();
                return ReasonString.of(reasons.get(i).text() + ": " + filter);
            }
        }
        return Properties.NONE;
    }

    private boolean isFull(TopicFilter filter) {
        Map<TopicFilter, Subscription> mine = byFilter;
        if (mine != null && mine.containsKey(filter)) {
            return false;
        }
        Core core = session.context().core();
        return mine != null && mine.size() >= core.options().sessions().subscriptionsMax()
                || core.index().subscriptions() >= core.options().abuse().subscriptionsInAllMax();
    }

    /** @return whether there was none for this filter before */
    private boolean put(Subscription subscription, List<Subscription> feeding) {
        Map<TopicFilter, Subscription> mine = byFilter;
        if (mine == null) {
            mine = new HashMap<>(2);
            byFilter = mine;
        }
        boolean isNew = mine.put(subscription.filter(), subscription) == null; // [MQTT-3.8.4-3]
        session.context().core().index().add(subscription, isNew);
        boolean wanted =
                switch (subscription.retainHandling()) { // [MQTT-3.8.4-4]
                    case SEND -> true; // [MQTT-3.3.1-9]
                    case SEND_IF_NEW -> isNew; // [MQTT-3.3.1-10]
                    case DO_NOT_SEND -> false; // [MQTT-3.3.1-11]
                };
        if (wanted && !subscription.filter().isShared()) {
            feeding.add(subscription);
        }
        return isNew;
    }

    private void say(Packet answer, long position, List<Subscription> feeding) {
        Link link = session.link();
        once(position, () -> {
            if (session.link() == link) {
                session.send(answer);
                feed(feeding);
            }
        });
    }

    /** Gives an answer once the position is stored: now, if it is. */
    private void once(long position, Runnable answer) {
        if (session.answersAtOnce(position)) {
            answer.run();
        } else {
            session.whenStored(position, answer);
        }
    }

    private void feed(List<Subscription> feeding) {
        for (Subscription subscription : feeding) {
            session.outgoing().feed(session.context().core().retained().cursor(subscription.filter()), subscription);
        }
    }

    void onUnsubscribe(Unsubscribe unsubscribe) { // [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6]
        List<ReasonCode> reasons = new ArrayList<>(unsubscribe.filters().size());
        long position = Journal.NOTHING;
        for (String text : unsubscribe.filters()) { // [MQTT-3.11.3-1]
            Subscription removed = remove(text);
            if (removed == null) {
                reasons.add(isFilter(text) ? ReasonCode.NO_SUBSCRIPTION_EXISTED : ReasonCode.TOPIC_FILTER_INVALID);
                continue;
            }
            reasons.add(ReasonCode.SUCCESS);
            note(Happening.UNSUBSCRIBED, text, "the client asked for it");
            session.context().core().events().unsubscribed(session.principal(), text);
            if (session.isDurable()) {
                position = Math.max(position, session.append(new JournalRecord.Unsubscribed(session.clientId(), text)));
            }
        }
        say(new Unsuback(unsubscribe.packetId(), Properties.NONE, reasons), position, List.of());
    }

    // [MQTT-3.10.4-1] [MQTT-3.10.4-2]: what is queued already is delivered [MQTT-3.10.4-3]
    private @Nullable Subscription remove(String text) {
        Map<TopicFilter, Subscription> mine = byFilter;
        if (mine == null || !isFilter(text)) {
            return null;
        }
        session.context().router().deliverGathered(); // what came before
        Subscription removed = mine.remove(TopicFilter.of(text));
        if (removed != null) {
            session.context().core().index().remove(removed);
            session.outgoing().unsubscribed(removed);
            note(removed.filter(), Verdict.ALLOWED);
        }
        return removed;
    }

    private static boolean isFilter(String text) {
        try {
            TopicFilter.of(text);
            return true;
        } catch (InvalidTopic invalid) { // the answer is the reason code
            return false;
        }
    }

    /** All of them. */
    List<Subscription> all() {
        return byFilter == null ? List.of() : List.copyOf(byFilter.values());
    }

    /** What outlives the process. */
    List<SessionState.Subscribed> state() {
        List<SessionState.Subscribed> state = new ArrayList<>();
        if (byFilter != null) {
            byFilter.values().forEach(each -> state.add(new SessionState.Subscribed(each.options(), each.id())));
        }
        return state;
    }

    /** Takes in what an earlier run left; what was retained then has been sent. */
    void restore(List<SessionState.Subscribed> state) {
        for (SessionState.Subscribed each : state) {
            TopicFilter filter = TopicFilter.of(each.request().filter());
            put(new Subscription(session, filter, each.request(), each.subscriptionId()), new ArrayList<>());
            note(filter, Verdict.ALLOWED_IN_PART); // until the client is back and its rights are known
        }
    }

    /** The session is over. */
    void end() {
        Map<TopicFilter, Subscription> mine = byFilter;
        if (mine != null) {
            SubscriptionIndex index = session.context().core().index();
            mine.values().forEach(index::remove);
            byFilter = null;
            inPart = null;
        }
    }

    private static CompletionStage<Verdict> stage(Answer answer) {
        return switch (answer) {
            case Verdict verdict -> CompletableFuture.completedStage(verdict);
            case Pending pending -> pending.verdict();
        };
    }

    /** One filter of a SUBSCRIBE; {@code filter} is null where it was refused without asking. */
    private record Asked(
            SubscriptionRequest request, @Nullable TopicFilter filter, ReasonCode refusal, Answer answer) {

        /** Only once the stage is done. */
        Verdict verdict() {
            CompletableFuture<Verdict> done = stage(answer).toCompletableFuture();
            return done.isDone() && !done.isCompletedExceptionally() && done.join() != null
                    ? done.join()
                    : Verdict.DENIED;
        }
    }
}
