package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.transport.ListenerConfig.ProxyProtocol;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.Engine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class ProxyTest {
    private static final byte[] VERSION_1 = ascii("PROXY TCP4 192.0.2.7 198.51.100.1 40001 1883\r\n");
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40001);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** @param command 0x20 for a health check of the proxy itself, 0x21 for a client */
    private static byte[] version2(int command) {
        byte[] signature = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
        byte[] addresses = {(byte) 192, 0, 2, 7, (byte) 198, 51, 100, 1, (byte) (40001 >> 8), (byte) 40001, 7, 91};
        ByteBuffer header =
                ByteBuffer.allocate(28).put(signature).put((byte) command).put((byte) 0x11);
        return header.putShort((short) 12).put(addresses).array();
    }

    private static TestServer server(LoopKind kind, ProxyProtocol mode, String... trusted) {
        return new TestServer(kind, 1, config -> config.withProxyProtocol(mode, List.of(trusted)), Peer::new);
    }

    private static void echo(Socket socket, byte[]... before) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] bytes : before) {
            all.write(bytes);
        }
        all.write(ascii("hello"));
        socket.getOutputStream().write(all.toByteArray());
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(ascii("hello"));
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void theHeaderNamesTheClient(LoopKind kind) throws Exception {
        for (ProxyProtocol mode : List.of(ProxyProtocol.REQUIRED, ProxyProtocol.OPTIONAL)) {
            try (TestServer server = server(kind, mode, "127.0.0.0/8");
                    Socket first = server.connect();
                    Socket second = server.connect();
                    Socket check = server.connect();
                    Socket slow = server.connect()) {
                echo(first, VERSION_1);
                echo(second, version2(0x21));
                echo(check, version2(0x20));
                for (byte one : version2(0x21)) {
                    slow.getOutputStream().write(one);
                }
                echo(slow);
                assertThat(server.peers)
                        .extracting(peer -> peer.connection.info().peer())
                        .containsExactly(CLIENT, CLIENT, check.getLocalSocketAddress(), CLIENT);
            }
        }
    }

    @Test
    void anOptionalHeaderMayBeMissing() throws Exception {
        try (TestServer server = server(LoopKind.EPOLL, ProxyProtocol.OPTIONAL);
                Socket socket = server.connect()) {
            echo(socket);
            assertThat(server.peers.getFirst().connection.info().peer()).isEqualTo(socket.getLocalSocketAddress());
        }
    }

    @Test
    void withoutItsHeaderAConnectionIsRefused() throws Exception {
        try (TestServer server = server(LoopKind.EPOLL, ProxyProtocol.REQUIRED);
                Socket socket = server.connect()) {
            socket.getOutputStream().write(ascii("hello, this is no PROXY header\r\n"));
            assertThat(ended(socket)).isTrue();
            assertThat(server.peers).isEmpty();
        }
    }

    @Test
    void onlyTrustedProxiesSpeakForOthers() throws Exception {
        try (TestServer server = server(LoopKind.EPOLL, ProxyProtocol.REQUIRED, "10.0.0.0/8", "::1");
                Socket socket = server.connect()) {
            assertThat(ended(socket)).isTrue();
            assertThat(server.peers).isEmpty();
        }
        try (TestServer server = server(LoopKind.EPOLL, ProxyProtocol.OPTIONAL, "10.0.0.1");
                Socket socket = server.connect()) {
            // Not believed: these are the client's own bytes.
            socket.getOutputStream().write(VERSION_1);
            assertThat(socket.getInputStream().readNBytes(VERSION_1.length)).isEqualTo(VERSION_1);
            assertThat(server.peers.getFirst().connection.info().peer()).isEqualTo(socket.getLocalSocketAddress());
        }
        assertThatThrownBy(() -> server(LoopKind.EPOLL, ProxyProtocol.OPTIONAL, "proxy.example"))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("\"proxy.example\" that is neither an address");
    }

    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void theHeaderComesBeforeTlsAndWebSocket(@TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        try (TestServer server = new TestServer(
                        LoopKind.EPOLL,
                        1,
                        config -> config.withProxyProtocol(ProxyProtocol.REQUIRED, List.of())
                                .withTls(certificates.config(Engine.AUTO))
                                .withWebSocket(WebSocketConfig.DEFAULTS),
                        Peer::new);
                Socket plain = server.connect()) {
            plain.getOutputStream().write(VERSION_1);
            try (SSLSocket encrypted = (SSLSocket) certificates
                    .clientContext(false)
                    .getSocketFactory()
                    .createSocket(plain, "localhost", server.address().getPort(), true)) {
                WebSocketClient client = WebSocketClient.open(encrypted);
                client.send(client.frame(0x82, ascii("hello")));
                assertThat(client.receive().payload()).isEqualTo(ascii("hello"));
                assertThat(server.peers.getFirst().connection.info().peer()).isEqualTo(CLIENT);
            }
            await().until(() -> server.peers.getFirst().closed);
        }
    }
}
