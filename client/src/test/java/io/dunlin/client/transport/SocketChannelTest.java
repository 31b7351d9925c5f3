package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SocketChannelTest {
    private final ServerSocket listener = listen();

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private Endpoint endpoint() {
        return Endpoint.tcp("127.0.0.1", listener.getLocalPort());
    }

    private Socket accept() throws IOException {
        Socket socket = listener.accept();
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void waitsForASlowPeer() throws Exception {
        byte[] content = new byte[20_000_000];
        new Random(1).nextBytes(content);
        Probe probe = Probe.open(endpoint(), NetworkOptions.DEFAULT);
        Socket socket = accept();
        probe.send(content);
        probe.channel().loop().execute(() -> probe.open.join().reading(true));

        InputStream in = socket.getInputStream();
        assertThat(in.readNBytes(100_000)).hasSize(100_000);
        CompletableFuture<Void> otherTask = new CompletableFuture<>();
        probe.channel().loop().execute(() -> otherTask.complete(null)); // the loop is free meanwhile
        otherTask.get(10, TimeUnit.SECONDS);
        byte[] rest = in.readNBytes(content.length - 100_000);

        assertThat(rest).endsWith(content[content.length - 2], content[content.length - 1]);
        assertThat(rest).hasSize(content.length - 100_000);
        probe.channel().close();
    }

    @Test
    void readsOnlyWhereItIsWanted() throws Exception {
        Probe probe = Probe.open(endpoint(), NetworkOptions.DEFAULT);
        Socket socket = accept();
        Channel channel = probe.channel();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        channel.loop().execute(() -> {
            channel.reading(false);
            stopped.complete(null);
        });
        stopped.get(10, TimeUnit.SECONDS);
        socket.getOutputStream().write(new byte[1000]);
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        channel.loop().schedule(TimeUnit.MILLISECONDS.toNanos(100), () -> seen.complete(probe.receivedCount()));
        assertThat(seen.get(10, TimeUnit.SECONDS)).isZero();

        channel.loop().execute(() -> channel.reading(true));

        assertThat(probe.received(1000)).hasSize(1000);
        channel.close();
        assertThat(probe.closed()).isEqualTo("null");
    }

    @Test
    void finishBringsTheLastBytesThoughSomeAreUnread() throws Exception {
        Probe probe = Probe.open(endpoint(), NetworkOptions.DEFAULT);
        Socket socket = accept();
        Channel channel = probe.channel();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        channel.loop().execute(() -> {
            channel.reading(false);
            stopped.complete(null);
        });
        stopped.get(10, TimeUnit.SECONDS);
        socket.getOutputStream().write(new byte[1000]);

        probe.send(new byte[100_000]);
        channel.finish();
        assertThat(probe.closed()).isEqualTo("null");

        assertThat(socket.getInputStream().readAllBytes()).hasSize(100_000);
    }

    @Test
    void endOfTheServerIsTold() throws Exception {
        Probe probe = Probe.open(endpoint(), NetworkOptions.DEFAULT);
        accept().close();

        assertThat(probe.closed()).isEqualTo("the server closed the connection");
        assertThat(probe.closedCount).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "ws", "wss"})
    void silentServerIsTooLate(String scheme) throws Exception {
        Endpoint endpoint = Endpoint.parse(scheme + "://127.0.0.1:" + listener.getLocalPort());

        Probe probe = Probe.open(endpoint, NetworkOptions.DEFAULT, TimeUnit.MILLISECONDS.toNanos(300));

        assertThat(probe.closed()).isEqualTo("The server " + endpoint + " did not answer in time.");
        assertThat(accept().getInputStream().readAllBytes())
                .as("the socket is closed")
                .isNotEmpty();
    }

    @Test
    void cancelEndsTheOpening() throws Exception {
        Probe probe = new Probe();
        Endpoint endpoint = Endpoint.parse("ws://127.0.0.1:" + listener.getLocalPort());
        Connector.Pending pending = Connector.open(
                endpoint, NetworkOptions.DEFAULT, "mqtt", TimeUnit.SECONDS.toNanos(20), EventLoop.shared(), probe);
        Socket socket = accept();
        byte[] asked = socket.getInputStream().readNBytes(9); // so the opening has come as far as the WebSocket
        assertThat(new String(asked, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("GET /mqtt");

        pending.cancel();

        assertThat(probe.closed()).isEqualTo("null");
        assertThat(socket.getInputStream().readAllBytes()).endsWith('\r', '\n');
    }

    @Test
    void triesTheAddressesInTurn() throws Exception {
        int closed;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = other.getLocalPort();
        }
        InetSocketAddress good = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        CompletableFuture<SocketChannel> connected = new CompletableFuture<>();
        EventLoop loop = EventLoop.shared();
        Dialer.Outcome outcome = new Dialer.Outcome() {
            @Override
            public void onConnected(SocketChannel socket) {
                connected.complete(socket);
            }

            @Override
            public void onFailed(IOException last) {
                connected.completeExceptionally(last);
            }
        };
        // 192.0.2.1 is nobody's: it is refused by the network or swallows the request
        List<InetSocketAddress> addresses = List.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), closed),
                new InetSocketAddress(
                        InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), listener.getLocalPort()),
                good);
        loop.execute(() -> new Dialer(loop, NetworkOptions.DEFAULT, addresses, outcome).next());

        try (SocketChannel socket = connected.get(10, TimeUnit.SECONDS)) {
            assertThat(socket.getRemoteAddress()).isEqualTo(good);
        }
    }

    @Test
    void hostThatIsUnknownIsNamed() throws Exception {
        assertThat(Probe.open(Endpoint.tcp("no.such.host.invalid", 1), NetworkOptions.DEFAULT)
                        .closed())
                .isEqualTo("The host no.such.host.invalid is not known: check its name.");
    }

    @Test
    void manyConnectionsLiveOnAFewThreads() throws Exception {
        int count = 500;
        int before = Thread.activeCount();
        List<Probe> probes = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            probes.add(Probe.open(endpoint(), NetworkOptions.DEFAULT));
        }
        for (int i = 0; i < count; i++) {
            Socket socket = accept();
            socket.getOutputStream().write(7);
            sockets.add(socket);
        }
        for (Probe probe : probes) {
            assertThat(probe.received(1)).containsExactly(7);
        }

        assertThat(Thread.activeCount() - before).isLessThan(20);

        for (Socket socket : sockets) {
            socket.close();
        }
        Awaitility.await().until(() -> probes.stream().allMatch(probe -> probe.closedCount.get() == 1));
    }
}
