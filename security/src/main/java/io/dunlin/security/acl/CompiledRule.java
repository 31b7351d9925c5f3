package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** A rule, ready to be compared with questions. Immutable. */
final class CompiledRule {
    private static final int EVERY_ACTION = (1 << Action.values().length) - 1;

    private final Rule rule;
    private final List<TopicPattern> topics;
    private final List<Network> networks;
    private final int actions;
    private final Opinion.Decided opinion;
    private final Opinion.Decided inPart;
    private final LongAdder uses = new LongAdder();

    private CompiledRule(Rule rule, List<TopicPattern> topics, String text) {
        this.rule = rule;
        this.topics = topics;
        this.networks = rule.who().addresses().stream().map(Network::of).toList();
        int bits = 0;
        for (Action action : Action.values()) {
            bits |= rule.concerns(action) ? 1 << action.ordinal() : 0;
        }
        this.actions = bits & EVERY_ACTION;
        String why = rule.origin() + ": " + text;
        boolean allows = rule.effect() == Effect.ALLOW;
        this.opinion = new Opinion.Decided(allows ? Verdict.ALLOWED : Verdict.DENIED, why);
        this.inPart = new Opinion.Decided(allows ? Verdict.ALLOWED_IN_PART : Verdict.DENIED, why);
    }

    /** @throws InvalidRule with its origin */
    static CompiledRule of(Rule rule) {
        return of(rule, rule.topics().stream().map(topic -> at(rule, topic)).toList(), RuleText.print(rule));
    }

    /**
     * Of a rule that came in another form.
     *
     * @param topics instead of those of the rule
     * @param text how it is shown to people
     */
    static CompiledRule of(Rule rule, List<TopicPattern> topics, String text) {
        if (topics.isEmpty()) {
            throw new InvalidRule(rule.origin()
                    + ": the rule names no topic: give one, such as # for all but those that" + " begin with $");
        }
        if (rule.kinds().isEmpty()) {
            throw new InvalidRule(
                    rule.origin() + ": the rule names no action: give publish, subscribe, receive or all");
        }
        try {
            return new CompiledRule(rule, topics, text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRule(rule.origin() + ": " + e.getMessage(), e);
        }
    }

    private static TopicPattern at(Rule rule, String topic) {
        try {
            return TopicPattern.of(topic);
        } catch (InvalidRule e) {
            throw new InvalidRule(rule.origin() + ": " + e.getMessage(), e);
        }
    }

    /** How often it has decided. */
    long uses() {
        return uses.sum();
    }

    /** Where it stands and what it says. */
    String text() {
        return opinion.why();
    }

    Rule rule() {
        return rule;
    }

    List<TopicPattern> topics() {
        return topics;
    }

    boolean allows() {
        return rule.effect() == Effect.ALLOW;
    }

    boolean concerns(Action action) {
        return (actions & 1 << action.ordinal()) != 0;
    }

    /** What it says where it decides, which is counted. */
    Opinion.Decided opinion(boolean whole) {
        uses.increment();
        return whole ? opinion : inPart;
    }

    /** Whether the client is one of those whom it concerns. */
    boolean fitsWho(Question question) {
        Who who = rule.who();
        Principal principal = question.principal();
        String username = principal.username();
        return (who.usernames().isEmpty() || username != null && who.usernames().contains(username))
                && (who.clientIds().isEmpty() || who.clientIds().contains(principal.clientId()))
                && (who.roles().isEmpty() || !Collections.disjoint(who.roles(), question.roles()))
                && (who.groups().isEmpty() || !Collections.disjoint(who.groups(), question.groups()))
                && (who.anonymous().isEmpty() || who.anonymous().get() == (username == null))
                && fitsListener(question)
                && fitsAddress(question);
    }

    /** Of a client of whom no connection is known, the worst is assumed. */
    boolean fitsListener(Question question) {
        Set<String> listeners = rule.who().listeners();
        String listener = question.subject().listener();
        return listeners.isEmpty() || (listener.isEmpty() ? !allows() : listeners.contains(listener));
    }

    boolean fitsAddress(Question question) {
        if (networks.isEmpty()) {
            return true;
        }
        if (question.subject().listener().isEmpty() && question.subject().address() == null) {
            return !allows();
        }
        for (Network network : networks) {
            if (network.contains(question.subject().address())) {
                return true;
            }
        }
        return false;
    }
}
