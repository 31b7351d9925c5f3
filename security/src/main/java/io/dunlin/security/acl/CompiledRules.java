package io.dunlin.security.acl;

import io.dunlin.security.acl.Rule.Who;
import io.dunlin.security.acl.RuleIndex.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list of rules, of which the first that fits decides, indexed by whom and which topics they concern: a question looks at
 * few of them however many there are. Immutable; any thread.
 */
final class CompiledRules {
    static final CompiledRules NONE = new CompiledRules(List.of());

    private final List<CompiledRule> rules;
    private final RuleIndex everybody = new RuleIndex();
    private final Map<String, RuleIndex> byUser = new HashMap<>();
    private final Map<String, RuleIndex> byClient = new HashMap<>();
    private final Map<String, RuleIndex> byRole = new HashMap<>();
    private final Map<String, RuleIndex> byGroup = new HashMap<>();

    private CompiledRules(List<CompiledRule> rules) {
        this.rules = rules;
        for (int i = 0; i < rules.size(); i++) {
            CompiledRule rule = rules.get(i);
            List<RuleIndex> indexes = indexes(rule.rule().who());
            for (TopicPattern topic : rule.topics()) {
                Entry entry = new Entry(i, rule, topic);
                indexes.forEach(index -> index.add(entry));
            }
        }
    }

    /** @throws InvalidRule that names the origin of the rule */
    static CompiledRules of(List<Rule> rules) {
        return rules.isEmpty()
                ? NONE
                : compiled(rules.stream().map(CompiledRule::of).toList());
    }

    static CompiledRules compiled(List<CompiledRule> rules) {
        return new CompiledRules(List.copyOf(rules));
    }

    private List<RuleIndex> indexes(Who who) {
        if (!who.usernames().isEmpty()) {
            return named(byUser, who.usernames());
        }
        if (!who.clientIds().isEmpty()) {
            return named(byClient, who.clientIds());
        }
        if (!who.roles().isEmpty()) {
            return named(byRole, who.roles());
        }
        return who.groups().isEmpty() ? List.of(everybody) : named(byGroup, who.groups());
    }

    private static List<RuleIndex> named(Map<String, RuleIndex> indexes, Set<String> names) {
        List<RuleIndex> found = new ArrayList<>();
        names.forEach(name -> found.add(indexes.computeIfAbsent(name, _ -> new RuleIndex())));
        return found;
    }

    List<CompiledRule> rules() {
        return rules;
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** What the first rule says that fits. */
    Opinion ask(Question question) {
        return rules.isEmpty() ? Opinion.NONE : find(question).opinion();
    }

    /** Which rule decides, and what the others would refuse. */
    Finding find(Question question) {
        Finding finding = new Finding(question);
        String[] levels = question.levels();
        everybody.find(levels, finding);
        visit(byUser, question.principal().username(), levels, finding);
        visit(byClient, question.principal().clientId(), levels, finding);
        visit(byRole, question.roles(), levels, finding);
        visit(byGroup, question.groups(), levels, finding);
        return finding;
    }

    private static void visit(Map<String, RuleIndex> indexes, @Nullable String name, String[] levels, Finding finding) {
        RuleIndex index = name == null ? null : indexes.get(name);
        if (index != null) {
            index.find(levels, finding);
        }
    }

    private static void visit(Map<String, RuleIndex> indexes, Set<String> names, String[] levels, Finding finding) {
        if (!indexes.isEmpty()) {
            names.forEach(name -> visit(indexes, name, levels, finding));
        }
    }
}
