package io.dunlin.security.acl;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Keeps the compiled rules of the logins that were asked about last. Thread: any. */
final class OwnRules {
    private static final int KEPT = 1 << 10;

    private final AtomicReferenceArray<Compiled> last = new AtomicReferenceArray<>(KEPT);

    private record Compiled(List<Rule> from, CompiledRules rules) {
        @SuppressWarnings("ReferenceEquality") // a login keeps its list; comparing lists would cost more than it saves
        boolean isOf(List<Rule> list) {
            return from == list;
        }
    }

    /** @throws InvalidRule for a rule that cannot be used */
    CompiledRules of(List<Rule> rules) {
        if (rules.isEmpty()) {
            return CompiledRules.NONE;
        }
        int place = System.identityHashCode(rules) & KEPT - 1;
        Compiled kept = last.get(place);
        if (kept == null || !kept.isOf(rules)) {
            kept = new Compiled(rules, CompiledRules.of(rules));
            last.set(place, kept);
        }
        return kept.rules;
    }
}
