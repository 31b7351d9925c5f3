package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.transport.ListenerConfig.Address;
import io.dunlin.transport.TestServer.Peer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class UnixSocketTest {
    @TempDir
    Path directory;

    private TestServer server(LoopKind kind, Path path) {
        return new TestServer(kind, 2, config -> config.withAddress(new Address.Unix(path, "rw-rw----")), Peer::new);
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void serves(LoopKind kind) throws Exception {
        Path path = directory.resolve("dunlin.sock");
        try (TestServer server = server(kind, path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
                client.write(ByteBuffer.wrap(hello));
                ByteBuffer echoed = ByteBuffer.allocate(5);
                while (echoed.hasRemaining() && client.read(echoed) >= 0) {
                    assertThat(echoed.position()).isPositive();
                }
                assertThat(echoed.array()).isEqualTo(hello);
                ConnectionInfo info = server.peers.getFirst().connection.info();
                assertThat(info.transport()).isEqualTo("unix");
                assertThat(info.peer()).isEqualTo(UnixDomainSocketAddress.of(path));
            }
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().cause).isNull();
        }
        assertThat(path).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void takesThePlaceOfADeadProcessOnly(LoopKind kind) throws Exception {
        Path path = directory.resolve("dunlin.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() -> server(kind, path))
                    .isInstanceOf(TransportException.class)
                    .hasMessage("Listener \"test\" cannot listen on " + path
                            + ": another program listens there; stop it, or choose another path.");
        }
        assertThat(path).exists();
        try (TestServer server = server(kind, path)) {
            assertThat(server.listener.isStarted()).isTrue();
        }
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> server(kind, path)).hasMessageContaining("a file that is no socket is there");
        assertThat(path).hasContent("precious");
        assertThatThrownBy(() -> server(kind, directory.resolve("no/such/directory.sock")))
                .hasMessageContaining("the directory does not exist");
    }
}
