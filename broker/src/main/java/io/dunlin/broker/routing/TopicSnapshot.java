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
        for (int i = 0; i < matches.length; i++) {
            Match match = matches[i];
            Match twin = matches[i ^ 1];
            if (match == null) {
                continue;
            }
            TopicFigures figures = match.figures();
            boolean isOld = twin != null
                    && twin.topic.equals(match.topic)
                    && (twin.figures().messages() > figures.messages()
                            || twin.figures().messages() == figures.messages() && i % 2 == 1);
            if (!isOld && figures.messages() > 0) {
                all.merge(match.topic, figures, TopicFigures::plus);
            }
        }
    }
}
