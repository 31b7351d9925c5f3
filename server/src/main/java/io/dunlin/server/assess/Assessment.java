package io.dunlin.server.assess;

import io.dunlin.security.acl.Rule;
import io.dunlin.server.config.AuditConfig;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at a configuration, its files, and a running broker where there is one. Reads files: not for a shard. */
public final class Assessment {
    private static final Comparator<Finding> WORST_FIRST = Comparator.comparing(Finding::severity)
            .thenComparing(Finding::id)
            .thenComparing(Finding::subject)
            .thenComparing(Finding::what);

    private Assessment() {}

    /**
     * Assesses.
     *
     * @param facts of the running broker, empty where there is none
     * @param rules as configured, empty where nothing is said about rights at all
     */
    public static Report of(Bound<ServerConfig> bound, Optional<Facts> facts, Optional<List<Rule>> rules, Instant now) {
        Subject subject = new Subject(bound, facts, now);
        ListenerChecks.check(subject);
        CertificateChecks.check(subject);
        LoginChecks.check(subject);
        RightsChecks.check(subject, rules);
        LimitChecks.check(subject);
        BackendChecks.check(subject);
        OpenFiles.check(subject);
        ImportantTopics.check(subject);
        LiveChecks.check(subject);
        return report(subject);
    }

    private static Report report(Subject subject) {
        AuditConfig config = subject.config().audit();
        unknownIds(config).forEach(subject::unassessed);
        List<Finding> left = new ArrayList<>();
        List<Report.Ignored> ignored = new ArrayList<>();
        for (Finding finding :
                subject.findings().stream().distinct().sorted(WORST_FIRST).toList()) {
            Optional<String> reason = reason(config.ignore(), finding);
            if (reason.isPresent()) {
                ignored.add(new Report.Ignored(finding, reason.get()));
            } else {
                left.add(finding);
            }
        }
        return new Report(List.copyOf(left), List.copyOf(ignored), List.copyOf(subject.unassessed()));
    }

    /** Without a reason nothing is ignored: somebody has to be able to ask later why. */
    private static Optional<String> reason(Map<String, String> ignore, Finding finding) {
        return Optional.ofNullable(ignore.get(finding.id() + " " + finding.subject()))
                .or(() -> Optional.ofNullable(ignore.get(finding.id())))
                .filter(reason -> !reason.isBlank());
    }

    private static List<String> unknownIds(AuditConfig config) {
        Set<String> known = Arrays.stream(Check.values()).map(Check::id).collect(Collectors.toSet());
        return config.ignore().entrySet().stream()
                .flatMap(entry -> {
                    String id = entry.getKey().split(" ", 2)[0];
                    if (!known.contains(id)) {
                        return Optional.of("audit.ignore has " + id + ", which is the id of no finding").stream();
                    }
                    return entry.getValue().isBlank()
                            ? Optional.of("audit.ignore." + id + " has no reason, so it is not ignored").stream()
                            : Optional.<String>empty().stream();
                })
                .sorted()
                .toList();
    }
}
