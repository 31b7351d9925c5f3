package io.dunlin.security.guard;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What was refused since the start, by limit. Thread: any. */
final class Figures {
    private final Map<Limit, LongAdder> refused = new EnumMap<>(Limit.class);
    private final LongAdder loginsFailed = new LongAdder();

    Figures() {
        for (Limit limit : Limit.values()) {
            refused.put(limit, new LongAdder());
        }
    }

    void refused(Limit limit) {
        LongAdder adder = refused.get(limit);
        if (adder != null) {
            adder.increment();
        }
    }

    void loginFailed() {
        loginsFailed.increment();
    }

    /** Adds {@code refused/<limit>} and {@code logins-failed}. */
    void putInto(Map<String, Long> figures) {
        refused.forEach((limit, count) -> figures.put("refused/" + limit.text(), count.sum()));
        figures.put("logins-failed", loginsFailed.sum());
    }
}
