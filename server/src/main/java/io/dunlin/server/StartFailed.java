package io.dunlin.server;

/** A broker cannot run as it is configured. The message is a sentence for the user that says what to do. */
public final class StartFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartFailed(String message) {
        super(message);
    }

    StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
