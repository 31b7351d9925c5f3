package io.dunlin.server.control;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Remembers which clients use QoS 0 for topics that {@code audit.important-topics} names: it sits in front of the rights, which are asked
 * for each new topic of a client anyway, and lets everything through. Without such topics it costs nothing. Thread: any.
 */
public final class ImportantTopicsWatch implements Authorizer {
    private static final int REMEMBERED_MAX = 1_000;

    private final Authorizer rights;
    private final Map<Use, AtomicLong> uses = new ConcurrentHashMap<>();
    private final AtomicLong replaced = new AtomicLong();
    private volatile List<TopicFilter> filters = List.of();

    /** @param topic the first that was seen of the client */
    private record Use(String clientId, String how, String topic) {}

    /** @param times as often as the rights were asked, which is less often than messages came */
    public record Seen(String clientId, String how, String topic, long times) {}

    public ImportantTopicsWatch(Authorizer rights) {
        this.rights = rights;
    }

    /** From now on; filters that cannot be read are left out. */
    public void watch(List<String> topics) {
        filters = topics.stream()
                .flatMap(topic -> {
                    try {
                        return Stream.of(TopicFilter.of(topic));
                    } catch (InvalidTopic e) {
                        return Stream.empty();
                    }
                })
                .toList();
        replaced.incrementAndGet();
        uses.clear();
    }

    /** What was seen since the start or the last reload. */
    public List<Seen> seen() {
        return uses.entrySet().stream()
                .map(entry -> new Seen(
                        entry.getKey().clientId(),
                        entry.getKey().how(),
                        entry.getKey().topic(),
                        entry.getValue().get()))
                .sorted(Comparator.comparing(Seen::clientId).thenComparing(Seen::how))
                .toList();
    }

    @Override
    public Answer authorize(Principal principal, Action action, String topic) {
        switch (action) {
            case PUBLISH_0, PUBLISH_0_RETAINED -> note(principal, "publishes", topic);
            case PUBLISH_1,
                    PUBLISH_2,
                    PUBLISH_1_RETAINED,
                    PUBLISH_2_RETAINED,
                    SUBSCRIBE_0,
                    SUBSCRIBE_1,
                    SUBSCRIBE_2,
                    RECEIVE -> {}
        }
        return rights.authorize(principal, action, topic);
    }

    /** A client subscribed with QoS 0. */
    public void subscribed(Principal principal, String filter) {
        if (filters.stream().anyMatch(important -> important.text().equals(filter))) {
            put(principal.clientId(), "subscribes to", filter);
        }
    }

    private void note(Principal principal, String how, String topic) {
        for (TopicFilter filter : filters) {
            if (filter.matches(TopicName.of(topic))) {
                put(principal.clientId(), how, topic);
                return;
            }
        }
    }

    private void put(String clientId, String how, String topic) {
        Use use = new Use(clientId, how, topic);
        AtomicLong known = uses.get(use);
        if (known == null && uses.size() < REMEMBERED_MAX) {
            known = uses.computeIfAbsent(use, _ -> new AtomicLong());
        }
        if (known != null) {
            known.incrementAndGet();
        }
    }

    @Override
    public long generation() {
        return rights.generation() + replaced.get();
    }

    @Override
    public boolean allowsAll() {
        return filters.isEmpty() && rights.allowsAll();
    }
}
