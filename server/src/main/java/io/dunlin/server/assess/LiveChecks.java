package io.dunlin.server.assess;

import io.dunlin.server.assess.Facts.Client;
import io.dunlin.server.assess.Facts.Grant;
import io.dunlin.server.assess.Facts.UnsafeUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What only the running broker shows. */
final class LiveChecks {
    private static final int NAMED_MAX = 5;
    private static final Duration LONG = Duration.ofDays(7);

    private final Subject subject;
    private final Facts facts;

    private LiveChecks(Subject subject, Facts facts) {
        this.subject = subject;
        this.facts = facts;
    }

    static void check(Subject subject) {
        subject.facts().ifPresent(facts -> {
            LiveChecks checks = new LiveChecks(subject, facts);
            checks.process();
            checks.reload();
            checks.shared();
            checks.unsafe();
            checks.unused();
        });
    }

    private void process() {
        if (facts.user().equals("root")) {
            subject.find(
                    Check.RUNS_AS_ROOT,
                    Severity.MEDIUM,
                    "the process",
                    "the broker runs as root",
                    "User=dunlin in its systemd unit, or USER dunlin in the image, and chown -R dunlin "
                            + subject.config().node().dataDir(),
                    "the running broker");
        }
    }

    private void reload() {
        if (!facts.failedReload().isEmpty()) {
            subject.find(
                    Check.RELOAD_FAILED,
                    Severity.HIGH,
                    "the last reload",
                    "the last reload failed: " + String.join("; ", facts.failedReload()),
                    "mend that, then dunlin reload",
                    "the running broker");
        }
        if (!facts.configDigest().equals(ConfigDigest.of(subject.config()))) {
            subject.find(
                    Check.CONFIG_NOT_LOADED,
                    Severity.MEDIUM,
                    "the configuration",
                    "the running broker has other settings than those assessed here",
                    "dunlin reload   (or assess what runs: dunlin audit --data "
                            + subject.config().node().dataDir() + ")",
                    "the running broker");
        }
    }

    /** One user with several client ids from several addresses: more than one device. */
    private void shared() {
        Map<String, List<Client>> byUser = facts.clients().stream()
                .filter(client -> !client.username().isEmpty())
                .collect(Collectors.groupingBy(Client::username, TreeMap::new, Collectors.toList()));
        byUser.forEach((user, clients) -> {
            TreeSet<String> addresses =
                    clients.stream().map(Client::address).collect(Collectors.toCollection(TreeSet::new));
            if (clients.size() < 2) {
                return;
            }
            boolean apart = addresses.size() > 1;
            subject.find(
                    Check.SHARED_CREDENTIALS,
                    apart ? Severity.MEDIUM : Severity.LOW,
                    "user " + user,
                    clients.size() + " clients are logged in as " + user + " at once, from "
                            + (apart ? addresses.size() + " addresses" : addresses.first()) + ": "
                            + named(clients.stream()
                                    .map(Client::clientId)
                                    .sorted()
                                    .toList()),
                    "dunlin users create NAME for each of them, and topics with ${username} in one rule for all",
                    "the running broker");
        });
    }

    static String named(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(NAMED_MAX, names.size())));
        return names.size() <= NAMED_MAX ? first : first + " and " + (names.size() - NAMED_MAX) + " more";
    }

    private void unsafe() {
        for (UnsafeUse use : facts.unsafe()) {
            subject.find(
                    Check.QOS0_IMPORTANT,
                    Severity.MEDIUM,
                    "client " + use.clientId(),
                    use.clientId() + " " + use.how() + " " + use.topic() + " with QoS 0",
                    use.how().equals("publishes")
                            ? "authorization.rules: { effect = deny, action = publish, qos = [0], topics = [\""
                                    + use.topic() + "\"] } before the others, and QoS 1 in the client"
                            : "subscribe with QoS 1 in the client",
                    "the running broker");
        }
    }

    private void unused() {
        Duration uptime = Duration.ofSeconds(facts.uptimeSeconds());
        for (Grant grant : facts.grants()) {
            if (grant.allows() && grant.uses() == 0) {
                subject.find(
                        Check.UNUSED_GRANT,
                        uptime.compareTo(LONG) < 0 ? Severity.INFO : Severity.LOW,
                        "rule " + grant.origin(),
                        "nobody has used " + grant.rule() + " since the start, " + text(uptime) + " ago",
                        "take the rule at " + grant.origin() + " out",
                        grant.origin());
            }
        }
    }

    static String text(Duration time) {
        if (time.toDays() > 1) {
            return time.toDays() + " days";
        }
        return time.toHours() > 1 ? time.toHours() + " hours" : time.toMinutes() + " minutes";
    }
}
