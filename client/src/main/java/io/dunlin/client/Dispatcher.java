package io.dunlin.client;

import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.topic.TopicFilter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings each message to the handlers whose filter it matches. Where the server says which subscriptions a message belongs to
 * (Subscription Identifier, 3.3.2.3.8), overlapping filters are told apart by that, since a server may send one message for all
 * of them or one for each.
 */
final class Dispatcher implements Route.Owner {
    private static final int SUBSCRIPTION_ID_MAX = 268_435_455;
    private static final System.Logger LOGGER = System.getLogger("io.dunlin.client");

    private final Executor executor;
    private final Tally tally;
    private final Consumer<Dropped> onDrop;
    private final Consumer<Resubscribed> onResubscribe;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile List<Route> routes = List.of();
    private int lastSubscriptionId;

    private final AtomicInteger fullRoutes = new AtomicInteger();
    private volatile Runnable onFullness = () -> {};

    Dispatcher(ClientOptions options, Tally tally) {
        Executor given = options.executor();
        this.executor = given == null ? HandlerThreads.shared() : given;
        this.tally = tally;
        this.onDrop = options.onDrop();
        this.onResubscribe = options.onResubscribe();
        for (ClientOptions.Route route : options.routes()) {
            add(route.filter(), route.handler(), route.handling(), false, false);
        }
    }

    /** Where handlers run that have no executor of their own. */
    Executor executor() {
        return executor;
    }

    /** Who is told, on any thread, that {@link #isFull} may have changed. */
    void onFullness(Runnable listener) {
        this.onFullness = listener;
    }

    /** Whether some handler cannot take more, and reading shall pause. */
    boolean isFull() {
        return fullRoutes.get() > 0;
    }

    /**
     * A message that comes afterwards goes to the handler; an earlier one of the same filter goes away.
     *
     * @param identified whether the route gets a subscription identifier
     * @param paced whether the handler waits until the application takes messages
     */
    Route add(
            @Nullable TopicFilter filter,
            Consumer<Delivery> handler,
            Handling handling,
            boolean identified,
            boolean paced) {
        changing.lock();
        try {
            if (identified) {
                lastSubscriptionId = lastSubscriptionId == SUBSCRIPTION_ID_MAX ? 1 : lastSubscriptionId + 1;
            }
            Route added =
                    new Route(filter, identified ? lastSubscriptionId : 0, paced, handler, handling, executor, this);
            List<Route> changed = filter == null ? new ArrayList<>(routes) : without(filter);
            changed.add(added);
            routes = List.copyOf(changed);
            return added;
        } finally {
            changing.unlock();
        }
    }

    void remove(TopicFilter filter) {
        changing.lock();
        try {
            routes = List.copyOf(without(filter));
        } finally {
            changing.unlock();
        }
    }

    /** Whether this thread is in a handler. */
    boolean isHandler(Thread thread) {
        return routes.stream().anyMatch(route -> route.isHandledBy(thread));
    }

    /** Takes away this very route. @return whether it was still there */
    boolean remove(Route route) {
        changing.lock();
        try {
            List<Route> changed = new ArrayList<>(routes);
            boolean found = changed.remove(route);
            routes = List.copyOf(changed);
            return found;
        } finally {
            changing.unlock();
        }
    }

    /** The route that is in place for this very filter. */
    @Nullable
    Route find(TopicFilter filter) {
        return routes.stream()
                .filter(route -> filter.equals(route.filter))
                .findFirst()
                .orElse(null);
    }

    /** Takes away this very route, and puts back the one that it replaced, unless yet another one is there by now. */
    void putBack(Route route, @Nullable Route replaced) {
        changing.lock();
        try {
            if (remove(route) && replaced != null) {
                List<Route> changed = new ArrayList<>(routes);
                changed.add(replaced);
                routes = List.copyOf(changed);
            }
        } finally {
            changing.unlock();
        }
    }

    private List<Route> without(TopicFilter filter) {
        List<Route> changed = new ArrayList<>(routes);
        changed.removeIf(route -> filter.equals(route.filter));
        return changed;
    }

    /** On the network thread. */
    void dispatch(Delivery delivery) {
        List<Route> current = routes;
        List<Integer> ids = delivery.properties().isEmpty()
                ? List.of()
                : delivery.properties().has(Property.SUBSCRIPTION_IDENTIFIER)
                        ? delivery.properties().subscriptionIdentifiers()
                        : List.of();
        List<Route> takers = takers(current, delivery, ids);
        if (takers.isEmpty() && !ids.isEmpty()) { // identifiers that an earlier process gave
            takers = takers(current, delivery, List.of());
        }
        if (takers.isEmpty()) {
            dispatchToRest(current, delivery);
        } else if (takers.size() == 1) {
            takers.get(0).offer(delivery);
        } else {
            List<Delivery> parts = delivery.split(takers.size());
            for (int i = 0; i < parts.size(); i++) {
                takers.get(i).offer(parts.get(i));
            }
        }
    }

    private static List<Route> takers(List<Route> routes, Delivery delivery, List<Integer> ids) {
        List<Route> takers = List.of();
        for (Route route : routes) {
            TopicFilter filter = route.filter;
            if (filter != null
                    && (ids.isEmpty() || route.subscriptionId == 0 || ids.contains(route.subscriptionId))
                    && filter.matches(delivery.topicName())) {
                if (takers.isEmpty()) {
                    takers = List.of(route); // mostly the only one
                } else {
                    takers = takers.size() == 1 ? new ArrayList<>(takers) : takers;
                    takers.add(route);
                }
            }
        }
        return takers;
    }

    /** To the first handler for what nobody else takes. */
    private void dispatchToRest(List<Route> current, Delivery delivery) {
        for (Route route : current) {
            if (route.filter == null) {
                route.offer(delivery);
                return;
            }
        }
        dropped(Dropped.Reason.NO_HANDLER, delivery);
        delivery.ack();
    }

    @Override
    public void dropped(Dropped.Reason reason, Delivery delivery) {
        drop(reason, delivery.message());
    }

    /** Counts and tells a message that is given up, incoming or outgoing. */
    void drop(Dropped.Reason reason, Message message) {
        tally.add(reason);
        try {
            onDrop.accept(new Dropped(reason, message));
        } catch (RuntimeException e) { // a fault of the application's must not end the connection
            LOGGER.log(Level.ERROR, "The listener for dropped messages failed.", e);
        }
    }

    /** Tells that the client has subscribed again. */
    void resubscribed(Resubscribed again) {
        if (!again.result().isAccepted()) {
            LOGGER.log(Level.WARNING, "The server refused to renew subscriptions: " + again + ".");
        }
        executor.execute(() -> onResubscribe.accept(again));
    }

    /** Subscriptions were not asked for again: the connection ended, and the next one does it, or the server takes no such packet. */
    void notRenewed(List<Subscription> subscriptions, Throwable failure) {
        LOGGER.log(Level.WARNING, "Subscriptions were not renewed yet: " + subscriptions + ": " + failure.getMessage());
    }

    @Override
    public void handled(Delivery delivery, @Nullable Throwable failure) {
        tally.add(Tally.Count.HANDLED);
        if (failure != null) {
            tally.add(Tally.Count.HANDLER_FAILURES);
            LOGGER.log(Level.ERROR, "The handler of " + delivery.topic() + " failed.", failure);
        }
    }

    @Override
    public void full(int change) {
        int now = fullRoutes.addAndGet(change);
        if (now == 0 || now == 1 && change > 0) {
            onFullness.run();
        }
    }
}
