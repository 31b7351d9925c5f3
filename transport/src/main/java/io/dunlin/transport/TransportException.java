package io.dunlin.transport;

import org.jspecify.annotations.Nullable;

/** A listener cannot do what it is told. The message is a sentence for the user that says what to change. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TransportException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
