package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.NaivePolicy.Policy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random policies, of all sources, effects, templates, qualities of service and retain flags: the chain and a naive model
 * give the same verdicts. A will is a PUBLISH, a shared subscription is asked by its filter. {@code -Ddunlin.seed=N} tries one seed
 * again, {@code -Ddunlin.policies=N} as many.
 */
class PolicyMatrixTest {
    private static final List<String> UNIVERSE = RandomPolicy.universe();
    /** The topics that rules meet most. */
    private static final List<Integer> LIKELY = IntStream.range(0, UNIVERSE.size())
            .filter(i -> UNIVERSE.get(i).matches("(a|b|\\$s|other)(/(a|b|other))*"))
            .boxed()
            .toList();

    private static final int TOPICS = 40;
    private static final int FILTERS = 8;

    private final Map<String, BitSet> matched = new HashMap<>();
    private int allowed;
    private int denied;
    private int inPart;
    private int needlesslyInPart;

    @Test
    void agreesWithTheModel() {
        Long again = Long.getLong("dunlin.seed");
        int policies = again == null ? Integer.getInteger("dunlin.policies", 2_000) : 1;
        long first = again == null ? System.nanoTime() : again;
        for (int i = 0; i < policies; i++) {
            try {
                compare(first + i);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "-Ddunlin.seed=" + (first + i) + ": " + e.getMessage() + "\n"
                                + new RandomPolicy(new Random(first + i)).policy(),
                        e);
            }
        }
        if (again == null) {
            assertThat(List.of(allowed, denied, inPart)).allMatch(count -> count > policies);
            assertThat(needlesslyInPart).as("of %d", inPart).isLessThan(inPart / 4);
        }
    }

    private void compare(long seed) {
        RandomPolicy random = new RandomPolicy(new Random(seed));
        Policy policy = random.policy();
        AccessChain chain = chain(policy);
        NaivePolicy model = new NaivePolicy(policy, UNIVERSE, matched);
        for (int i = 0; i < 3; i++) {
            Principal principal = random.principal();
            BitSet received = model.allowed(principal, Action.RECEIVE);
            for (Action action : Action.values()) {
                if (action.kind() == Kind.SUBSCRIBE) {
                    for (int j = 0; j < FILTERS; j++) {
                        compareSubscribe(chain, model, principal, action, random.filter(), received);
                    }
                } else {
                    compareTopics(chain, model, principal, action, random);
                }
            }
        }
    }

    private void compareTopics(
            AccessChain chain, NaivePolicy model, Principal principal, Action action, RandomPolicy random) {
        BitSet expected = model.allowed(principal, action);
        for (int i = 0; i < TOPICS; i++) {
            int at = random.number(2) == 0 ? random.number(UNIVERSE.size()) : random.one(LIKELY);
            Verdict verdict = verdict(chain, principal, action, UNIVERSE.get(at));
            if (!verdict.equals(expected.get(at) ? Verdict.ALLOWED : Verdict.DENIED)) {
                throw differs(action, UNIVERSE.get(at), principal, verdict);
            }
            count(verdict);
        }
    }

    private void compareSubscribe(
            AccessChain chain, NaivePolicy model, Principal principal, Action action, String filter, BitSet received) {
        Verdict verdict = verdict(chain, principal, action, filter);
        boolean whole = model.mayReceiveAll(received, filter);
        if (verdict.allowed() != model.maySubscribe(principal, action, filter) || verdict.whole() && !whole) {
            throw differs(action, filter, principal, verdict);
        }
        needlesslyInPart += verdict.allowed() && !verdict.whole() && whole ? 1 : 0;
        count(verdict);
    }

    private static AssertionError differs(Action action, String topic, Principal principal, Verdict verdict) {
        return new AssertionError(
                action + " " + topic + " of " + principal + " is " + verdict + ", not so in the model");
    }

    private void count(Verdict verdict) {
        if (!verdict.allowed()) {
            denied++;
        } else if (verdict.whole()) {
            allowed++;
        } else {
            inPart++;
        }
    }

    private static Verdict verdict(AccessChain chain, Principal principal, Action action, String topic) {
        return (Verdict) chain.authorize(principal, action, topic);
    }

    private static AccessChain chain(Policy policy) {
        Roles roles = Roles.of(new RoleBook(1, policy.users(), policy.groups(), policy.roles()));
        List<AccessSource> sources = new ArrayList<>();
        for (String source : policy.chain()) {
            sources.add(
                    switch (source) {
                        case "rules" -> new RuleList("rules", policy.rules());
                        case "users" -> new RoleRules(roles);
                        default -> AclFile.parse(RandomPolicy.text(policy.aclFile()), "acl");
                    });
        }
        return new AccessChain(sources, policy.noMatch(), roles, true, Clock.system());
    }
}
