package io.dunlin.client.transport;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on the way to the server. It resolves the server's name.
 *
 * @param username for its login, or null for none
 * @param password null where there is no user name
 */
public record ProxyOptions(
        Kind kind,
        String host,
        int port,
        @Nullable String username,
        @Nullable String password) {
    /** What the proxy speaks. */
    public enum Kind {
        /** CONNECT of HTTP/1.1, with the Basic login. */
        HTTP("http", 3128),
        /** SOCKS version 5, with user name and password (RFC 1928, RFC 1929). */
        SOCKS5("socks5", 1080);

        private final String scheme;
        private final int defaultPort;

        Kind(String scheme, int defaultPort) {
            this.scheme = scheme;
            this.defaultPort = defaultPort;
        }
    }

    public ProxyOptions {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port of a proxy must be 1 to 65535, not " + port + ".");
        }
    }

    public static ProxyOptions http(String host, int port) {
        return new ProxyOptions(Kind.HTTP, host, port, null, null);
    }

    public static ProxyOptions socks5(String host, int port) {
        return new ProxyOptions(Kind.SOCKS5, host, port, null, null);
    }

    public ProxyOptions withLogin(String user, String secret) {
        return new ProxyOptions(kind, host, port, user, secret);
    }

    /**
     * The JDK's way to name one, without a login.
     *
     * @return null for {@link Proxy#NO_PROXY}
     */
    public static @Nullable ProxyOptions of(Proxy proxy) {
        if (!(proxy.address() instanceof InetSocketAddress address)) {
            return null;
        }
        Kind kind = proxy.type() == Proxy.Type.HTTP ? Kind.HTTP : Kind.SOCKS5;
        return new ProxyOptions(kind, address.getHostString(), address.getPort(), null, null);
    }

    /**
     * Of http://user:password@host:port or socks5:// (also socks://, socks5h://).
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static ProxyOptions parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The proxy " + e.getReason() + ": give it as http://host:port.", e);
        }
        Kind kind = kindOf(uri.getScheme());
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("The proxy has no host, as in http://host:port.");
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = uri.getPort() < 0 ? kind.defaultPort : uri.getPort();
        String login = uri.getUserInfo();
        if (login == null) {
            return new ProxyOptions(kind, host, port, null, null);
        }
        int colon = login.indexOf(':');
        return new ProxyOptions(
                kind,
                host,
                port,
                colon < 0 ? login : login.substring(0, colon),
                colon < 0 ? "" : login.substring(colon + 1));
    }

    private static Kind kindOf(@Nullable String scheme) {
        return switch (scheme == null ? "" : scheme) {
            case "http" -> Kind.HTTP;
            case "socks", "socks5", "socks5h" -> Kind.SOCKS5;
            default -> throw new IllegalArgumentException("A proxy starts with http:// or socks5://.");
        };
    }

    /** As a URL, without the login. */
    @Override
    public String toString() {
        return kind.scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
