package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about rights: a superuser may do everything; else the rules that came with the login are asked, then one source after the
 * other until one has an opinion. A source that fails denies, for a second. Immutable but for its figures; any thread, never blocks.
 */
public final class AccessChain implements Authorizer {
    private static final Logger LOG = LoggerFactory.getLogger(AccessChain.class);
    private static final long FAILURE_NANOS = 1_000_000_000L;
    private static final long WARNING_NANOS = 10_000_000_000L;
    private static final int SHOWN_CHARS_MAX = 64;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final AtomicLong CHAINS = new AtomicLong();
    private static final long GENERATIONS_OF_ONE = 1L << 32;

    private final List<AccessSource> sources;
    private final NoMatch noMatch;
    private final Roles roles;
    private final boolean loginsBringRules;
    private final Clock clock;
    private final OwnRules ownRules = new OwnRules();
    private final long firstGeneration = CHAINS.incrementAndGet() * GENERATIONS_OF_ONE;
    private final List<Counts> counts = new ArrayList<>();

    /** What becomes of that about which nobody has an opinion. */
    public enum NoMatch {
        DENY,
        ALLOW,
        /**
         * Nothing is configured: everything is allowed, but who comes with rights of his own, or has a role with rules, is held to
         * them.
         */
        UNCONFIGURED
    }

    /** How often one place decided. */
    private static final class Counts {
        private final String source;
        private final LongAdder allowed = new LongAdder();
        private final LongAdder denied = new LongAdder();
        private final LongAdder failed = new LongAdder();

        private final AtomicLong warned = new AtomicLong(Long.MIN_VALUE);

        Counts(String source) {
            this.source = source;
        }

        /** Once in ten seconds, however many questions fail. */
        boolean isTimeToWarn(long nanos) {
            long last = warned.get();
            return (last == Long.MIN_VALUE || nanos - last > WARNING_NANOS) && warned.compareAndSet(last, nanos);
        }
    }

    /**
     * How often a place has decided since this chain was made; the core remembers verdicts, so that there are fewer than messages.
     *
     * @param source a name of {@link AccessSource#name}, or superuser, login, no-match
     * @param failed questions among the denied ones that the source could not answer
     */
    public record Figures(String source, long allowed, long denied, long failed) {}

    /**
     * Makes a chain, whose {@link #generation} none had before.
     *
     * @param sources in the order in which they are asked
     * @param loginsBringRules whether a login may come with rules of its own, as those with tokens do: then a user whose login is not
     *     known may not publish, and where nothing is configured each client is asked about
     * @param clock the broker's
     */
    public AccessChain(
            List<AccessSource> sources, NoMatch noMatch, Roles roles, boolean loginsBringRules, Clock clock) {
        this.sources = List.copyOf(sources);
        this.noMatch = noMatch;
        this.roles = roles;
        this.loginsBringRules = loginsBringRules;
        this.clock = clock;
        counts.add(new Counts("superuser"));
        counts.add(new Counts("login"));
        sources.forEach(source -> counts.add(new Counts(source.name())));
        counts.add(new Counts("no-match"));
    }

    @Override
    public long generation() {
        return firstGeneration + roles.current().generation();
    }

    @Override
    public boolean allowsAll() {
        return noMatch == NoMatch.UNCONFIGURED
                && !loginsBringRules
                && roles.current().hasNoRules();
    }

    public List<Figures> figures() {
        return counts.stream()
                .map(each -> new Figures(each.source, each.allowed.sum(), each.denied.sum(), each.failed.sum()))
                .toList();
    }

    /**
     * How often a rule has decided since it was read.
     *
     * @param rule one line for people
     */
    public record RuleUse(String origin, String rule, boolean allows, long uses) {}

    /** All rules of configuration, roles and files with their uses; those of logins are not among them. */
    public List<RuleUse> uses() {
        return sources.stream()
                .filter(RuleSource.class::isInstance)
                .flatMap(source -> ((RuleSource) source).rules().stream())
                .map(rule -> new RuleUse(rule.rule().origin(), rule.text(), rule.allows(), rule.uses()))
                .toList();
    }

    List<AccessSource> sources() {
        return sources;
    }

    NoMatch noMatch() {
        return noMatch;
    }

    Question question(Principal principal, Action action, String topic) {
        return Question.of(principal, action, topic, roles.current());
    }

    /** The rules that came with the login. */
    CompiledRules ownRules(Question question) {
        return ownRules.of(question.subject().rules());
    }

