package io.dunlin.protocol.topic;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Filters and topics under a fuzzer ({@code JAZZER_FUZZ=1}), started by name; FuzzInputsTest repeats what it found. */
public class TopicFilterFuzz {
    @FuzzTest(maxDuration = "5m")
    public void keepsItsRules(byte[] data) {
        int zero = indexOfZero(data);
        String filterText = new String(data, 0, zero, StandardCharsets.UTF_8);
        String topicText = new String(data, zero, data.length - zero, StandardCharsets.UTF_8).replace("\0", "");
        try {
            TopicFilter filter = TopicFilter.of(filterText);
            require(filter.text().equals(filterText) && filter.equals(TopicFilter.of(filterText)), "another filter");
            require(filter.isShared() == filterText.startsWith("$share/"), "a share that is none, or none that is one");
            require(filterText.endsWith(filter.filter()), "another text to match");
            TopicName topic = TopicName.of(topicText);
            boolean matches = filter.matches(topic);
            boolean hidden = topicText.startsWith("$")
                    && (filter.filter().startsWith("+") || filter.filter().equals("#"));
            List<String> levels = Arrays.asList(filter.filter().split("/", -1));
            boolean expected = !hidden && rest(levels, Arrays.asList(topicText.split("/", -1)));
            require(matches == expected, "a wrong match");
            require(!filter.hasWildcard() || !topicText.equals(filter.filter()), "a topic with wildcards");
            require(filter.hasWildcard() || matches == topicText.equals(filter.filter()), "a wrong plain match");
        } catch (InvalidTopic refused) {
            require(!String.valueOf(refused.getMessage()).isEmpty(), "no reason");
        }
    }

    private static boolean rest(List<String> filterLevels, List<String> topicLevels) {
        List<String> filter = filterLevels;
        List<String> topic = topicLevels;
        while (!filter.isEmpty() && !filter.get(0).equals("#")) {
            if (topic.isEmpty() || !filter.get(0).equals("+") && !filter.get(0).equals(topic.get(0))) {
                return false;
            }
            filter = filter.subList(1, filter.size());
            topic = topic.subList(1, topic.size());
        }
        return !filter.isEmpty() || topic.isEmpty();
    }

    private static int indexOfZero(byte[] data) {
        for (int i = 0; i < data.length; i++) {
            if (data[i] == 0) {
                return i;
            }
        }
        return data.length;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
