package io.dunlin.broker.routing;

import io.dunlin.broker.port.Sink;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All that stands under one filter of the subscription index. Written under the tree's write lock, read at the same time
 * without it: the fields are volatile and hold immutable lists, or a concurrent map once there are many subscribers.
 */
final class FilterEntry {
    private static final int FEW_MAX = 16;

    private volatile Subscription[] few = {};
    private volatile @Nullable Map<Subscriber, Subscription> many;
    private volatile SharedGroup[] groups = {};
    private volatile Sink[] sinks = {};

    /** The subscriptions that are not shared; at most one of each subscriber. */
    Collection<Subscription> subscriptions() {
        Map<Subscriber, Subscription> map = many;
        return map == null ? Arrays.asList(few) : map.values();
    }

    List<SharedGroup> groups() {
        return Arrays.asList(groups);
    }

    List<Sink> sinks() {
        return Arrays.asList(sinks);
    }

    boolean isEmpty() {
        Map<Subscriber, Subscription> map = many;
        return (map == null ? few.length == 0 : map.isEmpty()) && groups.length == 0 && sinks.length == 0;
    }

    void add(Subscription subscription) {
        Map<Subscriber, Subscription> map = many;
        if (map != null) {
            map.put(subscription.subscriber(), subscription);
            return;
        }
        Subscription[] old = few;
        for (int i = 0; i < old.length; i++) {
            if (old[i].subscriber() == subscription.subscriber()) {
                Subscription[] changed = old.clone();
                changed[i] = subscription;
                few = changed;
                return;
            }
        }
        if (old.length < FEW_MAX) {
            few = with(old, subscription);
            return;
        }
        Map<Subscriber, Subscription> grown = new ConcurrentHashMap<>(4 * FEW_MAX);
        for (Subscription each : old) {
            grown.put(each.subscriber(), each);
        }
        grown.put(subscription.subscriber(), subscription);
        many = grown;
        few = new Subscription[0];
    }

    void remove(Subscriber subscriber) {
        Map<Subscriber, Subscription> map = many;
        if (map != null) {
            map.remove(subscriber);
            return;
        }
        few = Arrays.stream(few).filter(each -> each.subscriber() != subscriber).toArray(Subscription[]::new);
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
}
