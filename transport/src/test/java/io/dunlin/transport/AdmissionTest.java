package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Admission;
import io.dunlin.transport.ListenerConfig.ProxyProtocol;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.Engine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each connection is asked about once, and told of once when it is gone, on whichever way it goes. */
@Timeout(60)
final class AdmissionTest {
    private static final byte[] FROM_FAR =
            "PROXY TCP4 192.0.2.7 198.51.100.1 40001 1883\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Counts; takes connections and handshakes as told. */
    private static final class Door implements Admission {
        final List<SocketAddress> asked = new CopyOnWriteArrayList<>();
        final List<SocketAddress> gone = new CopyOnWriteArrayList<>();
        final AtomicInteger shaking = new AtomicInteger();
        final AtomicInteger shaken = new AtomicInteger();
        volatile boolean open = true;
        volatile boolean openForTls = true;

        @Override
        public boolean admits(String listener, SocketAddress peer) {
            asked.add(peer);
            return open;
        }

        @Override
        public void left(String listener, SocketAddress peer) {
            gone.add(peer);
        }

        @Override
        public boolean beginsTls(String listener, SocketAddress peer) {
            if (openForTls) {
                shaking.incrementAndGet();
                shaken.incrementAndGet();
            }
            return openForTls;
        }

        @Override
        public void endedTls(String listener, SocketAddress peer) {
            shaking.decrementAndGet();
        }
    }

    private final Door door = new Door();

    private TestServer server(LoopKind kind, UnaryOperator<ListenerConfig> change) {
        return new TestServer(kind, 1, change, Peer::new, door);
    }

    private static void echo(Socket socket) throws IOException {
        socket.getOutputStream().write(42);
        assertThat(socket.getInputStream().read()).isEqualTo(42);
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private void awaitAllGone(int connections) {
        await().untilAsserted(() -> assertThat(door.gone).hasSize(connections));
        assertThat(door.asked).hasSize(connections);
        assertThat(door.gone).containsExactlyInAnyOrderElementsOf(door.asked);
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void aPlainConnection(LoopKind kind) throws IOException {
        try (TestServer server = server(kind, config -> config)) {
            for (int i = 0; i < 3; i++) {
                try (Socket socket = server.connect()) {
                    echo(socket);
                    assertThat(door.asked.getLast())
                            .isSameAs(server.peers.getLast().connection.info().peer());
                }
            }
            awaitAllGone(3);
            server.connect().close(); // says nothing
            awaitAllGone(4);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void oneThatIsNotTaken(LoopKind kind) throws IOException {
        door.open = false;
        try (TestServer server = server(kind, config -> config)) {
            try (Socket socket = server.connect()) {
                assertThat(isClosed(socket)).isTrue();
            }
            assertThat(server.peers).isEmpty();
            door.open = true;
            try (Socket socket = server.connect()) {
                echo(socket);
            }
        }
        await().untilAsserted(() -> assertThat(door.gone).hasSize(1));
        assertThat(door.asked).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void behindAProxyItIsTheClientWhoIsAskedAbout(LoopKind kind) throws IOException {
        for (ProxyProtocol mode : List.of(ProxyProtocol.REQUIRED, ProxyProtocol.OPTIONAL)) {
            door.asked.clear();
            door.gone.clear();
            try (TestServer server = server(kind, config -> config.withProxyProtocol(mode, List.of("127.0.0.0/8")))) {
                try (Socket socket = server.connect()) {
                    socket.getOutputStream().write(FROM_FAR);
                    echo(socket);
                }
                awaitAllGone(1);
                assertThat(door.asked).containsExactly(new InetSocketAddress("192.0.2.7", 40001));
                server.connect().close(); // the proxy itself, without a word
                door.open = false;
                try (Socket socket = server.connect()) {
                    socket.getOutputStream().write(FROM_FAR);
                    assertThat(isClosed(socket)).isTrue();
                }
                door.open = true;
                assertThat(door.gone).hasSize(1);
                assertThat(server.peers).hasSize(1);
            }
        }
    }

    @Test
    void withoutAHeaderItIsThePeer() throws IOException {
        try (TestServer server = server(
                LoopKind.NIO, config -> config.withProxyProtocol(ProxyProtocol.OPTIONAL, List.of("127.0.0.0/8")))) {
            try (Socket socket = server.connect()) {
                echo(socket);
            }
            awaitAllGone(1);
        }
        try (TestServer server = server(
                LoopKind.NIO, config -> config.withProxyProtocol(ProxyProtocol.OPTIONAL, List.of("192.0.2.1")))) {
            try (Socket socket = server.connect()) {
                echo(socket);
            }
            awaitAllGone(2);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void tlsHandshakes(LoopKind kind, @TempDir Path folder) throws Exception {
        Certificates certificates = new Certificates(folder);
        TlsConfig tls = certificates.config(Engine.JDK);
        try (TestServer server = server(kind, config -> config.withTls(tls))) {
            try (SSLSocket socket = (SSLSocket) certificates
                    .clientContext(false)
                    .getSocketFactory()
                    .createSocket(
                            server.address().getAddress(), server.address().getPort())) {
                echo(socket);
                assertThat(door.shaking).hasValue(0);
            }
            awaitAllGone(1);
            try (Socket half = server.connect()) {
                await().untilAsserted(() -> assertThat(door.shaking).hasValue(1));
                half.getOutputStream().write(22);
            }
            awaitAllGone(2);
            assertThat(door.shaking).hasValue(0);
            assertThat(door.shaken).hasValue(2);
            door.openForTls = false;
            try (Socket socket = server.connect()) {
                assertThat(isClosed(socket)).isTrue();
            }
            awaitAllGone(3);
            assertThat(door.shaking).hasValue(0);
        }
    }

    @Test
    void aWebSocketThatIsRefused() throws IOException {
        try (TestServer server = server(LoopKind.NIO, config -> config.withWebSocket(WebSocketConfig.DEFAULTS));
                Socket socket = server.connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("404 Not Found");
            awaitAllGone(1);
        }
    }

    @Test
    void oneThatTakesTooLong() throws IOException {
        try (TestServer server = server(
                        LoopKind.NIO,
                        config -> config.withWebSocket(WebSocketConfig.DEFAULTS).withHandshakeTimeoutSeconds(1));
                Socket socket = server.connect()) {
            assertThat(isClosed(socket)).isTrue();
            awaitAllGone(1);
        }
    }
}
