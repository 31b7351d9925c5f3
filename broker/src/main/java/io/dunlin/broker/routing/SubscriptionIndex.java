package io.dunlin.broker.routing;

import io.dunlin.broker.port.Sink;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.protocol.topic.TopicTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions of all sessions, and the sinks, by filter. Shared by all shards: matching reads without a lock, changes
 * take the tree's write lock for a moment. After each change the generation of the topics that it may concern grows, by which the
 * shards' caches see what is old.
 */
public final class SubscriptionIndex {
    private final TopicTree<FilterEntry> tree = new TopicTree<>();
    private final Generations generations = new Generations();
    private final AtomicLong subscriptions = new AtomicLong();
    private final AtomicLong sharedSubscriptions = new AtomicLong();

    /** Adds a subscription, or replaces the one of the same subscriber and filter. */
    public void add(Subscription subscription, boolean isNew) {
        TopicFilter filter = subscription.filter();
        if (isNew) {
            (filter.isShared() ? sharedSubscriptions : subscriptions).incrementAndGet();
        }
        String shareName = filter.shareName();
        change(filter, entry -> {
            if (shareName == null) {
                entry.add(subscription);
            } else {
                groupFor(entry, shareName, filter).put(subscription);
            }
        });
    }

    public void remove(Subscription subscription) {
        TopicFilter filter = subscription.filter();
        (filter.isShared() ? sharedSubscriptions : subscriptions).decrementAndGet();
        String shareName = filter.shareName();
        change(filter, entry -> {
            if (shareName == null) {
                entry.remove(subscription.subscriber());
                return;
            }
            SharedGroup group = entry.group(shareName);
            if (group != null) {
                group.remove(subscription.subscriber());
                if (group.size() == 0) {
                    entry.remove(group);
                }
            }
        });
    }

    public void add(Sink sink) {
        change(sink.filter(), entry -> entry.add(sink));
    }

    public void remove(Sink sink) {
        change(sink.filter(), entry -> entry.remove(sink));
    }

    /** Without the shared ones. */
    public long subscriptions() {
        return subscriptions.get();
    }

    public long sharedSubscriptions() {
        return sharedSubscriptions.get();
    }

    /** All subscriptions, the shared ones too, in no particular order; some that come or go meanwhile. Thread: any. */
    public void forEach(Consumer<Subscription> action) {
        tree.forEach(entry -> each(entry, action));
    }

    /** As {@link #forEach}, those that match a topic. */
    public void forEachMatching(TopicName topic, Consumer<Subscription> action) {
        tree.forEachMatching(topic, entry -> each(entry, action));
    }

    private static void each(FilterEntry entry, Consumer<Subscription> action) {
        entry.subscriptions().forEach(action);
        entry.groups().forEach(group -> group.members().forEach(action));
    }

    /** All shared groups. Thread: any. */
    public void forEachGroup(Consumer<SharedGroup> action) {
        tree.forEach(entry -> entry.groups().forEach(action));
    }

    Generations generations() {
        return generations;
    }

    /** Who gets messages of this topic, with the generation that was read before looking. */
    Match match(TopicName topic, int shards) {
        long changes = generations.changes();
        long generation = generations.of(topic);
        List<FilterEntry> entries = new ArrayList<>();
        tree.forEachMatching(topic, entries::add);
        List<SharedGroup> groups = new ArrayList<>();
        List<Sink> sinks = new ArrayList<>();
        List<Recipient> recipients = new ArrayList<>();
        Map<Subscriber, Recipient> merged = entries.size() > 1 ? new HashMap<>() : Map.of();
        for (FilterEntry entry : entries) {
            groups.addAll(entry.groups());
            sinks.addAll(entry.sinks());
            for (Subscription subscription : entry.subscriptions()) {
                if (entries.size() == 1) {
                    recipients.add(subscription.recipient());
                } else {
                    merged.merge(subscription.subscriber(), subscription.recipient(), Subscription::merge);
                }
            }
        }
        recipients.addAll(merged.values());
        return new Match(
                topic,
                generation,
                changes,
                byShard(recipients, shards),
                recipients.size(),
                List.copyOf(groups),
                List.copyOf(sinks));
    }

    private static @Nullable Recipient[] @Nullable [] byShard(List<Recipient> recipients, int shards) {
        int[] counts = new int[shards];
        for (Recipient recipient : recipients) {
            counts[recipient.subscriber().shard().index()]++;
        }
        @Nullable Recipient[] @Nullable [] byShard = new Recipient[shards][];
        for (int i = 0; i < shards; i++) {
            byShard[i] = counts[i] == 0 ? null : new Recipient[counts[i]];
        }
        for (Recipient recipient : recipients) {
            Shard shard = recipient.subscriber().shard();
            @Nullable Recipient[] row = byShard[shard.index()];
            if (row != null) {
                row[--counts[shard.index()]] = recipient;
            }
        }
        return byShard;
    }

    private void change(TopicFilter filter, Consumer<FilterEntry> change) {
        tree.update(filter.levels(), old -> {
            FilterEntry entry = old == null ? new FilterEntry() : old;
            change.accept(entry);
            return entry.isEmpty() ? null : entry;
        });
        generations.changed(filter);
    }

    private static SharedGroup groupFor(FilterEntry entry, String shareName, TopicFilter filter) {
        SharedGroup known = entry.group(shareName);
        if (known != null) {
            return known;
        }
        SharedGroup group = new SharedGroup(shareName, filter);
        entry.add(group);
        return group;
    }
}
