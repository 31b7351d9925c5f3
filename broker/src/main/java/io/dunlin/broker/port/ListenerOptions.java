package io.dunlin.broker.port;

/**
 * What the core knows of a listener.
 *
 * @param anonymous whether clients may come without a user name and password
 * @param connectionsMax at the same time; more are refused with SERVER_BUSY
 * @param certificateAsUsername take the common name of the client certificate as user name, without asking the authenticator
 */
public record ListenerOptions(String name, boolean anonymous, int connectionsMax, boolean certificateAsUsername) {}
