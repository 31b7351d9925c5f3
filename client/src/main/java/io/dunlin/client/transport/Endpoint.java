package io.dunlin.client.transport;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a server listens. {@code host} is a name or an address, or the path of a unix socket; {@code path} is that of the
 * WebSocket upgrade.
 */
public record Endpoint(Transport transport, String host, int port, String path) {
    /** The way to the server. */
    public enum Transport {
        TCP(1883),
        TLS(8883),
        WS(80),
        WSS(443),
        UNIX(0);

        private final int defaultPort;

        Transport(int defaultPort) {
            this.defaultPort = defaultPort;
        }

        /** The port where the address names none; 0 for unix sockets. */
        public int defaultPort() {
            return defaultPort;
        }

        public boolean isTls() {
            return this == TLS || this == WSS;
        }

        public boolean isWebSocket() {
            return this == WS || this == WSS;
        }
    }

    public static final String WEBSOCKET_PATH = "/mqtt";

    public Endpoint {
        if (transport != Transport.UNIX && (port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("The port must be 1 to 65535, not " + port + ".");
        }
    }

    public static Endpoint tcp(String host, int port) {
        return new Endpoint(Transport.TCP, host, port, "");
    }

    public static Endpoint unix(String path) {
        return new Endpoint(Transport.UNIX, path, 0, "");
    }

    /**
     * Of mqtt://host:port, mqtts:// (also tcp://, ssl://, tls://), ws://host:port/path, wss:// or unix:///path.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static Endpoint parse(String url) {
        int scheme = url.indexOf("://");
        Transport transport = transportOf(scheme < 0 ? "" : url.substring(0, scheme), url);
        if (transport == Transport.UNIX) {
            return unix(url.substring(scheme + 3));
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The address " + url + " is no URL: " + e.getReason() + ".", e);
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("The address " + url + " has no host, as in mqtt://localhost:1883.");
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = uri.getPort() < 0 ? transport.defaultPort() : uri.getPort();
        String path = uri.getRawPath();
        boolean noPath = path == null || path.isEmpty() || path.equals("/");
        return new Endpoint(
                transport, host, port, transport.isWebSocket() ? noPath ? WEBSOCKET_PATH : pathAndQuery(uri) : "");
    }

    private static String pathAndQuery(URI uri) {
        return uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
    }

    private static Transport transportOf(String scheme, String url) {
        return switch (scheme) {
            case "mqtt", "tcp" -> Transport.TCP;
            case "mqtts", "ssl", "tls" -> Transport.TLS;
            case "ws" -> Transport.WS;
            case "wss" -> Transport.WSS;
            case "unix" -> Transport.UNIX;
            default ->
                throw new IllegalArgumentException(
                        "The address " + url + " must start with mqtt://, mqtts://, ws://, wss:// or unix://.");
        };
    }

    /** As a URL. */
    @Override
    public String toString() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return switch (transport) {
            case TCP -> "mqtt://" + name + ":" + port;
            case TLS -> "mqtts://" + name + ":" + port;
            case WS -> "ws://" + name + ":" + port + path;
            case WSS -> "wss://" + name + ":" + port + path;
            case UNIX -> "unix://" + host;
        };
    }
}
