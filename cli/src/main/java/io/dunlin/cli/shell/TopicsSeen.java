package io.dunlin.cli.shell;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;

/** The topics that came by, for the completion; the first 10,000. Any thread. */
final class TopicsSeen {
    private static final int TOPICS_MAX = 10_000;
    private static final int OFFERED_MAX = 50;

    private final ConcurrentSkipListSet<String> topics = new ConcurrentSkipListSet<>();

    void add(String topic) {
        if (!topics.contains(topic) && topics.size() < TOPICS_MAX) {
            topics.add(topic);
        }
    }

    /** Those that begin so. */
    List<String> startingWith(String prefix) {
        return topics.tailSet(prefix).stream()
                .takeWhile(topic -> topic.startsWith(prefix))
                .limit(OFFERED_MAX)
                .toList();
    }
}
