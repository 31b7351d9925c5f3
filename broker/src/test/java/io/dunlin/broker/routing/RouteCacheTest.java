package io.dunlin.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouteCacheTest {
    private final SubscriptionIndex index = new SubscriptionIndex();
    private final RouteCache cache = new RouteCache(index, 1);

    /** Devices are numbered: the hashes of their topics lie side by side. */
    @Test
    void topicsThatDifferInTheirLastDigitsKeepTheirMatches() {
        List<TopicName> topics = IntStream.range(0, 1_000)
                .mapToObj(i -> TopicName.of("plant/7/device/" + i))
                .toList();
        List<Match> first = topics.stream().map(cache::match).toList();
        long kept = IntStream.range(0, topics.size())
                .filter(i -> cache.match(topics.get(i)) == first.get(i))
                .count();
        assertThat(kept).isGreaterThan(980);
    }

    @Test
    void twoTopicsWithTheSameHashKeepTheirMatches() {
        TopicName one = TopicName.of("Aa");
        TopicName two = TopicName.of("BB");
        assertThat(one).hasSameHashCodeAs(two);
        Match ofOne = cache.match(one);
        Match ofTwo = cache.match(two);
        assertThat(cache.match(one)).isSameAs(ofOne);
        assertThat(cache.match(two)).isSameAs(ofTwo);
    }

    @Test
    void aMatchThatHasBecomeOldGivesWayAndNotItsNeighbour() {
        TopicName one = TopicName.of("t/0");
        TopicName two = IntStream.iterate(1, i -> i + 1)
                .mapToObj(i -> TopicName.of("t/" + i))
                .filter(other -> RouteCache.pair(other) == RouteCache.pair(one))
                .findFirst()
                .orElseThrow();
        Match ofOne = cache.match(one);
        Match ofTwo = cache.match(two);
        cache.match(one);
        index.generations().changed(TopicFilter.of("t/0"));
        assertThat(cache.match(one)).isNotSameAs(ofOne);
        assertThat(cache.match(two)).isSameAs(ofTwo);
    }

    /** A million topics that come once each: those that come again and again keep their places. */
    @Test
    void topicsThatDoNotComeBackDriveNobodyOut() {
        List<TopicName> busy = IntStream.range(0, 1_000)
                .mapToObj(i -> TopicName.of("plant/7/device/" + i))
                .toList();
        List<Match> first = busy.stream().map(cache::match).toList();
        for (int i = 0; i < 100_000; i++) {
            cache.match(TopicName.of("reply/" + i));
        }
        long kept = IntStream.range(0, busy.size())
                .filter(i -> cache.match(busy.get(i)) == first.get(i))
                .count();
        assertThat(kept).isGreaterThan(700);
    }

    @Test
    void aTopicThatComesAgainAndAgainGetsAPlace() {
        TopicName[] same = IntStream.range(0, Integer.MAX_VALUE)
                .mapToObj(i -> TopicName.of("t/" + i))
                .filter(topic -> RouteCache.pair(topic) == RouteCache.pair(TopicName.of("t/0")))
                .limit(3)
                .toArray(TopicName[]::new);
        cache.match(same[0]);
        cache.match(same[1]);
        assertThat(IntStream.range(0, 32).anyMatch(i -> cache.match(same[2]) == cache.match(same[2])))
                .isTrue();
    }
}
