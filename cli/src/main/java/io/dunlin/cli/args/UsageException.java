package io.dunlin.cli.args;

/** The user asked for what cannot be; the message says in a sentence what to write instead. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message, null, false, false);
    }
}
