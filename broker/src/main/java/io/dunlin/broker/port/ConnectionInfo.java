package io.dunlin.broker.port;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection before its first packet.
 *
 * @param listener the name of the listener that accepted it; the core looks its options up by this name
 * @param transport "tcp", "tls", "ws", "wss", "unix" or "memory"
 * @param peer the client's address; behind a proxy the one that the PROXY header names
 * @param tls null on plain transports
 */
public record ConnectionInfo(
        String listener,
        String transport,
        SocketAddress peer,
        @Nullable TlsInfo tls) {}
