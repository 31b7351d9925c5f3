package io.dunlin.client.transport;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How connections are opened.
 *
 * @param bind the address of this side, or null for any
 * @param proxy the way to the server, or null for the direct one
 * @param webSocketHeaders added to the request that opens a WebSocket
 * @param noDelay TCP_NODELAY: small packets leave at once
 * @param tcpKeepAlive SO_KEEPALIVE: the operating system probes silent connections, too
 */
public record NetworkOptions(
        TlsOptions tls,
        @Nullable InetSocketAddress bind,
        @Nullable ProxyOptions proxy,
        Map<String, String> webSocketHeaders,
        boolean noDelay,
        boolean tcpKeepAlive) {

    public static final NetworkOptions DEFAULT =
            new NetworkOptions(TlsOptions.DEFAULT, null, null, Map.of(), true, false);

    public NetworkOptions {
        webSocketHeaders = Map.copyOf(webSocketHeaders);
    }

    public NetworkOptions withTls(TlsOptions options) {
        return new NetworkOptions(options, bind, proxy, webSocketHeaders, noDelay, tcpKeepAlive);
    }

    public NetworkOptions withProxy(@Nullable ProxyOptions server) {
        return new NetworkOptions(tls, bind, server, webSocketHeaders, noDelay, tcpKeepAlive);
    }
}
