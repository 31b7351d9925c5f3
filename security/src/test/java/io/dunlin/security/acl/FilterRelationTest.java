package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * All filters of up to three levels and # over a small alphabet, compared pair by pair by the topics that they match. The topics have one
 * level more, and a name that no filter has, so that they stand for all others.
 */
class FilterRelationTest {
    private static final List<String> FILTER_LEVELS = List.of("a", "$b", "", "+");
    private static final List<String> TOPIC_LEVELS = List.of("a", "$b", "", "other");

    @Test
    void agreesWithTheTopicsThatFiltersMatch() {
        List<TopicName> topics = words(TOPIC_LEVELS, 4).stream()
                .filter(topic -> !topic.isEmpty())
                .map(TopicName::of)
                .toList();
        List<String> texts = new ArrayList<>(words(FILTER_LEVELS, 3));
        texts.remove("");
        words(FILTER_LEVELS, 3).forEach(prefix -> texts.add(prefix + "/#"));
        texts.add("#");
        List<TopicFilter> filters = texts.stream().map(TopicFilter::of).toList();
        List<BitSet> matched =
                filters.stream().map(filter -> matched(filter, topics)).toList();
        assertThat(filters).hasSizeGreaterThan(160);
        for (int i = 0; i < filters.size(); i++) {
            for (int j = 0; j < filters.size(); j++) {
                TopicFilter one = filters.get(i);
                TopicFilter other = filters.get(j);
                BitSet outside = (BitSet) matched.get(j).clone();
                outside.andNot(matched.get(i));
                assertThat(FilterRelation.covers(one, other))
                        .as("%s covers %s", one, other)
                        .isEqualTo(outside.isEmpty());
                assertThat(FilterRelation.overlaps(one, other))
                        .as("%s overlaps %s", one, other)
                        .isEqualTo(matched.get(i).intersects(matched.get(j)));
            }
        }
    }

    @Test
    void matchesNamesAsFiltersDo() {
        List<TopicName> topics = words(TOPIC_LEVELS, 3).stream()
                .filter(topic -> !topic.isEmpty())
                .map(TopicName::of)
                .toList();
        for (String text : List.of("#", "+", "+/#", "a/#", "a/+", "$b/#", "+/a", "/a", "a/+/#", "/#")) {
            TopicFilter filter = TopicFilter.of(text);
            for (TopicName topic : topics) {
                assertThat(FilterRelation.covers(filter.levels(), topic.levels()))
                        .as("%s matches %s", text, topic)
                        .isEqualTo(filter.matches(topic));
            }
        }
    }

    @Test
    void looksAtTheFilterOfASharedSubscription() {
        assertThat(FilterRelation.covers(TopicFilter.of("a/#"), TopicFilter.of("$share/g/a/+")))
                .isTrue();
        assertThat(FilterRelation.overlaps(TopicFilter.of("+/b"), TopicFilter.of("$share/g/a/#")))
                .isTrue();
    }

    private static BitSet matched(TopicFilter filter, List<TopicName> topics) {
        BitSet set = new BitSet();
        for (int i = 0; i < topics.size(); i++) {
            set.set(i, filter.matches(topics.get(i)));
        }
        return set;
    }

    private static List<String> words(List<String> alphabet, int levelsMax) {
        List<String> all = new ArrayList<>();
        List<String> longest = new ArrayList<>(alphabet);
        for (int levels = 1; levels <= levelsMax; levels++) {
            all.addAll(longest);
            List<String> longer = new ArrayList<>();
            longest.forEach(prefix -> alphabet.forEach(level -> longer.add(prefix + "/" + level)));
            longest = longer;
        }
        return all;
    }
}
