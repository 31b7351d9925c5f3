package io.dunlin.server.config;

import io.dunlin.broker.port.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One place where clients connect. */
public record ListenerSettings(
        @Setting(value = "What is spoken there", byDefault = "tcp")
        Type type,

        @Setting(
                "Address and port; `*:1883` for all interfaces, port 0 for any free port, `unix:/run/dunlin.sock` for a unix"
                        + " domain socket")
        Bind bind,

        @Setting(value = "Whether it is open", byDefault = "true")
        boolean enabled,

        @Setting("Whether clients may come without a user name; without it `authentication.allow-anonymous` decides")
        Optional<Boolean> allowAnonymous,

        @Setting("As `authentication.chain`, for this listener; empty for that one")
        List<String> authenticationChain,

        @Setting(
                value = "Clients at the same time; more are refused with reason 0x89, server busy",
                byDefault = "1000000",
                min = "1")
        int maxConnections,

        @Setting(
                value = "Take the common name of the client's certificate as its user name; it then needs no password",
                byDefault = "false")
        boolean useIdentityAsUsername,

        @Setting(
                value =
                        "Whether connections begin with a PROXY protocol header (version 1 or 2) that names the client's"
                                + " address",
                byDefault = "off")
        ProxyProtocol proxyProtocol,

        @Setting(
                "Addresses and networks (`10.0.0.0/8`) that may send a PROXY header; empty for all: give it wherever others"
                        + " than the proxy can connect")
        List<String> trustedProxies,

        @Setting(
                value = "Time for PROXY, TLS and WebSocket handshakes together",
                byDefault = "10s",
                min = "1s",
                max = "10m")
        Duration handshakeTimeout,

        @Setting(
                value = "Connections that wait in the kernel to be accepted",
                byDefault = "1024",
                min = "1",
                max = "65535")
        int backlog,

        @Setting(value = "Send small packets at once", byDefault = "true")
        boolean setTcpNodelay,

        @Setting("What acknowledgements to its clients wait for; without it, `durability.level`")
        Optional<Durability> durability,

        @Setting("Permissions of a unix domain socket, such as `rw-rw----`")
        Optional<String> unixMode,

        @Setting("TLS, on listeners of type `tls` and `wss`")
        Optional<Tls> tls,

        @Setting("WebSocket, on listeners of type `ws` and `wss`")
        WebSocket websocket) {

    /** The layers under MQTT. */
    public enum Type {
        TCP(false, false),
        TLS(true, false),
        WS(false, true),
        WSS(true, true);

        private final boolean tls;
        private final boolean websocket;

        Type(boolean tls, boolean websocket) {
            this.tls = tls;
            this.websocket = websocket;
        }

        public boolean isTls() {
            return tls;
        }

        public boolean isWebSocket() {
            return websocket;
        }

        /** The scheme of its addresses: mqtt, mqtts, ws or wss. */
        public String scheme() {
            return switch (this) {
                case TCP -> "mqtt";
                case TLS -> "mqtts";
                case WS -> "ws";
                case WSS -> "wss";
            };
        }
    }

    /** What is expected of proxies. */
    public enum ProxyProtocol {
        OFF,
        OPTIONAL,
        REQUIRED
    }

    /** Certificates and versions. */
    public record Tls(
            @Setting("The server's certificate and its intermediates, PEM; read again at a reload")
            Path certfile,

            @Setting("Its private key, PEM") Path keyfile,

            @Setting("Password of the private key, where it is encrypted")
            Optional<Secret> keyPassword,

            @Setting(
                    "Certificates of the authorities that sign client certificates, PEM; with it, clients are asked for one")
            Optional<Path> cafile,

            @Setting(value = "Refuse clients without a certificate that `cafile` verifies", byDefault = "false")
            boolean requireCertificate,

            @Setting(
                    "Certificate revocation lists (CRLs) of the authorities in `cafile` and of those between, PEM or DER; with"
                            + " it, a client is refused whose certificate is revoked, or whose issuer has no list there")
            Optional<Path> crlfile,

            @Setting(
                    value = "What becomes of clients whose issuer's list should have been replaced already",
                    byDefault = "refuse")
            ExpiredCrl crlExpired,

            @Setting(value = "TLS versions that are offered", byDefault = "[\"1.2\", \"1.3\"]")
            List<String> versions,

            @Setting("Cipher suites that are offered; empty for those of the engine")
            List<String> ciphers,

            @Setting(
                    value =
                            "Who does the cryptography: BoringSSL (`openssl`) or the JDK; `auto` takes the first that loads",
                    byDefault = "auto")
            TlsEngine engine) {}

    /** What a revocation list that is out of date means. */
    public enum ExpiredCrl {
        REFUSE,
        ACCEPT
    }

    /** Libraries for TLS. */
    public enum TlsEngine {
        AUTO,
        OPENSSL,
        JDK
    }

    /** WebSocket. */
    public record WebSocket(
            @Setting(value = "Path of the handshake; `*` takes any", byDefault = "/mqtt")
            String path,

            @Setting("Web pages (`https://console.example`) whose scripts may connect; empty for all")
            List<String> origins) {}
}
