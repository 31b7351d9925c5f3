package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.security.acl.Explanation.Near;
import io.dunlin.security.acl.Explanation.Said;
import io.dunlin.security.acl.Explanation.Step;
import io.dunlin.security.acl.Finding.Fit;
import io.dunlin.security.acl.Rule.Who;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks all places of a chain one question and says of each rule that came near why it fits or not. Used once. */
final class Explainer {
    private static final int NEAR_MAX = 50;

    private final AccessChain chain;
    private final Question question;
    private final List<Step> steps = new ArrayList<>();
    private @Nullable Explanation decided;
    private boolean inPart;

    Explainer(AccessChain chain, Question question) {
        this.chain = chain;
        this.question = question;
    }

    CompletionStage<Explanation> explain() {
        if (question.subject().superuser()) {
            decided = new Explanation(
                    true, true, "superuser", "the login says that the client may do everything", List.of());
        }
        if (chain.lacksItsRules(question)) {
            decided = new Explanation(
                    false,
                    false,
                    "login",
                    "logins bring rules of their own, and that of this session is not known since the broker's start",
                    List.of());
        }
        CompletionStage<?> asked = CompletableFuture.completedStage("");
        CompiledRules own = chain.ownRules(question);
        if (!own.isEmpty()) {
            note("login", own.ask(question), List.of(own));
        }
        for (AccessSource source : chain.sources()) {
            asked = asked.thenCompose(_ -> settled(source))
                    .thenAccept(opinion -> note(
                            source.name(),
                            opinion,
                            source instanceof RuleSource rules ? rules.lists(question) : List.of()));
        }
        return asked.thenApply(_ -> end());
    }

    /** The opinion of a source, null where it fails. */
    private CompletionStage<@Nullable Opinion> settled(AccessSource source) {
        try {
            return later(AccessChain.ask(source, question)).exceptionally(_ -> null);
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(null);
        }
    }

    private static CompletionStage<@Nullable Opinion> later(Opinion opinion) {
        return opinion instanceof Opinion.Asking asking
                ? asking.opinion().thenCompose(Explainer::later)
                : CompletableFuture.completedStage(opinion);
    }

    private void note(String source, @Nullable Opinion opinion, List<CompiledRules> lists) {
        Said said = said(opinion);
        String why =
                switch (opinion) {
                    case null -> "it could not answer, see the log";
                    case Opinion.Decided one -> one.why();
                    case Opinion.None _ -> "";
                    case Opinion.Asking _ -> "";
                };
        List<Near> near = new ArrayList<>();
        int all = 0;
        for (CompiledRules list : lists) {
            all += list.rules().size();
            near(list, near);
        }
        steps.add(new Step(source, said, why, near, all - near.size()));
        if (said != Said.NO_OPINION && decided == null) {
            boolean allowed = said == Said.ALLOWED || said == Said.ALLOWED_IN_PART;
            decided = new Explanation(allowed, said == Said.ALLOWED && !inPart, source, why, List.of());
        }
        inPart |= opinion instanceof Opinion.None none && none.inPart();
    }

    private static Said said(@Nullable Opinion opinion) {
        return switch (opinion) {
            case null -> Said.FAILED;
            case Opinion.Decided(Verdict verdict, String _) ->
                !verdict.allowed() ? Said.DENIED : verdict.whole() ? Said.ALLOWED : Said.ALLOWED_IN_PART;
            case Opinion.None _ -> Said.NO_OPINION;
            case Opinion.Asking _ -> Said.FAILED;
        };
    }

    private Explanation end() {
        Explanation by = decided;
        if (by == null) {
            Verdict verdict = chain.noMatch(question);
            String why = "nothing fits, and authorization.no-match is ";
            by = new Explanation(
                    verdict.allowed(),
                    verdict.whole() && !inPart,
                    "no-match",
                    switch (chain.noMatch()) {
                        case ALLOW -> why + "allow";
                        case DENY -> why + "deny";
                        case UNCONFIGURED ->
                            verdict.allowed()
                                    ? "nothing is configured under authorization, so that everything is allowed"
                                    : "nothing fits, and a client with rights or roles of its own is held to them";
                    },
                    List.of());
        }
        return new Explanation(by.allowed(), by.whole(), by.decidedBy(), by.why(), steps);
    }

