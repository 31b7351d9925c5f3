package io.dunlin.server.control;

/** A command that could not be done. The message is one sentence for the person who gave it, and never holds a secret. */
public final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandFailed(String message) {
        super(message, null, false, false);
    }

    /** The sentence. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
