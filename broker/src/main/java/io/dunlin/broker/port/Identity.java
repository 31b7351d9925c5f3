package io.dunlin.broker.port;

/**
 * What a login has found out about a client beyond its name: made by the {@link Authenticator}, read by the {@link Authorizer}, and
 * carried from one to the other by the core, which reads its end only. Immutable.
 */
public interface Identity {
    /** The end of a login without one, for {@link #endsAtMillis}. */
    long NEVER = Long.MAX_VALUE;

    /** Nothing is known beyond the name. */
    Identity NONE = () -> NEVER;

    /** When the login ends, in milliseconds since 1970: the client is disconnected then unless it has logged in again. */
    long endsAtMillis();
}
