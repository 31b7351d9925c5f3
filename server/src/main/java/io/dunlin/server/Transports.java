package io.dunlin.server;

import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.server.config.Bind;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.ListenerSettings.Tls;
import io.dunlin.server.config.Secret;
import io.dunlin.server.config.ServerConfig.TransportKind;
import io.dunlin.transport.ListenerConfig;
import io.dunlin.transport.ListenerConfig.Address;
import io.dunlin.transport.ListenerConfig.SocketConfig;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.LoopKind;
import io.dunlin.transport.TlsConfig;
import io.dunlin.transport.TlsConfig.ClientCertificate;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Says the configuration of listeners in the words of the transport and of the core. */
final class Transports {
    private static final String ANY_PATH = "*";
    private static final List<String> APPLICATION_PROTOCOLS = List.of("mqtt");
    private static final List<String> WEB_PROTOCOLS = List.of("http/1.1");

    private Transports() {}

    /** In the order of preference; NIO always runs. */
    static LoopKind[] kinds(TransportKind kind) {
        return switch (kind) {
            case AUTO, EPOLL -> new LoopKind[] {LoopKind.EPOLL, LoopKind.NIO};
            case IO_URING -> new LoopKind[] {LoopKind.IO_URING, LoopKind.EPOLL, LoopKind.NIO};
            case NIO -> new LoopKind[] {LoopKind.NIO};
        };
    }

    static ListenerOptions options(String name, ListenerSettings settings) {
        return new ListenerOptions(name, settings.maxConnections(), settings.durability());
    }

    static ListenerConfig listener(String name, ListenerSettings settings) {
        return new ListenerConfig(
                name,
                address(settings),
                settings.backlog(),
                proxyProtocol(settings.proxyProtocol()),
                settings.trustedProxies(),
                settings.type().isWebSocket() ? webSocket(settings.websocket()) : null,
                settings.tls()
                        .map(tls -> tls(tls, settings.type().isWebSocket()))
                        .orElse(null),
                wholeSeconds(settings.handshakeTimeout()),
                new SocketConfig(
                        settings.setTcpNodelay(),
                        SocketConfig.DEFAULTS.keepAlive(),
                        SocketConfig.DEFAULTS.receiveBytes(),
                        SocketConfig.DEFAULTS.sendBytes()));
    }

    private static Address address(ListenerSettings settings) {
        Bind bind = settings.bind();
        if (bind.isUnix()) {
            return new Address.Unix(Path.of(bind.host()), settings.unixMode().orElse(""));
        }
        return new Address.Tcp(bind.host().isEmpty() ? allInterfaces() : bind.host(), bind.port());
    }

    /** The address that takes IPv4 and IPv6, where this machine has IPv6. */
    private static String allInterfaces() {
        try {
            boolean ipv6 = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .anyMatch(Inet6Address.class::isInstance);
            return ipv6 ? "::" : "0.0.0.0";
        } catch (SocketException e) {
            return "0.0.0.0";
        }
    }

    private static ListenerConfig.ProxyProtocol proxyProtocol(ListenerSettings.ProxyProtocol mode) {
        return switch (mode) {
            case OFF -> ListenerConfig.ProxyProtocol.OFF;
            case OPTIONAL -> ListenerConfig.ProxyProtocol.OPTIONAL;
            case REQUIRED -> ListenerConfig.ProxyProtocol.REQUIRED;
        };
    }

    private static WebSocketConfig webSocket(ListenerSettings.WebSocket settings) {
        String path = settings.path().equals(ANY_PATH) ? "" : settings.path();
        return new WebSocketConfig(path, settings.origins());
    }

    private static TlsConfig tls(Tls tls, boolean webSocket) {
        return new TlsConfig(
                tls.certfile(),
                tls.keyfile(),
                tls.keyPassword().map(Secret::value).orElse(null),
                tls.cafile().orElse(null),
                clientCertificate(tls),
                tls.crlfile().orElse(null),
                expiredList(tls.crlExpired()),
                tls.versions().stream().map(version -> "TLSv" + version).toList(),
                tls.ciphers(),
                webSocket ? WEB_PROTOCOLS : APPLICATION_PROTOCOLS,
                engine(tls.engine()));
    }

    private static ClientCertificate clientCertificate(Tls tls) {
        if (tls.requireCertificate()) {
            return ClientCertificate.REQUIRED;
        }
        return tls.cafile().isPresent() ? ClientCertificate.OPTIONAL : ClientCertificate.NONE;
    }

    private static TlsConfig.ExpiredList expiredList(ListenerSettings.ExpiredCrl expired) {
        return switch (expired) {
            case REFUSE -> TlsConfig.ExpiredList.REFUSE;
            case ACCEPT -> TlsConfig.ExpiredList.ACCEPT;
        };
    }

    private static TlsConfig.Engine engine(ListenerSettings.TlsEngine engine) {
        return switch (engine) {
            case AUTO -> TlsConfig.Engine.AUTO;
            case OPENSSL -> TlsConfig.Engine.OPENSSL;
            case JDK -> TlsConfig.Engine.JDK;
        };
    }

    private static int wholeSeconds(Duration time) {
        return (int) Math.max(1, time.plusMillis(999).toSeconds());
    }
}
