package io.dunlin.transport;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener is told. Immutable.
 *
 * @param name unique among the listeners; connections carry it
 * @param address where it listens
 * @param backlog connections that wait for being accepted, in the kernel
 * @param proxyProtocol whether a PROXY header comes first
 * @param trustedProxies addresses and networks ("10.0.0.0/8") that may send a PROXY header; empty for all
 * @param webSocket null for MQTT straight on the stream
 * @param tls null for plain
 * @param handshakeTimeoutSeconds for PROXY header, TLS and WebSocket handshakes together, 1 or more
 */
public record ListenerConfig(
        String name,
        Address address,
        int backlog,
        ProxyProtocol proxyProtocol,
        List<String> trustedProxies,
        @Nullable WebSocketConfig webSocket,
        @Nullable TlsConfig tls,
        int handshakeTimeoutSeconds,
        SocketConfig socket) {

    public ListenerConfig {
        trustedProxies = List.copyOf(trustedProxies);
    }

    /** Where a listener listens. */
    public sealed interface Address {
        /** @param host a name or an address; "0.0.0.0" and "::" for all @param port 0 for any free one */
        record Tcp(String host, int port) implements Address {}

        /** @param mode the permissions of the socket's file like "rw-rw----", "" for what the process gives by itself */
        record Unix(Path path, String mode) implements Address {}
    }

    /** Whether connections begin with a PROXY header (version 1 or 2) that names the client. */
    public enum ProxyProtocol {
        OFF,
        OPTIONAL,
        REQUIRED
    }

    /**
     * Options of accepted sockets.
     *
     * @param noDelay send small packets at once
     * @param keepAlive let the kernel find dead peers
     * @param receiveBytes the kernel's receive buffer, 0 for its own choice
     * @param sendBytes the kernel's send buffer, 0 for its own choice
     */
    public record SocketConfig(boolean noDelay, boolean keepAlive, int receiveBytes, int sendBytes) {
        public static final SocketConfig DEFAULTS = new SocketConfig(true, false, 0, 0);
    }

    /**
     * @param path where the handshake must point, "" for any
     * @param allowedOrigins values of the Origin header that may come in; empty for all. A client without that header is no
     *     browser and always may
     */
    public record WebSocketConfig(String path, List<String> allowedOrigins) {
        public static final WebSocketConfig DEFAULTS = new WebSocketConfig("/mqtt", List.of());

        public WebSocketConfig {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }

    /** A plain listener with the defaults. */
    public static ListenerConfig tcp(String name, String host, int port) {
        return new ListenerConfig(
                name,
                new Address.Tcp(host, port),
                1024,
                ProxyProtocol.OFF,
                List.of(),
                null,
                null,
                10,
                SocketConfig.DEFAULTS);
    }

    public ListenerConfig withAddress(Address other) {
        return new ListenerConfig(
                name, other, backlog, proxyProtocol, trustedProxies, webSocket, tls, handshakeTimeoutSeconds, socket);
    }

    public ListenerConfig withWebSocket(@Nullable WebSocketConfig other) {
        return new ListenerConfig(
                name, address, backlog, proxyProtocol, trustedProxies, other, tls, handshakeTimeoutSeconds, socket);
    }

    public ListenerConfig withTls(@Nullable TlsConfig other) {
        return new ListenerConfig(
                name,
                address,
                backlog,
                proxyProtocol,
                trustedProxies,
                webSocket,
                other,
                handshakeTimeoutSeconds,
                socket);
    }

    public ListenerConfig withProxyProtocol(ProxyProtocol mode, List<String> trusted) {
        return new ListenerConfig(
                name, address, backlog, mode, trusted, webSocket, tls, handshakeTimeoutSeconds, socket);
    }

    public ListenerConfig withHandshakeTimeoutSeconds(int seconds) {
        return new ListenerConfig(
                name, address, backlog, proxyProtocol, trustedProxies, webSocket, tls, seconds, socket);
    }

    /** "tcp", "tls", "ws", "wss" or "unix", as {@link io.dunlin.broker.port.ConnectionInfo} has it. */
    public String transport() {
        if (webSocket != null) {
            return tls == null ? "ws" : "wss";
        }
        if (tls != null) {
            return "tls";
        }
        return address instanceof Address.Unix ? "unix" : "tcp";
    }
}
