package io.dunlin.broker.port;

import io.dunlin.protocol.packet.ProtocolVersion;

/**
 * A connected client, for administrators.
 *
 * @param connectedWallMillis when it was let in, in milliseconds since 1970
 */
public record ClientView(
        Principal principal,
        ConnectionInfo connection,
        ProtocolVersion version,
        long connectedWallMillis,
        int subscriptions) {}
