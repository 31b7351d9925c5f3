package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One place where clients connect. */
public record ListenerConfig(
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

        @Setting(
                value = "Clients at the same time; more are refused with reason 0x89, server busy",
                byDefault = "1000000",
                min = "1")
        int maxConnections,

        @Setting(
                value =
                        "Expect a PROXY protocol header (version 1 or 2) before anything else, and take the client's address"
                                + " from it. Switch it on only where nobody but the proxy can connect",
                byDefault = "false")
        boolean proxyProtocol,

        @Setting(
                value = "Take the common name of the client's certificate as its user name; it then needs no password",
                byDefault = "false")
        boolean useIdentityAsUsername,

        @Setting("TLS, on listeners of type `tls` and `wss`")
        Optional<TlsConfig> tls,

        @Setting("WebSocket, on listeners of type `ws` and `wss`")
        WebSocketConfig websocket) {

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

    /** Certificates and versions. */
    public record TlsConfig(
            @Setting("The server's certificate chain, PEM") Path certfile,
            @Setting("Its private key, PEM (PKCS#8)") Path keyfile,

            @Setting("Certificates of the authorities that sign client certificates, PEM")
            Optional<Path> cafile,

            @Setting(value = "Refuse clients without a certificate that `cafile` verifies", byDefault = "false")
            boolean requireCertificate,

            @Setting(value = "TLS versions that are offered", byDefault = "[\"1.2\", \"1.3\"]")
            List<String> versions) {}

    /** WebSocket. */
    public record WebSocketConfig(
            @Setting(value = "Path of the handshake; `*` takes any", byDefault = "/mqtt")
            String path,

            @Setting("Web pages (`https://console.example`) whose scripts may connect; empty for all")
            List<String> origins) {}
}
