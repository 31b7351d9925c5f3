package io.dunlin.security.guard;

import java.util.Locale;

/** What a client can run into, each with a counter of its name. */
public enum Limit {
    BANNED_ADDRESS,
    BANNED_CLIENT,
    BANNED_USER,
    CONNECTIONS_PER_ADDRESS,
    CONNECT_RATE_PER_ADDRESS,
    CONNECT_RATE,
    UNAUTHENTICATED,
    UNAUTHENTICATED_PER_ADDRESS,
    TLS_HANDSHAKES,
    /** A user from one address, after failed logins. */
    LOGIN_BACKOFF,
    /** All of an address, after failed logins of many users. */
    ADDRESS_BACKOFF,
    FLAPPING;

    /** As figures and log lines have it: {@code connect-rate-per-address}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
