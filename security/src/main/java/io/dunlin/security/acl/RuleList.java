package io.dunlin.security.acl;

import java.util.List;

/** An ordered list of rules, of which the first that fits decides. Immutable; any thread. */
public final class RuleList implements RuleSource {
    private final String name;
    private final CompiledRules rules;

    /**
     * Of rules that a source has got for one client.
     *
     * @throws InvalidRule for the first rule that cannot be used, with its origin
     */
    public static RuleList of(List<Rule> rules) {
        return new RuleList("", rules);
    }

    /** @throws InvalidRule for the first rule that cannot be used, with its origin */
    public RuleList(String name, List<Rule> rules) {
        this.name = name;
        this.rules = CompiledRules.of(rules);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Opinion ask(Question question) {
        return rules.ask(question);
    }

    @Override
    public List<CompiledRules> lists(Question question) {
        return List.of(rules);
    }

    @Override
    public List<CompiledRule> rules() {
        return rules.rules();
    }
}
