package io.dunlin.server.assess;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.DurabilityRules;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import java.util.List;
import java.util.Optional;

/** What is configured for the topics of {@code audit.important-topics}. */
final class ImportantTopics {
    private final Subject subject;

    private ImportantTopics(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        List<String> topics = subject.config().audit().importantTopics();
        ImportantTopics checks = new ImportantTopics(subject);
        topics.forEach(checks::topic);
    }

    private void topic(String topic) {
        try {
            TopicFilter filter = TopicFilter.of(topic);
            durability(topic, filter);
        } catch (InvalidTopic e) {
            subject.unassessed("audit.important-topics has \"" + topic + "\", which is no filter: " + e.getMessage());
        }
    }

    private void durability(String topic, TopicFilter filter) {
        if (!subject.config().store().enabled()) {
            volatileTopic(topic, "store.enabled", "nothing is stored at all", "store.enabled = true");
            return;
        }
        DurabilityRules rules = subject.config().durability().toRules();
        Optional<DurabilityRules.TopicRule> first = rules.topics().stream()
                .filter(rule -> overlap(
                        rule.filter().text().split("/", -1), filter.text().split("/", -1), 0))
                .findFirst();
        if (first.isPresent() && first.get().level() == Durability.MEMORY) {
            volatileTopic(
                    topic,
                    "durability.topics",
                    "durability.topics has memory for " + first.get().filter().text(),
                    "durability.topics = [\"disk " + topic + "\", ...]   (before the others)");
        } else if (first.isEmpty() && rules.level() == Durability.MEMORY) {
            volatileTopic(
                    topic,
                    "durability.level",
                    "durability.level is memory",
                    "durability.topics = [\"disk " + topic + "\"]");
        } else if (first.isEmpty()) {
            lowered(topic, rules);
        }
    }

    private void lowered(String topic, DurabilityRules rules) {
        if (rules.clientsChoose()) {
            subject.find(
                    Check.DURABILITY_MEMORY,
                    Severity.LOW,
                    "durability.clients-choose",
                    "a client may choose the durability memory for " + topic,
                    "durability.topics = [\"disk " + topic + "\"]   (rules of topics win)");
        }
    }

    private void volatileTopic(String topic, String path, String because, String fix) {
        subject.find(
                Check.DURABILITY_MEMORY,
                Severity.MEDIUM,
                path,
                "acknowledged messages of " + topic + " do not survive the end of the broker: " + because,
                fix);
    }

    /** Whether some topic matches both filters. */
    static boolean overlap(String[] a, String[] b, int level) {
        boolean endA = level == a.length;
        boolean endB = level == b.length;
        if (endA || endB) {
            return endA && endB || endA && b[level].equals("#") || endB && a[level].equals("#");
        }
        if (a[level].equals("#") || b[level].equals("#")) {
            return true;
        }
        boolean meets = a[level].equals("+") || b[level].equals("+") || a[level].equals(b[level]);
        return meets && overlap(a, b, level + 1);
    }
}
