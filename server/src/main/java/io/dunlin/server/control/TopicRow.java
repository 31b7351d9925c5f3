package io.dunlin.server.control;

import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A topic, or a level of topics with all below it, as a row of a list.
 *
 * @param level the last level of the topic
 * @param children how many topics are directly below it
 * @param messages since the topic was last not among those that the broker remembers; with all below it in a tree
 * @param bytes of payloads, likewise
 * @param rate messages a second, likewise; null until somebody has looked for a second
 * @param byteRate bytes of payload a second, likewise
 * @param ts when the last message came, in milliseconds since 1970; null where only a retained message is known
 * @param retained whether a message is retained at exactly this topic
 * @param payload of the last message to exactly this topic, in base64, cut; null where it is not known
 * @param payloadSize its length in bytes, null likewise
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TopicRow(
        String topic,
        String level,
        int children,
        long messages,
        long bytes,
        @Nullable Double rate,
        @Nullable Double byteRate,
        @Nullable Long ts,
        boolean retained,
        byte @Nullable [] payload,
        @Nullable Integer payloadSize) {
    static final Comparator<TopicRow> BY_TOPIC = Comparator.comparing(TopicRow::topic);

    static final Map<String, Comparator<TopicRow>> ORDERS = Map.of(
            "topic", BY_TOPIC,
            "level", Comparator.comparing(TopicRow::level),
            "children", Comparator.comparingInt(TopicRow::children),
            "messages", Comparator.comparingLong(TopicRow::messages),
            "bytes", Comparator.comparingLong(TopicRow::bytes),
            "rate", Comparator.comparingDouble(row -> orNothing(row.rate())),
            "byte_rate", Comparator.comparingDouble(row -> orNothing(row.byteRate())));

    private static double orNothing(@Nullable Double rate) {
        return rate == null ? 0 : rate;
    }
}
