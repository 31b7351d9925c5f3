package io.dunlin.broker.routing;

import io.dunlin.broker.port.Sink;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All that stands under one filter of the subscription index. Written under the tree's write lock, read at the same time
 * without it: each field is replaced as a whole, and holds something immutable or, for many subscribers, a concurrent map. Small,
 * as there are as many as there are filters: most have one subscriber.
 */
final class FilterEntry {
    private static final int FEW_MAX = 16;
    private static final Subscription[] NO_SUBSCRIPTIONS = {};
    private static final SharedGroup[] NO_GROUPS = {};
    private static final Sink[] NO_SINKS = {};

    /** An array or {@link Many}; one field, so that a reader meets the subscribers before or after the change of form. */
    private volatile Object subscribers = NO_SUBSCRIPTIONS;

    private volatile SharedGroup[] groups = NO_GROUPS;
    private volatile Sink[] sinks = NO_SINKS;

    /** The subscriptions that are not shared; at most one of each subscriber. */
    Collection<Subscription> subscriptions() {
        Object now = subscribers;
        return now instanceof Many many ? many.values() : Arrays.asList((Subscription[]) now);
    }

    List<SharedGroup> groups() {
        return Arrays.asList(groups);
    }

    List<Sink> sinks() {
        return Arrays.asList(sinks);
    }

    boolean isEmpty() {
        return subscriptions().isEmpty() && groups.length == 0 && sinks.length == 0;
    }

    void add(Subscription subscription) {
        if (subscribers instanceof Many many) {
            many.put(subscription.subscriber(), subscription);
            return;
        }
        Subscription[] old = (Subscription[]) subscribers;
        for (int i = 0; i < old.length; i++) {
            if (old[i].subscriber() == subscription.subscriber()) {
                Subscription[] changed = old.clone();
                changed[i] = subscription;
                subscribers = changed;
                return;
            }
        }
        if (old.length < FEW_MAX) {
            subscribers = with(old, subscription);
            return;
        }
        Many many = new Many();
        for (Subscription each : old) {
            many.put(each.subscriber(), each);
        }
        many.put(subscription.subscriber(), subscription);
        subscribers = many;
    }

    void remove(Subscriber subscriber) {
        if (subscribers instanceof Many many) {
            many.remove(subscriber);
        } else {
            subscribers = Arrays.stream((Subscription[]) subscribers)
                    .filter(each -> each.subscriber() != subscriber)
                    .toArray(Subscription[]::new);
        }
    }

    @Nullable
    SharedGroup group(String name) {
        for (SharedGroup group : groups) {
            if (group.name().equals(name)) {
                return group;
            }
        }
        return null;
    }

    void add(SharedGroup group) {
        groups = with(groups, group);
    }

    void remove(SharedGroup group) {
        groups = Arrays.stream(groups).filter(each -> each != group).toArray(SharedGroup[]::new);
    }

    void add(Sink sink) {
        sinks = with(sinks, sink);
    }

    void remove(Sink sink) {
        sinks = Arrays.stream(sinks).filter(each -> each != sink).toArray(Sink[]::new);
    }

    private static <T> T[] with(T[] old, T added) {
        T[] grown = Arrays.copyOf(old, old.length + 1);
        grown[old.length] = added;
        return grown;
    }

    private static final class Many extends ConcurrentHashMap<Subscriber, Subscription> {
        private static final long serialVersionUID = 1;

        Many() {
            super(4 * FEW_MAX);
        }
    }
}
