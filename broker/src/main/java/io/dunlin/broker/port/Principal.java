package io.dunlin.broker.port;

import org.jspecify.annotations.Nullable;

/** Who a client is after authentication. {@code username} is null for an anonymous client. */
public record Principal(String clientId, @Nullable String username) {}
