package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.transport.TestServer.Peer;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class ListenerTest {
    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void stopsAndStartsWhileConnectionsLiveOn(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 2, Peer::new);
                Socket early = server.connect()) {
            early.getOutputStream().write(1);
            assertThat(early.getInputStream().read()).isEqualTo(1);
            int port = server.address().getPort();
            server.listener.stop();
            server.listener.stop();
            assertThat(server.listener.isStarted()).isFalse();
            assertThat(server.listener.localAddress()).isNull();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
            early.getOutputStream().write(2);
            assertThat(early.getInputStream().read()).isEqualTo(2);
            server.listener.start();
            server.listener.start();
            try (Socket late = server.connect()) {
                late.getOutputStream().write(3);
                assertThat(late.getInputStream().read()).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void saysThatThePortIsInUse(LoopKind kind) {
        try (TestServer server = new TestServer(kind, 1, Peer::new)) {
            ListenerConfig same =
                    ListenerConfig.tcp("second", "127.0.0.1", server.address().getPort());
            Listener second = new Listener(same, server.loops, (connection, shard) -> new Peer(connection, shard));
            assertThatThrownBy(second::start)
                    .isInstanceOf(TransportException.class)
                    .hasMessage("Listener \"second\" cannot listen on 127.0.0.1:"
                            + server.address().getPort()
                            + ": the port is in use; stop the program that has it, or choose another port.");
            assertThat(second.isStarted()).isFalse();
            server.listener.stop();
        }
    }

    @Test
    void saysThatTheAddressIsNotThere() {
        try (Loops loops = Loops.start(1, LoopKind.EPOLL)) {
            Listener foreign = new Listener(
                    ListenerConfig.tcp("foreign", "192.0.2.1", 0),
                    loops,
                    (connection, shard) -> new Peer(connection, shard));
            assertThatThrownBy(foreign::start).hasMessageContaining("this machine has no such address");
            Listener unknown = new Listener(
                    ListenerConfig.tcp("unknown", "no.such.host.invalid", 0),
                    loops,
                    (connection, shard) -> new Peer(connection, shard));
            assertThatThrownBy(unknown::start).hasMessageContaining("the host name is not known");
        }
    }
}
