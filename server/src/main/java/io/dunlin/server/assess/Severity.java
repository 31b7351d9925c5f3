package io.dunlin.server.assess;

import java.util.Locale;

/** How much a finding matters; the first matters most. */
public enum Severity {
    /** Anybody who reaches the broker can do as they like. */
    CRITICAL,
    /** One step away from that, or secrets are open. */
    HIGH,
    /** A safety net is missing. */
    MEDIUM,
    /** Better otherwise. */
    LOW,
    /** To be known. */
    INFO;

    public boolean isAtLeast(Severity other) {
        return compareTo(other) <= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
