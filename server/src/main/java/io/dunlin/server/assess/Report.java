package io.dunlin.server.assess;

import java.util.List;
import java.util.Optional;

/**
 * The outcome of an assessment.
 *
 * @param findings the worst first
 * @param ignored left out as {@code audit.ignore} says, each with the reason that stands there
 * @param unassessed what could not be looked at, a sentence each
 */
public record Report(List<Finding> findings, List<Ignored> ignored, List<String> unassessed) {
    /** A finding that somebody has taken upon himself. */
    public record Ignored(Finding finding, String reason) {}

    /** Empty where there are none. */
    public Optional<Severity> worst() {
        return findings.stream().map(Finding::severity).min(Severity::compareTo);
    }
}
