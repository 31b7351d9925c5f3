package io.dunlin.server.config;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.DurabilityRules;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an acknowledgement waits for. */
public record DurabilityConfig(
        @Setting(
                value =
                        "What a PUBACK or PUBREC waits for: `disk` (fdatasync: survives a power cut), `os` (written: survives"
                                + " the end of the process) or `memory` (routed)",
                byDefault = "disk")
        Durability level,

        @Setting(
                "Levels of topics, each `LEVEL FILTER`, such as `memory telemetry/#`; the first that matches decides, whatever"
                        + " else says otherwise")
        List<String> topics,

        @Setting(
                "Levels of clients, each `LEVEL CLIENTID`, such as `os sensor-*`, where `*` stands for any text; the first that"
                        + " matches decides, before the listener's")
        List<String> clients,

        @Setting(
                value = "Whether an MQTT 5 client may choose its level with the user property `"
                        + DurabilityRules.PROPERTY + "` in its CONNECT",
                byDefault = "true")
        boolean clientsChoose) {

    /** As the core takes it; rules that cannot be read are left out, {@link #problems} has them. */
    public DurabilityRules toRules() {
        List<DurabilityRules.TopicRule> forTopics = new ArrayList<>();
        for (String rule : topics) {
            level(rule)
                    .filter(level -> filterProblem(rule).isEmpty())
                    .ifPresent(level ->
                            forTopics.add(new DurabilityRules.TopicRule(TopicFilter.of(pattern(rule)), level)));
        }
        List<DurabilityRules.ClientRule> forClients = new ArrayList<>();
        for (String rule : clients) {
            level(rule)
                    .ifPresent(level ->
                            forClients.add(new DurabilityRules.ClientRule(clientPattern(pattern(rule)), level)));
        }
        return new DurabilityRules(level, List.copyOf(forTopics), List.copyOf(forClients), clientsChoose);
    }

    /** What is wrong with the rules of {@code topics} or {@code clients}, a sentence each. */
    static List<String> problems(List<String> rules, boolean filters) {
        List<String> problems = new ArrayList<>();
        for (String rule : rules) {
            if (level(rule).isEmpty() || pattern(rule).isBlank()) {
                problems.add("\"" + rule + "\" cannot be read: expected is a level (disk, os or memory), a blank and "
                        + (filters ? "a topic filter" : "a client id"));
            } else if (filters) {
                filterProblem(rule).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private static Optional<String> filterProblem(String rule) {
        try {
            return TopicFilter.of(pattern(rule)).isShared()
                    ? Optional.of("\"" + rule + "\" has a shared subscription: expected is a plain topic filter")
                    : Optional.empty();
        } catch (InvalidTopic e) {
            return Optional.of("\"" + rule + "\" has no topic filter: " + e.getMessage());
        }
    }

    private static Optional<Durability> level(String rule) {
        String word = rule.strip().split(" ", 2)[0];
        return Arrays.stream(Durability.values())
                .filter(level -> level.text().equals(word))
                .findFirst();
    }

    private static String pattern(String rule) {
        String[] parts = rule.strip().split(" ", 2);
        return parts.length < 2 ? "" : parts[1].strip();
    }

    private static Pattern clientPattern(String glob) {
        return Pattern.compile(
                Arrays.stream(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }
}
