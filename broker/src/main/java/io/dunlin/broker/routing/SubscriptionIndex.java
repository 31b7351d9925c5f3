package io.dunlin.broker.routing;

import io.dunlin.broker.port.Sink;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.protocol.topic.TopicTree;
import java.util.ArrayList;
import java.util.Collection;
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
    private static final int FEW_MAX = 16;

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
        int subscriptions = 0;
        for (FilterEntry entry : entries) {
            groups.addAll(entry.groups());
            sinks.addAll(entry.sinks());
            subscriptions += entry.subscriptions().size();
        }
        Collection<Recipient> recipients =
                entries.size() > 1 && subscriptions > FEW_MAX ? mergedMany(entries) : merged(entries);
        return new Match(
                topic,
                generation,
                changes,
                byShard(recipients, shards),
                recipients.size(),
                List.copyOf(groups),
                List.copyOf(sinks));
    }

    /** For few of them: without a map, which costs more than the search in the tree. */
    private static List<Recipient> merged(List<FilterEntry> entries) {
        List<Recipient> recipients = new ArrayList<>();
        for (FilterEntry entry : entries) {
            int others = recipients.size(); // an entry has a subscriber once
            for (Subscription subscription : entry.subscriptions()) {
                Recipient recipient = subscription.recipient();
                int same = 0;
                while (same < others && recipients.get(same).subscriber() != recipient.subscriber()) {
                    same++;
                }
                if (same < others) {
                    recipients.set(same, Subscription.merge(recipients.get(same), recipient));
                } else {
                    recipients.add(recipient);
                }
            }
        }
        return recipients;
    }

    private static Collection<Recipient> mergedMany(List<FilterEntry> entries) {
        Map<Subscriber, Recipient> merged = new HashMap<>();
        for (FilterEntry entry : entries) {
            for (Subscription subscription : entry.subscriptions()) {
                merged.merge(subscription.subscriber(), subscription.recipient(), Subscription::merge);
            }
        }
        return merged.values();
    }

    private static @Nullable Recipient[] @Nullable [] byShard(Collection<Recipient> recipients, int shards) {
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
