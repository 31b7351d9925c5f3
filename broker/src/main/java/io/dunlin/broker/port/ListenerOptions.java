package io.dunlin.broker.port;

import java.util.Optional;

/**
 * What the core knows of a listener.
 *
 * @param anonymous whether clients may come without a user name and password
 * @param connectionsMax at the same time; more are refused with SERVER_BUSY
 * @param certificateAsUsername take the common name of the client certificate as user name, without asking the authenticator
 * @param durability what acknowledgements to its clients wait for, where no rule says otherwise; empty for the broker's
 */
public record ListenerOptions(
        String name,
        boolean anonymous,
        int connectionsMax,
        boolean certificateAsUsername,
        Optional<Durability> durability) {}
