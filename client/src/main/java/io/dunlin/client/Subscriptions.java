package io.dunlin.client;

import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsubscribe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * What the client is subscribed to and what it has asked for, over connections: requests wait for the next one, and what was
 * granted is asked for again where the server has forgotten it. Guarded by the session's lock.
 */
final class Subscriptions {
    /** So that the packet stays below what servers take: filters are mostly shorter than 100 bytes. */
    private static final int FILTERS_IN_PACKET_MAX = 100;

    /** What filters of one SUBSCRIBE have in common. */
    private record Terms(Properties properties, int subscriptionId) {}

    private record Entry(Subscription subscription, Terms terms) {}

    private final ClientOptions options;
    private final Dispatcher dispatcher;
    private final OutgoingWindow<Request> window;
    private final Queue<Runnable> completions;
    private final Map<String, Entry> granted = new LinkedHashMap<>();
    private final ArrayDeque<Request.Subscribing> waiting = new ArrayDeque<>(0);
    private boolean renewalOwed; // a connection ended before all renewals were answered

    /**
     * @param window whose identifiers requests and messages share
     * @param completions what the session does after it has let go of its lock
     */
    Subscriptions(
            ClientOptions options, Dispatcher dispatcher, OutgoingWindow<Request> window, Queue<Runnable> completions) {
        this.options = options;
        this.dispatcher = dispatcher;
        this.window = window;
        this.completions = completions;
    }

    /** A connection stands. */
    void attach(Connection to, boolean sessionPresent) {
        if (options.resubscribe() == Resubscribe.ALWAYS
                || options.resubscribe() == Resubscribe.IF_SESSION_LOST && (!sessionPresent || renewalOwed)) {
            renewalOwed = false;
            askAgain(to);
        }
        for (Request.Subscribing request = waiting.poll(); request != null; request = waiting.poll()) {
            send(to, request);
        }
    }

    private void askAgain(Connection to) {
        Map<Terms, List<Subscription>> byTerms = new LinkedHashMap<>();
        for (Entry entry : granted.values()) {
            byTerms.computeIfAbsent(entry.terms, terms -> new ArrayList<>()).add(entry.subscription);
        }
        byTerms.forEach((terms, subscriptions) -> {
            for (int from = 0; from < subscriptions.size(); from += FILTERS_IN_PACKET_MAX) {
                int end = Math.min(from + FILTERS_IN_PACKET_MAX, subscriptions.size());
                askAgain(to, List.copyOf(subscriptions.subList(from, end)), terms);
            }
        });
    }

    /** In smaller parts where the server does not take a packet of that size. */
    private void askAgain(Connection to, List<Subscription> part, Terms terms) {
        int bytes = to.encode(packet(1, to, part, terms)).length;
        if (to.limits.refusal(bytes) != null && part.size() > 1) {
            int half = part.size() / 2;
            askAgain(to, part.subList(0, half), terms);
            askAgain(to, part.subList(half, part.size()), terms);
            return;
        }
        Request.Subscribing request = subscribing(part, terms, false);
        request.result.whenComplete((result, failure) -> {
            if (failure == null) {
                dispatcher.resubscribed(new Resubscribed(part, result));
            } else {
                dispatcher.notRenewed(part, failure);
            }
        });
        send(to, request);
    }

    /** The connection ended. @param expectsNext whether requests without an answer wait for another one */
    void detach(boolean expectsNext, MqttException cause) {
        for (int id : window.idsInOrder()) {
            if (window.get(id) instanceof Request.Subscribing request) {
                window.remove(id);
                if (expectsNext && request.repeats) {
                    waiting.add(request);
                } else {
                    renewalOwed |= !request.repeats;
                    fail(request, cause);
                }
            }
        }
    }

    /** No connection will come. */
    void giveUp(MqttException cause) {
        for (Request.Subscribing request = waiting.poll(); request != null; request = waiting.poll()) {
            fail(request, cause);
        }
    }

    /** @param subscriptionId of the handler's route, 0 for none */
    Request.Subscribing subscribe(List<Subscription> subscriptions, Properties properties, int subscriptionId) {
        return subscribing(List.copyOf(subscriptions), new Terms(properties, subscriptionId), true);
    }

    private Request.Subscribing subscribing(List<Subscription> subscriptions, Terms terms, boolean repeats) {
        return new Request.Subscribing(
                (id, to) -> packet(id, to, subscriptions, terms),
                reasons -> answered(subscriptions, reasons, terms),
                repeats);
    }

    Request.Subscribing unsubscribe(List<String> filters, Properties properties) {
        List<String> all = List.copyOf(filters);
        return new Request.Subscribing(
                (id, to) -> new Unsubscribe(id, properties, all), reasons -> all.forEach(granted::remove), true);
    }

    /** It goes out with the next connection. */
    void keep(Request.Subscribing request) {
        waiting.add(request);
    }

    void send(Connection to, Request.Subscribing request) {
        LimitExceeded refusal = new LimitExceeded(ReasonCode.QUOTA_EXCEEDED, "All packet identifiers are in use.");
        if (!window.isFull()) {
            int id = window.add(request);
            Packet packet = request.form.packet(id, to);
            byte[] encoded = to.encode(packet);
            refusal = to.limits.refusal(encoded.length);
            if (refusal == null) {
                to.send(packet, encoded, null);
                return;
            }
            window.remove(id);
        }
        fail(request, refusal);
    }

    /** SUBACK or UNSUBACK. */
    void onAnswer(int id, List<ReasonCode> reasons, Properties properties) {
        if (window.get(id) instanceof Request.Subscribing request) {
            window.remove(id);
            request.granted.accept(reasons);
            completions.add(() -> request.result.complete(new SubscribeResult(id, reasons, properties)));
        }
    }

    private void fail(Request.Subscribing request, MqttException cause) {
        completions.add(() -> request.result.completeExceptionally(cause));
    }

    /** Remembers the filters that the server granted, forgets the others. */
    private void answered(List<Subscription> asked, List<ReasonCode> reasons, Terms terms) {
        for (int i = 0; i < asked.size() && i < reasons.size(); i++) {
            Subscription subscription = asked.get(i);
            if (reasons.get(i).isError()) {
                granted.remove(subscription.filter());
            } else {
                granted.put(subscription.filter(), new Entry(subscription, terms));
            }
        }
    }

    /** With the subscription identifier where the server knows these and the application gave none. */
    private static Packet packet(int id, Connection to, List<Subscription> subscriptions, Terms terms) {
        List<SubscriptionRequest> requests = new ArrayList<>(subscriptions.size());
        for (Subscription subscription : subscriptions) {
            requests.add(subscription.request());
        }
        boolean identified = terms.subscriptionId > 0
                && to.limits.subscriptionIdsAvailable()
                && !terms.properties.has(Property.SUBSCRIPTION_IDENTIFIER);
        Properties sent = identified
                ? terms.properties.toBuilder()
                        .number(Property.SUBSCRIPTION_IDENTIFIER, terms.subscriptionId)
                        .build()
                : terms.properties;
        return new Subscribe(id, sent, requests);
    }
}
