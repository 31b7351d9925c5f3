package io.dunlin.simulation;

import java.util.List;

/** A promise of the broker was broken. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }

    private Violation(String report, Violation first) {
        super(report, first);
    }

    /** With what a person needs to look into it. */
    Violation reported(long seed, String profile, List<String> lastLines) {
        StringBuilder report = new StringBuilder(getMessage());
        report.append("\n  reproduce it: ./build -pl simulation -am -Dtest=SimulationTest")
                .append(" -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=")
                .append(seed);
        report.append("\n  ").append(profile).append("\n  what happened last:\n");
        lastLines.forEach(line -> report.append("    ").append(line).append('\n'));
        return new Violation(report.toString(), this);
    }
}
