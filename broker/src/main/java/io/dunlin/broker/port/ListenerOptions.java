package io.dunlin.broker.port;

import java.util.Optional;

/**
 * What the core knows of a listener.
 *
 * @param connectionsMax at the same time; more are refused with SERVER_BUSY
 * @param durability what acknowledgements to its clients wait for, where no rule says otherwise; empty for the broker's
 */
public record ListenerOptions(String name, int connectionsMax, Optional<Durability> durability) {}
