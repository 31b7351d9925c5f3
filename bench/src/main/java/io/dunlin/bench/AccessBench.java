package io.dunlin.bench;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Answer;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.acl.AccessChain.NoMatch;
import io.dunlin.security.acl.RoleBook;
import io.dunlin.security.acl.Roles;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.RuleList;
import io.dunlin.security.acl.RuleText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One question about a right, as the core asks it before it remembers the answer. {@link #main} prints the same without JMH. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class AccessBench {
    private static final int QUESTIONS = 1 << 10;

    @Param({"1", "1000"})
    public int rules = 1_000;

    private final Principal[] principals = new Principal[QUESTIONS];
    private final String[] topics = new String[QUESTIONS];
    private AccessChain chain = chain(List.of());
    private int turn;

    @Setup
    public void fill() {
        List<Rule> list = new ArrayList<>();
        for (int i = 1; i < rules; i++) {
            list.add(RuleText.parse(
                    switch (i % 4) {
                        case 0 -> "allow users=user-" + i + " all plant/${username}/#";
                        case 1 -> "allow publish,subscribe plant/line-" + i + "/+/state";
                        case 2 -> "allow roles=role-" + i % 50 + " all cmd/" + i + "/# cmd/all";
                        default -> "deny client-ids=old-" + i + " all #";
                    },
                    "bench:" + i));
        }
        list.add(RuleText.parse("allow all #", "bench:" + rules));
        chain = chain(list);
        for (int i = 0; i < QUESTIONS; i++) {
            principals[i] = new Principal("device-" + i, "user-" + i);
            topics[i] = "plant/line-" + i + "/motor/" + (i % 2 == 0 ? "state" : "heat");
        }
    }

    private static AccessChain chain(List<Rule> list) {
        return new AccessChain(
                List.of(new RuleList("rules", list)), NoMatch.DENY, Roles.of(RoleBook.EMPTY), false, Clock.system());
    }

    private int next() {
        turn = turn + 1 & QUESTIONS - 1;
        return turn;
    }

    @Benchmark
    public Answer publish() {
        int i = next();
        return chain.authorize(principals[i], Action.PUBLISH_1, topics[i]);
    }

    @Benchmark
    public Answer subscribe() {
        int i = next();
        return chain.authorize(principals[i], Action.SUBSCRIBE_1, "plant/+/+/state");
    }

    /** Prints nanoseconds for each question. */
    public static void main(String[] args) {
        for (int rules : new int[] {1, 1_000}) {
            AccessBench bench = new AccessBench();
            bench.rules = rules;
            bench.fill();
            for (int round = 0; round < 5; round++) {
                System.out.println(rules + " rules: publish " + nanos(bench, true) + " ns, subscribe "
                        + nanos(bench, false) + " ns");
            }
        }
    }

    private static long nanos(AccessBench bench, boolean publish) {
        int times = publish ? 2_000_000 : 200_000;
        long allowed = 0;
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
            allowed += (publish ? bench.publish() : bench.subscribe()).hashCode() == 0 ? 1 : 0;
        }
        return (System.nanoTime() - from) / times + allowed;
    }
}
