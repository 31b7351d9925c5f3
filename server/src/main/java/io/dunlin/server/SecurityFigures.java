package io.dunlin.server;

import java.util.Map;
import java.util.TreeMap;

/** What was counted about logins, rights and limits, by names such as {@code logins/users/refused}; for $SYS and administrators. */
final class SecurityFigures {
    private SecurityFigures() {}

    static Map<String, Long> of(Security security) {
        Map<String, Long> all = new TreeMap<>();
        security.guard().figures().forEach((name, count) -> all.put("guard/" + name, count));
        security.logins().figures().forEach((source, figures) -> {
            String prefix = "logins/" + source + "/";
            all.put(prefix + "accepted", figures.accepted());
            all.put(prefix + "refused", figures.refused());
            all.put(prefix + "unknown", figures.unknown());
            all.put(prefix + "failed", figures.failed());
            all.put(prefix + "late", figures.late());
            all.put(prefix + "busy", figures.busy());
            all.put(prefix + "under-way", (long) figures.underWay());
            all.put(prefix + "microseconds", figures.nanos() / 1_000);
        });
        return all;
    }
}
