package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.security.acl.Rule.Who;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Rules as lines of text: {@code allow publish qos=1 retain=false sensors/${clientid}/#}, {@code deny users=bob,eve all secret/#}. First
 * the effect, then conditions and the actions in any order, then the topics. What has a blank or a comma, or looks like something else,
 * stands in double quotes. Pure functions.
 */
public final class RuleText {
    private RuleText() {}

    /**
     * Reads a line.
     *
     * @param origin where it stands, for people
     * @throws InvalidRule with the origin and a sentence that says what is expected; also for topics and addresses that are none
     */
    public static Rule parse(String line, String origin) {
        try {
            Rule rule = new RuleReader(line).read(origin);
            CompiledRule.of(rule);
            return rule;
        } catch (InvalidRule e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(origin + ": ") ? e : new InvalidRule(origin + ": " + message, e);
        }
    }

    /** Says what a rule that was put together some other way lacks: nothing where it can be used. */
    public static Optional<String> problem(Rule rule) {
        try {
            CompiledRule.of(rule);
            return Optional.empty();
        } catch (InvalidRule e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** As {@link #parse} reads it, without the origin; equal rules give equal lines. */
    public static String print(Rule rule) {
        List<String> words = new ArrayList<>();
        words.add(rule.effect().name().toLowerCase(Locale.ROOT));
        Who who = rule.who();
        list(words, "users", sorted(who.usernames()));
        list(words, "client-ids", sorted(who.clientIds()));
        list(words, "roles", sorted(who.roles()));
        list(words, "groups", sorted(who.groups()));
        list(words, "addresses", who.addresses());
        list(words, "listeners", sorted(who.listeners()));
        who.anonymous().ifPresent(anonymous -> words.add("anonymous=" + anonymous));
        words.add(kinds(rule.kinds()));
        list(
                words,
                "qos",
                rule.qos().stream().sorted().map(qos -> "" + qos.value()).toList());
        rule.retain().ifPresent(retain -> words.add("retain=" + retain));
        rule.topics().forEach(topic -> words.add(topic(topic)));
        return String.join(" ", words);
    }

    private static Collection<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }

    private static void list(List<String> words, String key, Collection<String> values) {
        if (!values.isEmpty()) {
            words.add(key + "=" + values.stream().map(RuleText::value).collect(Collectors.joining(",")));
        }
    }

    static String kinds(Set<Kind> kinds) {
        if (kinds.size() == Kind.values().length) {
            return RuleReader.ALL;
        }
        return kinds.isEmpty()
                ? "\"\""
                : EnumSet.copyOf(kinds).stream()
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(","));
    }

    private static String value(String value) {
        return value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == ',') ? quoted(value) : value;
    }

    private static String topic(String topic) {
        boolean plain = !topic.isEmpty()
                && !topic.equals("eq")
                && topic.chars().noneMatch(c -> c <= ' ' || c == '"')
                && !RuleReader.looksLikeCondition(topic);
        return plain ? topic : quoted(topic);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
