package io.dunlin.cli.connect;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.UsageException;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.Endpoint.Transport;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect, put together from -L, -h, -p and their kind. A URL may also bring user name, password and, after the host,
 * the topic.
 */
record Address(
        Endpoint endpoint,
        @Nullable String username,
        @Nullable String password,
        @Nullable String topic) {
    private static final int TLS_PORT = 8883;
    private static final int WEBSOCKET_PORT = 8083;
    private static final int WEBSOCKET_TLS_PORT = 8084;

    /** @throws UsageException where the options contradict each other or a part is not valid */
    static Address of(Args args, boolean topicGiven) {
        String url = args.text("-L");
        if (url != null) {
            if (args.has("-h") || args.has("-p")) {
                throw new UsageException("The URL of -L holds host and port: leave out -h and -p.");
            }
            return ofUrl(url, args, topicGiven);
        }
        String unix = args.text("--unix");
        if (unix != null) {
            return new Address(Endpoint.unix(unix), null, null, null);
        }
        String host = args.text("-h", "localhost");
        int port = (int) args.number("-p", 1, 65_535, 0);
        Transport transport = transport(args, port);
        if (args.has("-S")) {
            SrvLookup.Target target = new SrvLookup("dns:").find(host, transport == Transport.TLS);
            return new Address(endpoint(transport, target.host(), target.port(), args), null, null, null);
        }
        return new Address(
                endpoint(transport, host, port == 0 ? defaultPort(transport) : port, args), null, null, null);
    }

    private static Transport transport(Args args, int port) {
        String protocol = args.text("--protocol", "").toLowerCase(Locale.ROOT);
        boolean webSocket = args.has("--ws") || args.has("--path") || protocol.startsWith("ws");
        boolean tls = protocol.equals("mqtts") || protocol.equals("wss") || tlsAsked(args);
        if (!protocol.isEmpty() && !"mqtt mqtts ws wss".contains(protocol)) {
            throw new UsageException("--protocol is mqtt, mqtts, ws or wss, not '" + protocol + "'.");
        }
        if (port == TLS_PORT || webSocket && port == WEBSOCKET_TLS_PORT) {
            tls = true;
        }
        tls &= !args.has("--no-tls");
        return webSocket ? tls ? Transport.WSS : Transport.WS : tls ? Transport.TLS : Transport.TCP;
    }

    private static boolean tlsAsked(Args args) {
        return args.has("--tls")
                || args.has("--cafile")
                || args.has("--capath")
                || args.has("--cert")
                || args.has("--tls-use-os-certs")
                || args.has("--insecure-any-certificate");
    }

    private static int defaultPort(Transport transport) {
        return switch (transport) {
            case WS -> WEBSOCKET_PORT;
            case WSS -> WEBSOCKET_TLS_PORT;
            case TCP, TLS, UNIX -> transport.defaultPort();
        };
    }

    private static Endpoint endpoint(Transport transport, String host, int port, Args args) {
        String path = args.text("--path", Endpoint.WEBSOCKET_PATH);
        return new Endpoint(transport, host, port, transport.isWebSocket() ? absolute(path) : "");
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    /**
     * mqtt(s)://user:password@host:port/topic. With ws and wss the path is that of the WebSocket where -t gives the topic, else
     * the topic.
     */
    private static Address ofUrl(String url, Args args, boolean topicGiven) {
        int scheme = url.indexOf("://");
        Transport transport =
                scheme < 0 ? null : scheme(url.substring(0, scheme).toLowerCase(Locale.ROOT));
        if (transport == null) {
            throw new UsageException(
                    "The URL '" + url + "' must start with mqtt://, mqtts://, ws://, wss:// or unix://.");
        }
        String rest = url.substring(scheme + 3);
        if (transport == Transport.UNIX) {
            return new Address(Endpoint.unix(rest), null, null, null);
        }
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash + 1);
        int at = authority.lastIndexOf('@');
        String user = at < 0 ? null : authority.substring(0, at);
        int colon = user == null ? -1 : user.indexOf(':');
        String password = user == null || colon < 0 ? null : decode(user.substring(colon + 1));
        String username = user == null ? null : decode(colon < 0 ? user : user.substring(0, colon));
        String hostAndPort = authority.substring(at + 1);
        int portColon = hostAndPort.endsWith("]") ? -1 : hostAndPort.lastIndexOf(':');
        int port = portColon < 0
                ? transport.defaultPort()
                : (int) Args.number("The port of -L", hostAndPort.substring(portColon + 1), 1, 65_535);
        String host = portColon < 0 ? hostAndPort : hostAndPort.substring(0, portColon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new UsageException("The URL '" + url + "' has no host, as in mqtt://localhost/topic.");
        }
        boolean pathOfWebSocket = transport.isWebSocket() && topicGiven && !path.isEmpty();
        Endpoint endpoint = pathOfWebSocket
                ? new Endpoint(transport, host, port, "/" + path)
                : endpoint(transport, host, port, args);
        String topic = pathOfWebSocket || path.isEmpty() ? null : decode(path);
        return new Address(endpoint, username, password, topic);
    }

    private static @Nullable Transport scheme(String scheme) {
        return switch (scheme) {
            case "mqtt", "tcp" -> Transport.TCP;
            case "mqtts", "ssl", "tls" -> Transport.TLS;
            case "ws" -> Transport.WS;
            case "wss" -> Transport.WSS;
            case "unix" -> Transport.UNIX;
            default -> null;
        };
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UsageException("The URL part '" + text + "' has a wrong %-escape: write %25 for a percent sign.");
        }
    }
}
