package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Answer;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.AccessChain.NoMatch;
import io.dunlin.security.acl.Explanation.Said;
import io.dunlin.security.acl.RandomPolicy.TestSubject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AccessChainTest {
    private static final Principal ANNA = new Principal("press-4", "anna");
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 7_000;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };

    /** Answers what a test wants. */
    private static final class Scripted implements AccessSource {
        private final String name;
        private final Opinion opinion;
        private int asked;

        Scripted(String name, Opinion opinion) {
            this.name = name;
            this.opinion = opinion;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Opinion ask(Principal principal, Action action, String topic) {
            asked++;
            return opinion;
        }
    }

    private static AccessChain chain(NoMatch noMatch, AccessSource... sources) {
        return new AccessChain(List.of(sources), noMatch, Roles.of(RoleBook.EMPTY), false, CLOCK);
    }

    private static RuleList rules(String... lines) {
        return new RuleList(
                "rules",
                List.of(lines).stream().map(line -> RuleText.parse(line, "r")).toList());
    }

    private static Principal withRules(boolean superuser, Set<String> roles, String... lines) {
        List<Rule> own = List.of(lines).stream()
                .map(line -> RuleText.parse(line, "token"))
                .toList();
        return new Principal(
                "press-4", "anna", new TestSubject("tcp", null, roles, Set.of(), Map.of(), own, superuser));
    }

    private static Opinion decided(Verdict verdict) {
        return new Opinion.Decided(verdict, "because");
    }

    @Test
    void firstOpinionDecides() {
        Scripted first = new Scripted("first", Opinion.NONE);
        Scripted second = new Scripted("second", decided(Verdict.DENIED));
        Scripted third = new Scripted("third", decided(Verdict.ALLOWED));
        AccessChain chain = chain(NoMatch.ALLOW, first, second, third);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "a")).isEqualTo(Verdict.DENIED);
        assertThat(List.of(first.asked, second.asked, third.asked)).containsExactly(1, 1, 0);
        assertThat(chain.figures())
                .contains(new AccessChain.Figures("second", 0, 1, 0), new AccessChain.Figures("third", 0, 0, 0));
    }

    @Test
    void deniesWhatNobodyAllows() {
        assertThat(chain(NoMatch.DENY, rules()).authorize(ANNA, Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.DENIED);
        assertThat(chain(NoMatch.ALLOW, rules()).authorize(ANNA, Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void failureDeniesForASecondAndAsksNobodyElse() {
        Scripted next = new Scripted("next", decided(Verdict.ALLOWED));
        AccessSource broken = new AccessSource() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public Opinion ask(Principal principal, Action action, String topic) {
                throw new IllegalStateException("down");
            }
        };
        Verdict denied = new Verdict(false, false, 1_000_007_000L);
        AccessChain chain = chain(NoMatch.ALLOW, broken, next);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "a")).isEqualTo(denied);
        Opinion late = new Opinion.Asking(CompletableFuture.failedFuture(new IllegalStateException("late")));
        assertThat(settled(
                        chain(NoMatch.ALLOW, new Scripted("late", late), next).authorize(ANNA, Action.PUBLISH_0, "a")))
                .isEqualTo(denied);
        assertThat(next.asked).isZero();
        assertThat(chain.figures()).contains(new AccessChain.Figures("broken", 0, 1, 1));
    }

    private static Verdict settled(Answer answer) {
        return switch (answer) {
            case Verdict verdict -> verdict;
            case Pending pending -> pending.verdict().toCompletableFuture().join();
        };
    }

    @Test
    void goesOnWhereASlowSourceHasNoOpinion() {
        CompletableFuture<Opinion> service = new CompletableFuture<>();
        AccessChain chain =
                chain(NoMatch.DENY, new Scripted("http", new Opinion.Asking(service)), rules("allow publish a"));
        Answer answer = chain.authorize(ANNA, Action.PUBLISH_0, "a");
        assertThat(answer).isInstanceOf(Pending.class);
        service.complete(Opinion.NONE.withEnd(9_000));
        assertThat(settled(answer)).isEqualTo(new Verdict(true, true, 9_000));
    }

    @Test
    void whatAnEarlierSourceWouldRefuseMakesASubscriptionOneInPart() {
        AccessChain chain = chain(
                NoMatch.DENY,
                rules("deny receive a/secret"),
                new RuleList("more", List.of(RuleText.parse("allow subscribe a/#", "m"))));
        assertThat(chain.authorize(ANNA, Action.SUBSCRIBE_1, "a/#")).isEqualTo(Verdict.ALLOWED_IN_PART);
        assertThat(chain.authorize(ANNA, Action.SUBSCRIBE_1, "a/b/#")).isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(ANNA, Action.RECEIVE, "a/secret")).isEqualTo(Verdict.DENIED);
        assertThat(chain.authorize(ANNA, Action.RECEIVE, "a/b")).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void superusersAndRulesOfALoginComeFirst() {
        AccessChain chain = chain(NoMatch.DENY, rules("deny all #"));
        assertThat(chain.authorize(withRules(true, Set.of()), Action.PUBLISH_0, "$x/a"))
                .isEqualTo(Verdict.ALLOWED);
        Principal token = withRules(false, Set.of(), "allow publish a");
        assertThat(chain.authorize(token, Action.PUBLISH_0, "a")).isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(token, Action.PUBLISH_0, "b")).isEqualTo(Verdict.DENIED);
    }

    @Test
    void withoutConfigurationOnlyThoseWithRightsOfTheirOwnAreHeldToThem() {
        RoleBook book =
                new RoleBook(1, Map.of(), Map.of(), Map.of("r", List.of(RuleText.parse("allow publish a", "r"))));
        AtomicReference<RoleBook> store = new AtomicReference<>(RoleBook.EMPTY);
        Roles roles = Roles.of(RoleBook.EMPTY).and(() -> Objects.requireNonNull(store.get()));
        AccessChain chain = new AccessChain(List.of(new RoleRules(roles)), NoMatch.UNCONFIGURED, roles, false, CLOCK);
        assertThat(chain.allowsAll()).isTrue();
        long before = chain.generation();
        store.set(book);
        assertThat(chain.allowsAll()).isFalse();
        assertThat(chain.generation()).isNotEqualTo(before);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "b")).isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(withRules(false, Set.of("r")), Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(withRules(false, Set.of("r")), Action.PUBLISH_0, "b"))
                .isEqualTo(Verdict.DENIED);
        assertThat(chain.authorize(withRules(false, Set.of(), "allow publish c"), Action.PUBLISH_0, "b"))
                .isEqualTo(Verdict.DENIED);
        assertThat(new AccessChain(List.of(), NoMatch.UNCONFIGURED, roles, true, CLOCK).generation())
                .isNotEqualTo(chain.generation());
    }

    @Test
    void withoutItsLoginAUserPublishesNothingWhereLoginsBringRules() {
        AccessChain chain = new AccessChain(
                List.of(rules("allow all #")), NoMatch.UNCONFIGURED, Roles.of(RoleBook.EMPTY), true, CLOCK);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "a")).isEqualTo(Verdict.DENIED);
        assertThat(chain.authorize(ANNA, Action.SUBSCRIBE_0, "a")).isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(withRules(false, Set.of()), Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(new Principal("press-4", null), Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.ALLOWED);
        Explanation explanation =
                chain.explain(ANNA, Action.PUBLISH_0, "a").toCompletableFuture().join();
        assertThat(explanation.allowed()).isFalse();
        assertThat(explanation.decidedBy()).isEqualTo("login");
        assertThat(chain(NoMatch.UNCONFIGURED).authorize(ANNA, Action.PUBLISH_0, "a"))
                .isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void whatOneRoleDeniesNoOtherAllows() {
        RoleBook book = new RoleBook(
                1,
                Map.of("anna", new RoleBook.Member(Set.of("a"), Set.of("shift"))),
                Map.of("shift", Set.of("b")),
                Map.of(
                        "a", List.of(RuleText.parse("allow all x/#", "role a")),
                        "b", List.of(RuleText.parse("deny publish x/set", "role b"))));
        Roles roles = Roles.of(book);
        AccessChain chain = new AccessChain(List.of(new RoleRules(roles)), NoMatch.DENY, roles, false, CLOCK);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "x/a")).isEqualTo(Verdict.ALLOWED);
        assertThat(chain.authorize(ANNA, Action.PUBLISH_0, "x/set")).isEqualTo(Verdict.DENIED);
        assertThat(chain.authorize(ANNA, Action.SUBSCRIBE_0, "x/#")).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void explainsWithAllSources() {
        AccessChain chain = chain(
                NoMatch.DENY,
                rules("allow users=ben publish a", "deny publish a", "allow publish a"),
                new Scripted(
                        "http", new Opinion.Asking(CompletableFuture.failedFuture(new IllegalStateException("x")))));
        Explanation explanation =
                chain.explain(ANNA, Action.PUBLISH_0, "a").toCompletableFuture().join();
        assertThat(explanation.decidedBy()).isEqualTo("rules");
        assertThat(explanation.why()).isEqualTo("r: deny publish a");
        assertThat(explanation.steps().getFirst().rules())
                .extracting(Explanation.Near::why)
                .containsExactly(
                        "the user is not ben", "it fits and decides", "it fits too, but a rule before it has decided");
        assertThat(explanation.steps().get(1).said()).isEqualTo(Said.FAILED);
    }

    @Test
    void countsTheUsesOfRules() {
        AccessChain chain = chain(NoMatch.DENY, rules("allow publish a", "allow publish b"));
        chain.authorize(ANNA, Action.PUBLISH_0, "a");
        chain.authorize(ANNA, Action.PUBLISH_1, "a");
        assertThat(chain.uses()).extracting(AccessChain.RuleUse::uses).containsExactly(2L, 0L);
    }
}
