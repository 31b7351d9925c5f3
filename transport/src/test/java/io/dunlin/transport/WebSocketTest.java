package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.Engine;
import io.dunlin.transport.WebSocketClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class WebSocketTest {
    private static TestServer server(LoopKind kind) {
        return new TestServer(kind, 2, config -> config.withWebSocket(WebSocketConfig.DEFAULTS), Peer::new);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void bytesComeAndGoInFrames(LoopKind kind) throws Exception {
        try (TestServer server = server(kind);
                Socket socket = server.connect()) {
            WebSocketClient client = WebSocketClient.open(socket);
            for (int length : new int[] {1, 125, 126, 65_535, 65_536, 1_000_000}) {
                byte[] bytes = new byte[length];
                new Random(length).nextBytes(bytes);
                client.mask = length * 0x9e3779b9;
                Thread writer = Thread.startVirtualThread(() -> {
                    try {
                        client.send(client.frame(0x82, bytes));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
                assertThat(client.input().readNBytes(length)).isEqualTo(bytes);
                writer.join();
            }
            assertThat(server.peers.getFirst().connection.info().transport()).isEqualTo("ws");
            client.send(client.frame(0x88, new byte[] {3, (byte) 232, 'o', 'k'}));
            assertThat(client.receive().payload()).containsExactly(3, 232);
            assertThat(client.ended()).isTrue();
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().cause).isNull();
        }
    }

    /** [MQTT-6.0.0-2] [MQTT311-6.0.0-2]: packets need not be aligned with frames, nor with messages of several frames. */
    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void framesMaySplitAndJoinPackets(LoopKind kind) throws Exception {
        try (TestServer server = server(kind);
                Socket socket = server.connect()) {
            WebSocketClient client = WebSocketClient.open(socket);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(client.frame(0x02, ascii("ab"))); // a message in three frames, with a ping between
            all.write(client.frame(0x00, ascii("c")));
            all.write(client.frame(0x89, ascii("ping")));
            all.write(client.frame(0x80, ascii("def")));
            all.write(client.frame(0x82, new byte[0]));
            all.write(client.frame(0x82, ascii("ghi")));
            // at once: one message back for all that came in one read
            client.send(all.toByteArray());
            Frame first = client.receive();
            assertThat(first.opcode()).isEqualTo(WebSocketFrames.PONG);
            assertThat(first.payload()).isEqualTo(ascii("ping"));
            assertThat(client.input().readNBytes(9)).isEqualTo(ascii("abcdefghi"));
            // byte by byte
            for (byte one : all.toByteArray()) {
                client.send(new byte[] {one});
            }
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            int pongs = 0;
            while (data.size() < 9 || pongs < 1) {
                Frame frame = client.receive();
                if (frame.opcode() == WebSocketFrames.PONG) {
                    pongs++;
                } else {
                    assertThat(frame.opcode()).isEqualTo(WebSocketFrames.BINARY);
                    data.write(frame.payload());
                }
            }
            assertThat(data.toByteArray()).isEqualTo(ascii("abcdefghi"));
        }
    }

    /** [MQTT-6.0.0-1] [MQTT311-6.0.0-1]: a frame that is not binary ends the connection; so does what breaks RFC 6455. */
    @Test
    void wrongFramesEndTheConnection() throws Exception {
        byte[] unmasked = {(byte) 0x82, 1, 'a'};
        byte[] long64 = {(byte) 0x82, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
        byte[] huge = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0};
        try (TestServer server = server(LoopKind.EPOLL)) {
            assertThat(closeStatus(server, client -> client.frame(0x81, ascii("text"))))
                    .isEqualTo(1003);
            assertThat(closeStatus(server, client -> unmasked)).isEqualTo(1002);
            assertThat(closeStatus(server, client -> long64)).isEqualTo(1002);
            assertThat(closeStatus(server, client -> huge)).isEqualTo(1009);
            assertThat(closeStatus(server, client -> client.frame(0xc2, ascii("rsv"))))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x83, ascii("reserved"))))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x80, ascii("continues nothing"))))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x09, ascii("ping in parts"))))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x89, new byte[126])))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x88, new byte[1])))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x88, new byte[] {3, (byte) 237})))
                    .isEqualTo(1002);
            assertThat(closeStatus(server, client -> client.frame(0x88, new byte[0])))
                    .isEqualTo(1000);
            await().until(() -> server.peers.stream().allMatch(peer -> peer.closed && peer.closedTimes.get() == 1));
        }
    }

    private interface Wrong {
        byte[] frame(WebSocketClient client);
    }

    /** What came before the wrong frame still reaches the core. */
    private static int closeStatus(TestServer server, Wrong wrong) throws IOException {
        try (Socket socket = server.connect()) {
            WebSocketClient client = WebSocketClient.open(socket);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(client.frame(0x82, ascii("good")));
            both.write(wrong.frame(client));
            client.send(both.toByteArray());
            assertThat(client.receive().payload()).isEqualTo(ascii("good"));
            Frame close = client.receive();
            assertThat(close.opcode()).isEqualTo(WebSocketFrames.CLOSE);
            assertThat(client.ended()).isTrue();
            return ByteBuffer.wrap(close.payload()).getShort();
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void whatTheCoreSendsInATickIsOneFrame(LoopKind kind) throws Exception {
        class Many extends Peer {
            Many(Connection connection, ShardExecutor shard) {
                super(connection, shard);
            }

            @Override
            public void onBytes(ByteBuffer bytes) {
                for (int i = 0; i < 5_000; i++) {
                    connection.reserve(4).putInt(i);
                }
                connection.flush();
                byte[] large = new byte[100_000];
                connection.reserve(4).putInt(7);
                connection.append(large, 0, large.length);
                connection.flush();
                connection.close();
            }
        }
        try (TestServer server =
                        new TestServer(kind, 1, config -> config.withWebSocket(WebSocketConfig.DEFAULTS), Many::new);
                Socket socket = server.connect()) {
            WebSocketClient client = WebSocketClient.open(socket);
            client.send(client.frame(0x82, ascii("go")));
            ByteBuffer small = ByteBuffer.wrap(client.receive().payload());
            assertThat(small.remaining()).isEqualTo(20_000);
            for (int i = 0; i < 5_000; i++) {
                assertThat(small.getInt()).isEqualTo(i);
            }
            assertThat(client.receive().payload()).hasSize(100_004);
            assertThat(client.receive()).satisfies(close -> {
                assertThat(close.opcode()).isEqualTo(WebSocketFrames.CLOSE);
                assertThat(close.payload()).containsExactly(3, 232);
            });
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void wrongRequestsAreToldWhatIsWrong() throws Exception {
        try (TestServer server = new TestServer(
                LoopKind.EPOLL,
                1,
                config -> config.withWebSocket(new WebSocketConfig("/mqtt", List.of("https://good.example"))),
                Peer::new)) {
            assertThat(answer(server, WebSocketClient.upgrade().replace("/mqtt", "/other")))
                    .startsWith("HTTP/1.1 404 ")
                    .endsWith("MQTT over WebSocket is at /mqtt here.\n");
            assertThat(answer(server, WebSocketClient.request("/mqtt")))
                    .startsWith("HTTP/1.1 426 ")
                    .contains("\r\nUpgrade: websocket\r\n");
            assertThat(answer(server, WebSocketClient.upgrade().replace("GET", "PUT")))
                    .startsWith("HTTP/1.1 426 ");
            assertThat(answer(server, WebSocketClient.upgrade().replace("Version: 13", "Version: 8")))
                    .startsWith("HTTP/1.1 426 ")
                    .contains("Sec-WebSocket-Version: 13");
            assertThat(answer(server, WebSocketClient.upgrade().replace(WebSocketClient.KEY, "short")))
                    .startsWith("HTTP/1.1 400 ");
            // [MQTT-6.0.0-3] [MQTT311-6.0.0-3]
            assertThat(answer(server, WebSocketClient.upgrade().replace("other, mqtt", "other")))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("sub-protocol mqtt");
            assertThat(answer(
                            server,
                            WebSocketClient.upgrade().replace("Host:", "Origin: https://evil.example\r\nHost:")))
                    .startsWith("HTTP/1.1 403 ");
            assertThat(answer(server, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            assertThat(answer(
                            server,
                            WebSocketClient.upgrade().replace("Host:", "X: " + "y".repeat(20_000) + "\r\nHost:")))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(server.peers).isEmpty();
        }
    }

    private static String answer(TestServer server, String request) throws IOException {
        try (Socket socket = server.connect()) {
            return WebSocketClient.exchange(socket, request);
        }
    }

    /** [MQTT-6.0.0-4] [MQTT311-6.0.0-4], and clients of the time of MQTT 3.1. */
    @Test
    void theSubProtocolIsMqtt() throws Exception {
        try (TestServer server = new TestServer(
                LoopKind.EPOLL, 1, config -> config.withWebSocket(new WebSocketConfig("", List.of())), Peer::new)) {
            assertThat(accepted(server, WebSocketClient.upgrade())).contains("\r\nSec-WebSocket-Protocol: mqtt\r\n");
            assertThat(accepted(server, WebSocketClient.upgrade().replace("other, mqtt", "mqttv3.1")))
                    .contains("\r\nSec-WebSocket-Protocol: mqttv3.1\r\n");
            assertThat(accepted(server, WebSocketClient.upgrade().replace("other, mqtt", "mqttv3.1,mqtt")))
                    .contains("\r\nSec-WebSocket-Protocol: mqtt\r\n");
            assertThat(accepted(server, WebSocketClient.upgrade().replace("/mqtt", "/any/path?token=1")))
                    .startsWith("HTTP/1.1 101 ");
        }
    }

    private static String accepted(TestServer server, String request) throws IOException {
        try (Socket socket = server.connect()) {
            socket.getOutputStream().write(ascii(request));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            return head.toString();
        }
    }

    /** A client that does not wait for the answer to its request loses nothing. */
    @Test
    void framesRightBehindTheRequestAreTaken() throws Exception {
        try (TestServer server = server(LoopKind.EPOLL);
                Socket socket = server.connect()) {
            WebSocketClient client = WebSocketClient.ahead(socket, ascii("early"));
            assertThat(client.receive().payload()).isEqualTo(ascii("early"));
        }
    }

    @Test
    void aStockClientConnectsOverTls(@TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        try (TestServer server = new TestServer(
                        LoopKind.EPOLL,
                        1,
                        config -> config.withTls(certificates.config(Engine.AUTO))
                                .withWebSocket(WebSocketConfig.DEFAULTS),
                        Peer::new);
                HttpClient http = HttpClient.newBuilder()
                        .sslContext(certificates.clientContext(false))
                        .build()) {
            List<Byte> received = new CopyOnWriteArrayList<>();
            WebSocket client = http.newWebSocketBuilder()
                    .subprotocols("mqtt")
                    .buildAsync(
                            URI.create("wss://localhost:" + server.address().getPort() + "/mqtt"),
                            new WebSocket.Listener() {
                                @Override
                                public @Nullable CompletionStage<?> onBinary(
                                        WebSocket webSocket, ByteBuffer data, boolean last) {
                                    while (data.hasRemaining()) {
                                        received.add(data.get());
                                    }
                                    webSocket.request(1);
                                    return null;
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            assertThat(client.getSubprotocol()).isEqualTo("mqtt");
            client.sendBinary(ByteBuffer.wrap(ascii("hello")), true).get(20, TimeUnit.SECONDS);
            await().until(() -> received.size() == 5);
            assertThat(server.peers.getFirst().connection.info().transport()).isEqualTo("wss");
            assertThat(server.peers.getFirst().connection.info().tls()).isNotNull();
            client.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().cause).isNull();
        }
    }
}
