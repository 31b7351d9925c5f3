package io.dunlin.cli;

/** The user asked for what cannot be; the message says in a sentence what to write instead. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message, null, false, false);
    }
}
