package io.dunlin.server.control;

import io.dunlin.broker.Broker;
import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.session.SessionFigures;
import io.dunlin.broker.session.WaitingMessage;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.security.audit.Actor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** The clients of a running broker, their sessions and subscriptions. Thread: any but the shards; waits for them. */
public final class Clients {
    private static final long PATIENCE_SECONDS = 10;
    private static final int PAYLOAD_BYTES = 1_024;
    private static final int PAYLOAD_BYTES_MAX = 1 << 20;
    private static final int MESSAGES_MAX = 100;
    private static final int NO_QOS = -1;
    private static final int KICKED_AT_ONCE_MAX = 1_000;
    private static final String KICKED = "an administrator ended the connection";
    private static final String CLEARED = "an administrator ended the session";

    private final Broker broker;
    private final Views views;
    private final Changes changes;

    public Clients(Broker broker, Changes changes) {
        this.broker = broker;
        this.views = broker.views();
        this.changes = changes;
    }

    /** Adds the commands {@code clients.*}, {@code sessions.*} and {@code subscriptions.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("clients.list", request -> list(request, view -> true))
                .add("clients.show", request -> show(id(request)))
                .add("clients.subscriptions", this::subscriptionsOf)
                .add(
                        "clients.inflight_messages",
                        request -> messages(
                                request,
                                SessionFigures::inFlight,
                                (id, part, bytes) -> views.inFlight(id, part, bytes)))
                .add(
                        "clients.mqueue_messages",
                        request -> messages(
                                request, SessionFigures::queued, (id, part, bytes) -> views.queued(id, part, bytes)))
                .add("clients.kick", request -> kick(request.who(), id(request)))
                .add("clients.kick_bulk", request -> kickAll(request.who(), request.texts("clientids")))
                .add("clients.subscribe", this::subscribe)
                .add("clients.unsubscribe", this::unsubscribe)
                .add("sessions.list", request -> list(request, SessionView::isLasting))
                .add("sessions.clear", request -> clear(request.who(), id(request)))
                .add("subscriptions.list", this::subscriptions);
    }

    private static String id(Request request) {
        return request.optional("client").orElseGet(() -> request.text("clientid"));
    }

    // ---- lists

    private Listed<SessionRow> list(Request request, Predicate<SessionView> which) {
        Page.Wanted wanted = Listed.wanted(request);
        Page<SessionView> page = views.sessions(
                SessionFilter.of(request).and(which),
                Listed.order(request, SessionRow.orders(), SessionRow.BY_ID),
                wanted);
        Map<String, SessionFigures> figures = figures(page.rows());
        return Listed.of(page, wanted, view -> row(view, figures));
    }

    private static SessionRow row(SessionView view, Map<String, SessionFigures> figures) {
        SessionFigures known = figures.get(view.clientId());
        return SessionRow.of(view, known == null ? view.glance() : known);
    }

    /** Of a shard that does not come round, nothing: then what was seen from outside has to do. */
    private Map<String, SessionFigures> figures(List<SessionView> page) {
        try {
            return views.figures(page.stream().map(SessionView::clientId).toList())
                    .toCompletableFuture()
                    .get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("the broker is stopping");
        } catch (TimeoutException e) {
            return Map.of();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Those that are connected, at most so many, by client id. */
    public List<SessionView> connected(int max) {
        return views.sessions(view -> view.card().connected(), SessionRow.BY_ID, new Page.Wanted(1, max))
                .rows();
    }

    /** @throws CommandFailed where it is not connected */
    public SessionView find(String clientId) {
        return views.session(clientId)
                .filter(view -> view.card().connected())
                .orElseThrow(() -> CommandFailed.notFound("no client " + clientId + " is connected"));
    }

    /** Where a client comes from, without its port. */
    public static String address(SessionView view) {
        return SessionRow.address(view.card());
    }

    private SessionRow show(String clientId) {
        SessionView view = views.session(clientId).orElseThrow(() -> noSession(clientId));
        return row(view, figures(List.of(view)));
    }

    private static CommandFailed noSession(String clientId) {
        return CommandFailed.notFound("there is no client " + clientId
                + ", connected or not: dunlin clients list --state all says which there are");
    }

    // ---- one session

    private Listed<SubscriptionRow> subscriptionsOf(Request request) {
        String clientId = id(request);
        List<Subscription> all = await(views.subscriptions(clientId)).orElseThrow(() -> noSession(clientId));
        Page.Wanted wanted = Listed.wanted(request);
        Page<Subscription> page = Page.of(
                all::forEach,
                each -> true,
                Listed.order(request, SubscriptionRow.ORDERS, SubscriptionRow.BY_ID),
                wanted);
        return Listed.of(page, wanted, SubscriptionRow::of);
    }

    @FunctionalInterface
    private interface Looking {
        CompletionStage<Optional<List<WaitingMessage>>> at(String clientId, Page.Wanted part, int payloadBytesMax);
    }

    private Listed<MessageRow> messages(Request request, ToIntFunction<SessionFigures> size, Looking looking) {
        String clientId = id(request);
        Listed.refuseSort(request, "in which the messages go out");
        Page.Wanted asked = Listed.wanted(request);
        Page.Wanted part = new Page.Wanted(asked.page(), Math.min(asked.limit(), MESSAGES_MAX));
        int bytes = request.payloadBytes(PAYLOAD_BYTES, PAYLOAD_BYTES_MAX);
        List<WaitingMessage> messages = await(looking.at(clientId, part, bytes)).orElseThrow(() -> noSession(clientId));
        long count = views.session(clientId)
                .map(view -> size.applyAsInt(view.glance()))
                .orElse(0);
        return Listed.of(new Page<>(messages, count), part, MessageRow::of);
    }

    private Listed<SubscriptionRow> subscriptions(Request request) {
        if (request.optional("clientid").isPresent()) {
            return subscriptionsOf(request);
        }
        Predicate<Subscription> filter = each -> true;
        Optional<String> topic = request.optional("topic");
        if (topic.isPresent()) {
            filter = filter.and(each -> each.filter().text().equals(topic.get()));
        }
        Optional<String> like = request.optional("like_topic");
        if (like.isPresent()) {
            filter = filter.and(each -> each.filter().text().contains(like.get()));
        }
        Optional<String> group = request.optional("share_group");
        if (group.isPresent()) {
            filter = filter.and(each -> group.get().equals(each.filter().shareName()));
        }
        int qos = request.number("qos", NO_QOS) == NO_QOS ? NO_QOS : request.number("qos", 0, 0, 2);
        if (qos != NO_QOS) {
            filter = filter.and(each -> each.qos().value() == qos);
        }
        Page.Wanted wanted = Listed.wanted(request);
        Page<Subscription> page = views.subscriptions(
                request.optional("match_topic").map(Clients::topic),
                filter,
                Listed.order(request, SubscriptionRow.ORDERS, SubscriptionRow.BY_ID),
                wanted);
        return Listed.of(page, wanted, SubscriptionRow::of);
    }

    static TopicName topic(String text) {
        try {
            return TopicName.of(text);
        } catch (InvalidTopic e) {
            throw new CommandFailed(text + " is no topic: " + e.getMessage());
        }
    }

    // ---- changes

    /** What became of a client. */
    public record Kicked(String clientid) {}

    /** What became of several; {@code failed} were not connected. */
    public record AllKicked(List<String> kicked, List<String> failed) {}

    /**
     * Ends the connection of a client; it may come again.
     *
     * @throws CommandFailed where it is not connected
     */
    public Kicked kick(Actor who, String clientId) {
        return changes.change(who, "client.kicked", Map.of("client", clientId), () -> {
            if (!await(broker.disconnect(clientId, ReasonCode.ADMINISTRATIVE_ACTION, KICKED))) {
                throw CommandFailed.notFound("no client " + clientId + " is connected");
            }
            return new Kicked(clientId);
        });
    }

    private AllKicked kickAll(Actor who, List<String> clientIds) {
        Set<String> all = new LinkedHashSet<>(clientIds);
        if (all.isEmpty() || all.size() > KICKED_AT_ONCE_MAX) {
            throw new CommandFailed("clients.kick_bulk needs clientids: a list of 1 to " + KICKED_AT_ONCE_MAX);
        }
        return changes.change(who, "clients.kicked", Map.of("clients", List.copyOf(all)), () -> {
            List<String> kicked = new ArrayList<>();
            List<String> failed = new ArrayList<>();
            for (String clientId : all) {
                boolean done = await(broker.disconnect(clientId, ReasonCode.ADMINISTRATIVE_ACTION, KICKED));
                (done ? kicked : failed).add(clientId);
            }
            return new AllKicked(kicked, failed);
        });
    }

    private Kicked clear(Actor who, String clientId) {
        return changes.change(who, "session.cleared", Map.of("client", clientId), () -> {
            if (!await(views.clear(clientId, CLEARED))) {
                throw noSession(clientId);
            }
            return new Kicked(clientId);
        });
    }

    /** A subscription that was made or taken out for a client. */
    public record Subscribed(String clientid, String topic, int qos) {}

    private Subscribed subscribe(Request request) {
        String clientId = id(request);
        String topic = request.text("topic");
        SubscriptionRequest wanted = new SubscriptionRequest(
                topic,
                QoS.values()[request.number("qos", 0, 0, 2)],
                request.flag("nl"),
                request.flag("rap"),
                RetainHandling.values()[request.number("rh", 0, 0, 2)]);
        return changes.change(request.who(), "client.subscribed", Map.of("client", clientId, "topic", topic), () -> {
            find(clientId);
            ReasonCode reason = awaitStored(views.subscribe(clientId, wanted)).orElseThrow(() -> noSession(clientId));
            if (reason.isError()) {
                throw new CommandFailed("client " + clientId + " cannot subscribe to " + topic + ": " + reason.text());
            }
            return new Subscribed(clientId, topic, reason.value());
        });
    }

    private Subscribed unsubscribe(Request request) {
        String clientId = id(request);
        String topic = request.text("topic");
        return changes.change(request.who(), "client.unsubscribed", Map.of("client", clientId, "topic", topic), () -> {
            if (!awaitStored(views.unsubscribe(clientId, topic)).orElseThrow(() -> noSession(clientId))) {
                throw CommandFailed.notFound("client " + clientId + " has no subscription to " + topic);
            }
            return new Subscribed(clientId, topic, 0);
        });
    }

    static <T> T await(CompletionStage<T> stage) {
        return await(stage, "the broker did not answer within " + PATIENCE_SECONDS + " s, see its log");
    }

    /** Of a change that holds before it is stored. */
    private static <T> T awaitStored(CompletionStage<T> stage) {
        return await(
                stage,
                "it was not stored within " + PATIENCE_SECONDS + " s and may hold all the same: see the broker's log");
    }

    private static <T> T await(CompletionStage<T> stage, String late) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("the broker is stopping");
        } catch (TimeoutException e) {
            throw new CommandFailed(late);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
