package io.dunlin.server.assess;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the rules grant, and to whom. */
final class RightsChecks {
    private static final Set<String> EVERYTHING = Set.of("#", "+/#", "/#", "+/+/#");
    private static final String SYS = "$SYS/";

    private final Subject subject;

    private RightsChecks(Subject subject) {
        this.subject = subject;
    }

    /** @param rules empty where nothing is configured about rights at all: everything is allowed then */
    static void check(Subject subject, Optional<List<Rule>> rules) {
        RightsChecks checks = new RightsChecks(subject);
        if (rules.isEmpty()) {
            checks.nothingConfigured();
        } else {
            rules.get().stream().filter(rule -> rule.effect() == Effect.ALLOW).forEach(checks::grant);
            checks.sys(rules.get());
        }
    }

    private void nothingConfigured() {
        boolean network = subject.reachesNetwork();
        subject.find(
                Check.NO_AUTHORIZATION,
                network ? Severity.HIGH : Severity.LOW,
                "authorization",
                "nothing is said about rights: every client may read and write everything",
                "authorization.rules = [ { effect = allow, action = all, topics = [\"devices/${username}/#\"] } ]");
        sysOpen("authorization", "authorization", "no rule keeps clients from it");
    }

    private void grant(Rule rule) {
        Optional<String> everything = rule.topics().stream()
                .map(RightsChecks::bare)
                .filter(EVERYTHING::contains)
                .findFirst();
        if (everything.isEmpty()) {
            return;
        }
        boolean toAll = concernsEverybody(rule.who());
        boolean writes = rule.kinds().contains(Kind.PUBLISH);
        Severity severity = toAll ? Severity.HIGH : writes ? Severity.MEDIUM : Severity.LOW;
        subject.find(
                toAll ? Check.GRANT_TO_EVERYBODY : Check.WILDCARD_GRANT,
                severity,
                "rule " + rule.origin(),
                rule.origin() + " lets " + (toAll ? "everybody" : name(rule.who())) + " " + does(rule) + " "
                        + everything.get(),
                "topics = [\"devices/${username}/#\"]   (only what it needs; dunlin acl explain shows what still goes)",
                rule.origin());
    }

    /** {@code eq a/#} is as wide as {@code a/#} for a subscription. */
    private static String bare(String topic) {
        return topic.startsWith("eq ") ? topic.substring(3).strip() : topic.strip();
    }

    static boolean concernsEverybody(Who who) {
        boolean unnamed = who.usernames().isEmpty()
                && who.clientIds().isEmpty()
                && who.roles().isEmpty()
                && who.groups().isEmpty();
        return unnamed && who.addresses().isEmpty() && who.listeners().isEmpty();
    }

    private static String name(Who who) {
        if (!who.usernames().isEmpty()) {
            return "user " + String.join(", ", who.usernames().stream().sorted().toList());
        }
        if (!who.clientIds().isEmpty()) {
            return "client "
                    + String.join(", ", who.clientIds().stream().sorted().toList());
        }
        if (!who.roles().isEmpty()) {
            return "role " + String.join(", ", who.roles().stream().sorted().toList());
        }
        if (!who.groups().isEmpty()) {
            return "group " + String.join(", ", who.groups().stream().sorted().toList());
        }
        return "whoever comes from " + String.join(", ", who.addresses().isEmpty() ? who.listeners() : who.addresses());
    }

    private static String does(Rule rule) {
        boolean writes = rule.kinds().contains(Kind.PUBLISH);
        boolean reads = rule.kinds().contains(Kind.SUBSCRIBE) || rule.kinds().contains(Kind.RECEIVE);
        return writes && reads ? "read and write" : writes ? "write" : "read";
    }

    private void sys(List<Rule> rules) {
        rules.stream()
                .filter(rule -> rule.effect() == Effect.ALLOW
                        && concernsEverybody(rule.who())
                        && !rule.kinds().equals(Set.of(Kind.PUBLISH))
                        && rule.topics().stream().map(RightsChecks::bare).anyMatch(RightsChecks::isWideSys))
                .findFirst()
                .ifPresent(rule -> sysOpen("rule " + rule.origin(), rule.origin(), "everybody is allowed to"));
    }

    private static boolean isWideSys(String topic) {
        return topic.startsWith(SYS) && topic.endsWith("#");
    }

    private void sysOpen(String about, String where, String because) {
        boolean events = subject.config().sys().clientEvents();
        if (subject.config().sys().interval().isZero() && !events) {
            return;
        }
        boolean network = subject.reachesNetwork();
        String fix = where.equals("authorization")
                ? "authorization.rules = [ { effect = allow, roles = [monitor], action = subscribe, topics = [\"$SYS/#\"] }, ... ]"
                : "give that rule roles = [monitor], so that it concerns these alone";
        subject.find(
                Check.SYS_READABLE,
                !network ? Severity.INFO : events ? Severity.MEDIUM : Severity.LOW,
                about,
                "every client can read $SYS" + (events ? ", with the names and addresses of all clients" : "") + ": "
                        + because,
                fix,
                where.equals("authorization") ? subject.bound().origin("authorization") : where);
    }
}
