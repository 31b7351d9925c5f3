/**
 * Bytes from and to a server: addresses, TLS, WebSocket, proxies. Nothing here knows MQTT beyond the name of its WebSocket
 * sub-protocol.
 */
@NullMarked
package io.dunlin.client.transport;

import org.jspecify.annotations.NullMarked;
