package io.dunlin.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationsTest {
    private final Generations generations = new Generations();

    @ParameterizedTest
    @CsvSource({
        "a/b/c, a/b/c",
        "a/b/c, a/b/+",
        "a/b/c, a/b/#",
        "a/b/c, a/b/c/#",
        "a/b/c, a/+/c",
        "a/b/c, a/#",
        "a/b/c, +/b/c",
        "a/b/c, #",
        "a, a",
        "a, a/#",
        "a, +",
        "/, /",
        "/, +/+",
        "/, /#",
        "a//c, a//c",
        "a//c, a//#",
        "a/b/c, $share/g/a/b/c",
        "a/b/c, $share/g/a/+/#",
        "$SYS/x, $SYS/#"
    })
    void aTopicSeesTheChangesOfEachFilterThatMatchesIt(String topic, String filter) {
        TopicName name = TopicName.of(topic);
        long before = generations.of(name);
        long changes = generations.changes();
        generations.changed(TopicFilter.of(filter));
        assertThat(generations.of(name)).isNotEqualTo(before);
        assertThat(generations.changes()).isNotEqualTo(changes);
    }

    @ParameterizedTest
    @CsvSource({
        "a/b/c, a/b/d",
        "a/b/c, a/b",
        "a/b/c, a/x/+",
        "a/b/c, x/#",
        "a/b/c, a/b/c/d",
        "a/b, a/b/c/+",
        "a/b, $share/g/a/c",
        "a/b, b/a"
    })
    void othersLeaveItAlone(String topic, String filter) {
        TopicName name = TopicName.of(topic);
        long before = generations.of(name);
        generations.changed(TopicFilter.of(filter));
        assertThat(generations.of(name)).isEqualTo(before);
    }

    @Test
    void manySubscriptionsBesideOneConcernFewTopics() {
        TopicName name = TopicName.of("plant/line-1/state");
        int seen = 0;
        for (int i = 0; i < 10_000; i++) {
            long before = generations.of(name);
            generations.changed(TopicFilter.of("plant/line-" + (i + 2) + "/cmd"));
            seen += generations.of(name) == before ? 0 : 1;
        }
        assertThat(seen).isLessThan(20); // by chance, where two hashes meet
    }
}
