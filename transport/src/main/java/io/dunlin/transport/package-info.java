/**
 * Sockets: TCP, TLS, WebSocket, unix domain, PROXY protocol; and the event loops that shards live on. The only user of Netty.
 * {@link io.dunlin.transport.Loops} are started first, then each {@link io.dunlin.transport.Listener}.
 */
@NullMarked
package io.dunlin.transport;

import org.jspecify.annotations.NullMarked;
