package io.dunlin.transport;

import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The opening handshake of WebSocket (RFC 6455, section 4.2): what to answer to a request. */
final class WebSocketHandshake {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** In the order of preference; the second is that of clients from the time of MQTT 3.1. */
    private static final List<String> PROTOCOLS = List.of("mqtt", "mqttv3.1");

    private WebSocketHandshake() {}

    /** What goes back to the client. */
    sealed interface Answer {
        /** The bytes of the response. */
        byte[] response();

        record Accepted(byte[] response) implements Answer {}

        /** @param reason the sentence in the response */
        record Refused(byte[] response, String reason) implements Answer {}
    }

    static Answer answer(WebSocketConfig config, HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            return refuse("400 Bad Request", "", "This is not an HTTP request that can be read.");
        }
        String path = path(request.uri());
        if (!config.path().isEmpty() && !config.path().equals(path)) {
            return refuse("404 Not Found", "", "MQTT over WebSocket is at " + config.path() + " here.");
        }
        if (!request.method().equals(HttpMethod.GET)
                || !headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
                || !headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            return refuse(
                    "426 Upgrade Required",
                    "Upgrade: websocket\r\n",
                    "This address speaks MQTT over WebSocket: connect with an MQTT client that does.");
        }
        if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            return refuse(
                    "426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n", "Only WebSocket version 13 is known.");
        }
        String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (key == null || key.length() != 24) {
            return refuse("400 Bad Request", "", "The header Sec-WebSocket-Key is missing or not 24 characters long.");
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null
                && !config.allowedOrigins().isEmpty()
                && !config.allowedOrigins().contains(origin)) {
            return refuse("403 Forbidden", "", "Pages from this origin may not connect.");
        }
        String protocol = protocol(headers);
        if (protocol == null) {
            return refuse(
                    "400 Bad Request", "", "Ask for the WebSocket sub-protocol mqtt (header Sec-WebSocket-Protocol).");
        }
        // [MQTT-6.0.0-4]
        return new Answer.Accepted(
                ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(key) + "\r\nSec-WebSocket-Protocol: " + protocol
                        + "\r\n\r\n"));
    }

    /** Where the handshake breaks off before there is a whole request. */
    static Answer.Refused refuse(String status, String header, String reason) {
        byte[] body = ascii(reason + "\n");
        return new Answer.Refused(
                ascii("HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                        + body.length + "\r\nConnection: close\r\n" + header + "\r\n" + reason + "\n"),
                reason);
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static @Nullable String protocol(HttpHeaders headers) {
        List<String> offered = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .map(String::strip)
                .toList();
        return PROTOCOLS.stream().filter(offered::contains).findFirst().orElse(null);
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest(ascii(key + ACCEPT_SUFFIX)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
