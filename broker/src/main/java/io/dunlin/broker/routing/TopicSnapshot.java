package io.dunlin.broker.routing;

import io.dunlin.protocol.topic.TopicName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The topics that one shard remembered at a moment. Taken on the shard in a few microseconds, read on any other thread. */
public final class TopicSnapshot {
    private final @Nullable Match[] matches;

    TopicSnapshot(@Nullable Match[] matches) {
        this.matches = matches;
    }

    /** Adds what there is to what other shards have. */
    public void addTo(Map<TopicName, TopicFigures> all) {
        for (Match match : matches) {
            TopicFigures figures = match == null ? null : match.figures();
            if (figures != null && figures.messages() > 0) {
                all.merge(figures.topic(), figures, TopicFigures::plus);
            }
        }
    }
}
