package io.dunlin.server.assess;

import io.dunlin.server.config.LimitsConfig;

/** What one client or one address can take, and whether anybody would know. */
final class LimitChecks {
    private final Subject subject;

    private LimitChecks(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        LimitChecks checks = new LimitChecks(subject);
        checks.auditLog();
        checks.limits(subject.config().limits());
    }

    private void auditLog() {
        if (!subject.config().auditLog().enabled()) {
            subject.find(
                    Check.AUDIT_LOG_OFF,
                    Severity.LOW,
                    "audit-log.enabled",
                    "no audit log is written",
                    "audit-log.enabled = true");
        }
    }

    private void limits(LimitsConfig limits) {
        boolean network = subject.reachesNetwork();
        Severity severity = network ? Severity.MEDIUM : Severity.LOW;
        off(
                limits.maxLoginFailures(),
                severity,
                "max-login-failures",
                "passwords of one user can be tried without end",
                10);
        off(
                limits.maxLoginFailuresPerAddress(),
                severity,
                "max-login-failures-per-address",
                "one address can try passwords of all users without end",
                200);
        off(
                limits.maxUnauthenticated(),
                severity,
                "max-unauthenticated",
                "any number of connections can wait without a login",
                10_000);
        off(
                limits.maxUnauthenticatedPerAddress(),
                severity,
                "max-unauthenticated-per-address",
                "one address can open any number of connections without a login",
                2_000);
        if (network) {
            off(
                    limits.maxConnectionsPerAddress(),
                    Severity.LOW,
                    "max-connections-per-address",
                    "one address can have all connections",
                    1_000);
            off(
                    limits.maxConnectsPerAddressPerSecond(),
                    Severity.LOW,
                    "max-connects-per-address-per-second",
                    "one address can connect as fast as it likes",
                    100);
        }
    }

    private void off(int value, Severity severity, String setting, String what, int usual) {
        if (value == 0) {
            subject.find(
                    Check.LIMITS_OFF,
                    severity,
                    "limits." + setting,
                    what + ": limits." + setting + " is 0",
                    "limits." + setting + " = " + usual + "   (more where many clients share an address)");
        }
    }
}
