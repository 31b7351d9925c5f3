package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.RuleIndex.Entry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the rules that may have to do with a question, in any order, and keeps the first of the list that decides. For SUBSCRIBE
 * it finds out too what RECEIVE would answer for the messages that the filter matches: which rule allows all of them, and whether one
 * before it refuses some. Used once, by one thread.
 */
final class Finding implements RuleIndex.Visitor {
    private static final int NEVER = Integer.MAX_VALUE;

    private final Question question;
    private final boolean subscribe;
    private @Nullable CompiledRule deciding;
    private int decides = NEVER;
    private int allowsAll = NEVER;
    private int deniesSome = NEVER;

    Finding(Question question) {
        this.question = question;
        this.subscribe = question.isSubscribe();
    }

    /** How a rule's topic meets the topic of a question. */
    enum Fit {
        NO,
        /** Only a part of what the filter matches. */
        PART,
        WHOLE
    }

    @Override
    public void visit(Entry entry) {
        if (subscribe) {
            visitForSubscribe(entry);
        } else if (entry.number() < decides
                && entry.rule().concerns(question.action())
                && fit(question, entry.rule(), entry.topic()) == Fit.WHOLE
                && entry.rule().fitsWho(question)) {
            decides = entry.number();
            deciding = entry.rule();
        }
    }

    private void visitForSubscribe(Entry entry) {
        CompiledRule rule = entry.rule();
        boolean asks = entry.number() < decides && rule.concerns(question.action());
        boolean receives = entry.number() < (rule.allows() ? allowsAll : deniesSome) && rule.concerns(Action.RECEIVE);
        if (!asks && !receives) {
            return;
        }
        Fit fit = asks ? fit(question, rule, entry.topic()) : Fit.NO;
        Fit received = receives ? fitOfReceive(question, rule, entry.topic()) : Fit.NO;
        if (fit == Fit.NO && received == Fit.NO || !rule.fitsWho(question)) {
            return;
        }
        if (fit == Fit.WHOLE || fit == Fit.PART && refusesInPart(rule)) {
            decides = entry.number();
            deciding = rule;
        }
        if (received == Fit.WHOLE && rule.allows()) {
            allowsAll = entry.number();
        }
        if (received != Fit.NO && !rule.allows()) {
            deniesSome = entry.number();
        }
    }

    /** Whether a rule refuses a subscription of which it concerns only a part: it is not asked again for the messages. */
    static boolean refusesInPart(CompiledRule rule) {
        return !rule.allows() && !rule.concerns(Action.RECEIVE);
    }

    /** How a topic of a rule meets the question, whoever asks and whatever for. */
    static Fit fit(Question question, CompiledRule rule, TopicPattern topic) {
        Effect effect = rule.rule().effect();
        String[] levels = topic.levels(question, effect);
        if (levels == null) {
            return Fit.NO;
        }
        String[] asked = question.levels();
        return switch (question.action().kind()) {
            case PUBLISH -> topic.isExact() ? same(levels, asked) : covered(levels, asked);
            case RECEIVE -> topic.isExact() && effect == Effect.DENY ? same(levels, asked) : covered(levels, asked);
            case SUBSCRIBE -> topic.isExact() ? same(levels, asked) : relation(levels, asked);
        };
    }

    /** How a topic of a rule meets the messages that the filter of a SUBSCRIBE matches. */
    private static Fit fitOfReceive(Question question, CompiledRule rule, TopicPattern topic) {
        Effect effect = rule.rule().effect();
        String[] levels = topic.levels(question, effect);
        if (levels == null || topic.isExact() && effect == Effect.DENY && hasWildcard(levels)) {
            return Fit.NO; // an exact filter with wildcards is no topic
        }
        return relation(levels, question.levels());
    }

    private static Fit relation(String[] levels, String[] asked) {
        if (FilterRelation.covers(levels, asked)) {
            return Fit.WHOLE;
        }
        return FilterRelation.overlaps(levels, asked) ? Fit.PART : Fit.NO;
    }

    private static Fit covered(String[] levels, String[] asked) {
        return FilterRelation.covers(levels, asked) ? Fit.WHOLE : Fit.NO;
    }

    private static Fit same(String[] levels, String[] asked) {
        return Arrays.equals(levels, asked) ? Fit.WHOLE : Fit.NO;
    }

    private static boolean hasWildcard(String[] levels) {
        for (String level : levels) {
            if (FilterRelation.isWildcard(level)) {
                return true;
            }
        }
        return false;
    }

    /** The rule that decides, null for none. */
    @Nullable
    CompiledRule deciding() {
        return deciding;
    }

    /** Of SUBSCRIBE: whether some of the messages would be refused. */
    boolean refusesSome() {
        return deniesSome < allowsAll;
    }

    /** Of SUBSCRIBE: whether all messages would be allowed. */
    boolean allowsAll() {
        return allowsAll < deniesSome;
    }

    Opinion opinion() {
        CompiledRule rule = deciding;
        if (rule != null) {
            return rule.opinion(!subscribe || allowsAll());
        }
        return subscribe && refusesSome() ? Opinion.NONE_IN_PART : Opinion.NONE;
    }
}
