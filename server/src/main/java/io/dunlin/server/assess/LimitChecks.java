package io.dunlin.server.assess;

/** What one client or one address can take. */
final class LimitChecks {
    private LimitChecks() {}

    static void check(Subject subject) {
        if (!subject.config().auditLog().enabled()) {
            subject.find(
                    Check.AUDIT_LOG_OFF,
                    Severity.LOW,
                    "audit-log.enabled",
                    "no audit log is written",
                    "audit-log.enabled = true");
        }
    }
}
