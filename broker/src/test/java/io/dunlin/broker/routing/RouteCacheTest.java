package io.dunlin.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static Message message(TopicName topic, int bytes) {
        return new Message(topic, QoS.AT_MOST_ONCE, false, Properties.NONE, new byte[bytes], "p", Message.NEVER);
    }

    private TopicFigures.LastMessage keep(String text, int bytes) {
        TopicName topic = TopicName.of(text);
        Match match = cache.match(topic);
        Message message = message(topic, bytes);
        match.count(message, 0);
        cache.keep(match, message);
        return match.figures().value();
    }

    private long bytesKept() {
        Map<TopicName, TopicFigures> all = new HashMap<>();
        new TopicSnapshot(cache.copy()).addTo(all);
        return all.values().stream()
                .map(TopicFigures::last)
                .filter(Objects::nonNull)
                .mapToLong(Message::weight)
                .sum();
    }

    @Test
    void lastMessagesAreBoundedByBytesAndTheOldestGo() {
        TopicFigures.LastMessage often = keep("often", 100);
        TopicFigures.LastMessage once = keep("once", 100);
        for (int i = 0; i < 10_000; i++) {
            keep("big/" + i, 16 << 10);
            keep("often", 100);
        }
        assertThat(bytesKept()).isBetween(30L << 20, 32L << 20);
        assertThat(often.get()).isNotNull();
        assertThat(once.get()).isNull();
        assertThat(keep("larger", 20 << 10).get()).isNull();
        assertThat(keep("often", 20 << 10).get()).isNull();
        cache.forgetValues();
        assertThat(bytesKept()).isZero();
        assertThat(keep("once", 100).get()).isNotNull();
    }

    @Test
    void aTopicThatIsForgottenAndOneWhoseMatchIsNewKeepWhatTheyShould() {
        TopicFigures.LastMessage value = keep("t/0", 100);
        index.generations().changed(TopicFilter.of("t/0"));
        assertThat(cache.match(TopicName.of("t/0")).figures().last()).isNotNull();
        List<String> others = IntStream.iterate(1, i -> i + 1)
                .mapToObj(i -> "t/" + i)
                .filter(other -> RouteCache.pair(TopicName.of(other)) == RouteCache.pair(TopicName.of("t/0")))
                .limit(3)
                .toList();
        for (String other : others) {
            for (int i = 0; i < 20; i++) { // one that is missed now and then takes a place
                keep(other, 100);
            }
        }
        assertThat(value.get()).isNull();
        assertThat(bytesKept()).isLessThan(1_000);
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
        assertThat(IntStream.range(0, 32).anyMatch(i -> {
                    Match first = cache.match(same[2]);
                    return cache.match(same[2]) == first;
                }))
                .isTrue();
    }
}
