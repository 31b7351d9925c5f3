package io.dunlin.simulation;

import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The topics of a run by number, and a second opinion on which filter matches which. */
final class Topics {
    static final String SHARED = "$share/g/s/#";

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<TopicName> names = new ArrayList<>();

    int number(String topic) {
        Integer known = numbers.get(topic);
        if (known == null) {
            known = names.size();
            numbers.put(topic, known);
            names.add(TopicName.of(topic));
        }
        return known;
    }

    TopicName name(int number) {
        return names.get(number);
    }

    int size() {
        return names.size();
    }

    static boolean matches(String filter, String topic) {
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || !wanted[i].equals("+") && !wanted[i].equals(levels[i])) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