    private void near(CompiledRules list, List<Near> near) {
        boolean open = true;
        for (CompiledRule rule : list.rules()) {
            List<String> reasons = reasons(rule);
            boolean fits = reasons.isEmpty();
            if (fits && !open) {
                reasons.add("it fits too, but a rule before it has decided");
            } else if (fits) {
                reasons.add("it fits and decides");
                open = false;
            }
            if (reasons.size() == 1
                    && near.size() < NEAR_MAX
                    && !reasons.getFirst().equals(FAR)) {
                near.add(new Near(rule.text(), fits, reasons.getFirst()));
            }
        }
    }

    private static final String FAR = "its topics are others";

    /** Everything that keeps a rule from fitting, a sentence each. */
    private List<String> reasons(CompiledRule rule) {
        List<String> reasons = new ArrayList<>();
        action(rule.rule(), reasons);
        who(rule, reasons);
        topic(rule, reasons);
        return reasons;
    }

    private void action(Rule rule, List<String> reasons) {
        if (rule.concerns(question.action())) {
            return;
        }
        Kind kind = question.action().kind();
        boolean about = rule.kinds().contains(kind)
                || kind == Kind.RECEIVE && rule.kinds().contains(Kind.SUBSCRIBE);
        if (!about) {
            reasons.add("it concerns " + RuleText.kinds(rule.kinds()) + " alone");
        } else if (kind == Kind.RECEIVE) {
            reasons.add("it refuses subscriptions of some QoS, which says nothing of messages");
        } else if (!rule.qos().isEmpty()
                && !rule.qos().contains(question.action().qos())) {
            reasons.add("it does not concern QoS " + question.action().qos().value());
        } else {
            reasons.add("it concerns messages " + (question.action().retain() ? "without" : "with") + " retain alone");
        }
    }

    private void who(CompiledRule rule, List<String> reasons) {
        Who who = rule.rule().who();
        String username = question.principal().username();
        if (!who.usernames().isEmpty() && (username == null || !who.usernames().contains(username))) {
            reasons.add(username == null ? "the client has no user name" : "the user is not " + names(who.usernames()));
        }
        if (!who.clientIds().isEmpty()
                && !who.clientIds().contains(question.principal().clientId())) {
            reasons.add("the client is not " + names(who.clientIds()));
        }
        if (!who.roles().isEmpty() && Collections.disjoint(who.roles(), question.roles())) {
            reasons.add("the client does not have the role " + names(who.roles()));
        }
        if (!who.groups().isEmpty() && Collections.disjoint(who.groups(), question.groups())) {
            reasons.add("the client is not in the group " + names(who.groups()));
        }
        if (who.anonymous().isPresent() && who.anonymous().get() != (username == null)) {
            reasons.add(
                    who.anonymous().get()
                            ? "it concerns clients without a user name"
                            : "it concerns clients with a user name");
        }
        if (!rule.fitsListener(question)) {
            reasons.add("the client did not come through the listener " + names(who.listeners()));
        }
        if (!rule.fitsAddress(question)) {
            reasons.add("the client's address is not in " + names(who.addresses()));
        }
    }

    private static String names(Iterable<String> names) {
        List<String> sorted = new ArrayList<>();
        names.forEach(sorted::add);
        Collections.sort(sorted);
        return String.join(" or ", sorted);
    }

    private void topic(CompiledRule rule, List<String> reasons) {
        String reason = FAR;
        for (TopicPattern topic : rule.topics()) {
            Fit fit = Finding.fit(question, rule, topic);
            if (fit == Fit.WHOLE || fit == Fit.PART && Finding.refusesInPart(rule)) {
                return;
            }
            if (fit == Fit.PART) {
                reason = topic.text() + " covers only a part of " + question.topic()
                        + (rule.allows() ? "" : ", where it will refuse the messages");
            } else if (reason.equals(FAR)) {
                reason = near(rule, topic);
            }
        }
        reasons.add(reason);
    }

    private String near(CompiledRule rule, TopicPattern topic) {
        if (topic.levels(question, rule.rule().effect()) == null) {
            return topic.text() + " fits nothing: "
                    + topic.whyNot(question, rule.rule().effect());
        }
        String first = topic.shape()[0];
        boolean dollar = question.topic().startsWith("$") && FilterRelation.isWildcard(first);
        if (dollar) {
            return topic.text() + " begins with a wildcard, which stands for no topic that begins with $";
        }
        boolean near = FilterRelation.isWildcard(first)
                || first.equals(TopicPattern.FILLED)
                || first.equals(question.levels()[0]);
        return near ? "its topic " + topic.text() + " does not cover " + question.topic() : FAR;
    }
}