    @Override
    public Answer authorize(Principal principal, Action action, String topic) {
        try {
            Question question = question(principal, action, topic);
            if (question.subject().superuser()) {
                counts.getFirst().allowed.increment();
                return Verdict.ALLOWED;
            }
            if (lacksItsRules(question)) {
                return count(1, Verdict.DENIED);
            }
            return decide(ownRules(question).ask(question), new Asked(question), 1);
        } catch (RuntimeException e) {
            return failed(1, principal, e);
        }
    }

    /**
     * Says who decides about a question and why; all sources are asked, whoever has decided. The stage never fails.
     *
     * @param topic as {@link #authorize} has it
     */
    public CompletionStage<Explanation> explain(Principal principal, Action action, String topic) {
        return new Explainer(this, question(principal, action, topic)).explain();
    }

    /**
     * Whether a login that is not known any more, as that of a will after a restart, may have brought a rule that forbids this: nobody
     * else knows it, so nothing is published. What such a session receives is asked again when its client comes back.
     */
    boolean lacksItsRules(Question question) {
        return loginsBringRules
                && question.subject() == Subject.UNKNOWN
                && question.principal().username() != null
                && question.action().kind() == Kind.PUBLISH;
    }

    /** How far a question has come. */
    private static final class Asked {
        private final Question question;
        private boolean inPart;
        private long goodUntilNanos = Verdict.FOREVER;

        Asked(Question question) {
            this.question = question;
        }

        void note(Opinion.None none) {
            inPart |= none.inPart();
            goodUntilNanos = Math.min(goodUntilNanos, none.goodUntilNanos());
        }

        Verdict verdict(Verdict said) {
            long until = Math.min(goodUntilNanos, said.goodUntilNanos());
            boolean whole = said.whole() && !inPart;
            return until == said.goodUntilNanos() && whole == said.whole()
                    ? said
                    : new Verdict(said.allowed(), whole, until);
        }
    }

    /** @param place in {@link #counts}: 1 for the rules of the login, 2 for the first source */
    private Answer decide(Opinion first, Asked asked, int place) {
        Opinion opinion = first;
        for (int at = place; ; at++) {
            switch (opinion) {
                case Opinion.Decided decided -> {
                    return count(at, asked.verdict(decided.verdict()));
                }
                case Opinion.Asking asking -> {
                    return later(asking, asked, at);
                }
                case Opinion.None none -> asked.note(none);
            }
            if (at - 1 == sources.size()) {
                return count(at + 1, asked.verdict(noMatch(asked.question)));
            }
            try {
                opinion = ask(sources.get(at - 1), asked.question);
            } catch (RuntimeException e) {
                return failed(at + 1, asked.question.principal(), e);
            }
        }
    }

    static Opinion ask(AccessSource source, Question question) {
        return source instanceof RuleSource rules
                ? rules.ask(question)
                : source.ask(question.principal(), question.action(), question.topic());
    }

    private Answer later(Opinion.Asking asking, Asked asked, int place) {
        CompletionStage<Verdict> verdict = asking.opinion()
                .handle((opinion, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.completedStage(failed(place, asked.question.principal(), failure));
                    }
                    return switch (decide(opinion, asked, place)) {
                        case Verdict now -> CompletableFuture.completedStage(now);
                        case Pending pending -> pending.verdict();
                    };
                })
                .thenCompose(stage -> stage);
        return new Pending(verdict);
    }

    Verdict noMatch(Question question) {
        return switch (noMatch) {
            case ALLOW -> Verdict.ALLOWED;
            case DENY -> Verdict.DENIED;
            case UNCONFIGURED -> hasOwnRights(question) ? Verdict.DENIED : Verdict.ALLOWED;
        };
    }

    private boolean hasOwnRights(Question question) {
        RoleBook book = roles.current();
        return !question.subject().rules().isEmpty()
                || question.roles().stream()
                        .anyMatch(role -> !book.rulesOf(role).isEmpty());
    }

    private Verdict count(int place, Verdict verdict) {
        Counts count = counts.get(place);
        (verdict.allowed() ? count.allowed : count.denied).increment();
        return verdict;
    }

    private Verdict failed(int place, Principal principal, Throwable failure) {
        Counts count = counts.get(place);
        count.failed.increment();
        count.denied.increment();
        long now = clock.nanos();
        if (count.isTimeToWarn(now)) {
            LOG.warn(
                    "{} could not say what a client may do, which is denied for a second: {} (client {})",
                    count.source,
                    failure.toString(),
                    shown(principal.clientId()));
        }
        return new Verdict(false, false, now + FAILURE_NANOS);
    }

    /** A name that a client chose, for the log. */
    private static String shown(String name) {
        String cut = name.length() > SHOWN_CHARS_MAX ? name.substring(0, SHOWN_CHARS_MAX) + "..." : name;
        return CONTROL.matcher(cut).replaceAll("?");
    }
}
