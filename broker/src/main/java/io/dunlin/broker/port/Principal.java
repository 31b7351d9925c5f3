package io.dunlin.broker.port;

import org.jspecify.annotations.Nullable;

/**
 * Who a client is after authentication.
 *
 * @param username null for an anonymous client
 * @param identity what else its login says of it; {@link Identity#NONE} for a session that came back from the journal and has had no
 *     connection since
 */
public record Principal(String clientId, @Nullable String username, Identity identity) {
    /** Of whom nothing but the names is known. */
    public Principal(String clientId, @Nullable String username) {
        this(clientId, username, Identity.NONE);
    }
}
