package io.dunlin.client.store;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do what it was asked: it is in use, damaged, of another client, or the disk refused. Its message is one
 * sentence that says what to do. What the call should have kept is not kept; all that was kept before still is.
 */
public final class StoreFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message one sentence for a person: what is wrong and what to do */
    public StoreFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
