package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something about a list of rules that is hardly meant.
 *
 * @param origin where the rule stands
 * @param rule the rule, on one line
 * @param what a sentence that says what is odd
 * @param fix a sentence that says what to do
 */
public record RuleFinding(Type type, String origin, String rule, String what, String fix) {
    /** What it is about. */
    public enum Type {
        /** A rule that never decides, as another one does before it. */
        SHADOWED,
        /** A rule that gives everybody everything. */
        WILDCARD
    }

    @Override
    public String toString() {
        return origin + ": " + rule + ": " + what + "; " + fix;
    }

    /**
     * Looks at a list of which the first rule that fits decides.
     *
     * @throws InvalidRule where one cannot be used
     */
    public static List<RuleFinding> of(List<Rule> rules) {
        List<CompiledRule> compiled = rules.stream().map(CompiledRule::of).toList();
        List<RuleFinding> findings = new ArrayList<>();
        for (int i = 0; i < compiled.size(); i++) {
            CompiledRule rule = compiled.get(i);
            shadow(compiled.subList(0, i), rule).ifPresent(before -> findings.add(shadowed(rule, before)));
            if (isWildcard(rule)) {
                findings.add(wildcard(rule));
            }
        }
        return List.copyOf(findings);
    }

    private static RuleFinding shadowed(CompiledRule rule, CompiledRule before) {
        boolean same = rule.allows() == before.allows();
        return new RuleFinding(
                Type.SHADOWED,
                rule.rule().origin(),
                RuleText.print(rule.rule()),
                "it never decides, as " + before.text() + " fits wherever it does",
                same ? "remove it" : "move it before that one, or remove it");
    }

    private static RuleFinding wildcard(CompiledRule rule) {
        String who = rule.rule().who().anonymous().orElse(false) ? "every anonymous client" : "every client";
        return new RuleFinding(
                Type.WILDCARD,
                rule.rule().origin(),
                RuleText.print(rule.rule()),
                "it lets " + who + " "
                        + RuleText.kinds(rule.rule().kinds())
                                .toLowerCase(Locale.ROOT)
                                .replace("all", "do all") + " on every topic",
                "say who needs it (users, roles), or name the topics");
    }

    private static boolean isWildcard(CompiledRule rule) {
        Who who = rule.rule().who();
        boolean everybody = who.usernames().isEmpty()
                && who.clientIds().isEmpty()
                && who.roles().isEmpty()
                && who.groups().isEmpty()
                && who.addresses().isEmpty()
                && who.listeners().isEmpty()
                && !who.anonymous().equals(Optional.of(false));
        return rule.allows()
                && everybody
                && rule.topics().stream()
                        .anyMatch(topic -> !topic.isExact() && Arrays.equals(topic.shape(), new String[] {"#"}));
    }

    private static Optional<CompiledRule> shadow(List<CompiledRule> before, CompiledRule rule) {
        return before.stream().filter(earlier -> shadows(earlier, rule)).findFirst();
    }

    private static boolean shadows(CompiledRule earlier, CompiledRule rule) {
        for (Action action : Action.values()) {
            if (rule.concerns(action) && !earlier.concerns(action)) {
                return false;
            }
        }
        boolean subscribes = rule.rule().kinds().contains(Kind.SUBSCRIBE);
        return includes(earlier.rule().who(), rule.rule().who())
                && rule.topics().stream()
                        .allMatch(topic -> earlier.topics().stream()
                                .anyMatch(wider -> includes(earlier, wider, rule, topic, subscribes)));
    }

    private static boolean includes(Who wide, Who narrow) {
        return includes(wide.usernames(), narrow.usernames())
                && includes(wide.clientIds(), narrow.clientIds())
                && includes(wide.roles(), narrow.roles())
                && includes(wide.groups(), narrow.groups())
                && includes(wide.addresses(), narrow.addresses())
                && includes(wide.listeners(), narrow.listeners())
                && (wide.anonymous().isEmpty() || wide.anonymous().equals(narrow.anonymous()));
    }

    private static boolean includes(Collection<String> wide, Collection<String> narrow) {
        return wide.isEmpty() || !narrow.isEmpty() && wide.containsAll(narrow);
    }

    private static boolean includes(
            CompiledRule earlier, TopicPattern wide, CompiledRule rule, TopicPattern narrow, boolean subscribes) {
        if (wide.text().equals(narrow.text())) {
            return !wide.hasPlaceholders() || earlier.allows() == rule.allows();
        }
        boolean plain = !wide.hasPlaceholders() && !wide.isExact() && !(narrow.isExact() && subscribes);
        return plain
                && FilterRelation.covers(
                        wide.shape(), widest(narrow, rule.rule().effect()));
    }

    /** The filter that has all that a pattern can become. */
    private static String[] widest(TopicPattern pattern, Effect effect) {
        List<String> levels = new ArrayList<>();
        for (String level : pattern.shape()) {
            if (level.equals(TopicPattern.FILLED) && effect == Effect.DENY) {
                levels.add("#");
                break;
            }
            levels.add(level.equals(TopicPattern.FILLED) ? "+" : level);
        }
        return levels.toArray(String[]::new);
    }
}
