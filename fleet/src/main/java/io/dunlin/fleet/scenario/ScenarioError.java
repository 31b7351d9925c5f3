package io.dunlin.fleet.scenario;

/** A scenario that cannot be used; the message names file and line and says in a sentence what to write. */
public final class ScenarioError extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScenarioError(String message) {
        super(message, null, false, false);
    }
}
