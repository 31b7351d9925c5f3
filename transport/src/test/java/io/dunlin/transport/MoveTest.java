package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.Engine;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections change their shard while bytes flow: none is lost, none comes twice, all stay in order. */
@Timeout(120)
final class MoveTest {
    private static final long SEED = Long.getLong("seed", 20261122);
    private static final byte MOVE = 'M';

    /** Echoes; a byte 'M' moves the connection to the next shard, and what comes meanwhile waits. */
    private static final class Mover extends Peer {
        private final List<ShardExecutor> shards;
        private @Nullable ByteArrayOutputStream waiting;
        final AtomicInteger moves = new AtomicInteger();
        volatile boolean closedWhileMoving;

        Mover(Connection connection, ShardExecutor shard, List<ShardExecutor> shards) {
            super(connection, shard);
            this.shards = shards;
        }

        @Override
        public void onBytes(ByteBuffer bytes) {
            assertOnShard();
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            if (waiting == null) {
                take(copy);
            } else {
                waiting.write(copy, 0, copy.length);
            }
        }

        private void take(byte[] bytes) {
            int until = 0;
            while (until < bytes.length && bytes[until] != MOVE) {
                until++;
            }
            if (until == bytes.length) {
                connection.append(bytes, 0, until);
                flushAtTickEnd();
                return;
            }
            connection.append(bytes, 0, until + 1);
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            rest.write(bytes, until + 1, bytes.length - until - 1);
            waiting = rest;
            ShardExecutor target = shards.get((shard.index() + 1) % shards.size());
            connection.moveTo(target, () -> {
                shard = target;
                assertOnShard();
                moves.incrementAndGet();
                if (closed) {
                    closedWhileMoving = true;
                }
                waiting = null;
                take(rest.toByteArray());
            });
        }
    }

    /** A client's two directions; whether ending the output leaves the input open. */
    private record Streams(InputStream in, OutputStream out, Ending ending, boolean halfCloses, Closeable socket) {
        interface Ending {
            void endOutput() throws IOException;
        }
    }

    private interface Dial {
        Streams open(TestServer server) throws IOException;
    }

    private static Streams plain(TestServer server) throws IOException {
        Socket socket = server.connect();
        return new Streams(socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput, true, socket);
    }

    private static Streams webSocket(Socket socket) throws IOException {
        WebSocketClient client = WebSocketClient.open(socket);
        return new Streams(
                client.input(),
                client.output(),
                () -> client.send(client.frame(0x88, new byte[] {3, (byte) 232})),
                true,
                socket);
    }

    static List<LoopKind> kinds() {
        return TestServer.kinds().toList();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLost(LoopKind kind) throws Exception {
        stress(kind, 200, 60, config -> config, MoveTest::plain);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLostOverTls(LoopKind kind, @TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        SSLContext context = certificates.clientContext(false);
        for (Engine engine : List.of(Engine.OPENSSL, Engine.JDK)) {
            stress(
                    kind,
                    60,
                    60,
                    config -> config.withTls(certificates.config(engine)).withHandshakeTimeoutSeconds(60),
                    server -> {
                        Socket socket = server.connect();
                        SSLSocket encrypted = (SSLSocket) context.getSocketFactory()
                                .createSocket(
                                        socket, "localhost", server.address().getPort(), true);
                        return new Streams(
                                encrypted.getInputStream(),
                                encrypted.getOutputStream(),
                                encrypted::shutdownOutput,
                                false, // these engines send nothing more once the peer has said close_notify
                                encrypted);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLostOverWebSocket(LoopKind kind) throws Exception {
        stress(
                kind,
                100,
                60,
                config -> config.withWebSocket(WebSocketConfig.DEFAULTS),
                server -> webSocket(server.connect()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLostOverWebSocketAndTls(LoopKind kind, @TempDir Path directory) throws Exception {
        Certificates certificates = new Certificates(directory);
        SSLContext context = certificates.clientContext(false);
        stress(
                kind,
                60,
                60,
                config -> config.withTls(certificates.config(Engine.AUTO))
                        .withWebSocket(WebSocketConfig.DEFAULTS)
                        .withHandshakeTimeoutSeconds(60),
                server -> webSocket(context.getSocketFactory()
                        .createSocket(
                                server.connect(), "localhost", server.address().getPort(), true)));
    }

    private static void stress(LoopKind kind, int clients, int pieces, UnaryOperator<ListenerConfig> change, Dial dial)
            throws Exception {
        List<ShardExecutor> shards = new ArrayList<>();
        try (TestServer server =
                        new TestServer(kind, 3, change, (connection, shard) -> new Mover(connection, shard, shards));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            shards.addAll(server.loops.shards());
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                Random random = new Random(SEED + client);
                running.add(threads.submit(() -> {
                    pipelined(dial.open(server), random, pieces);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> server.peers.stream().allMatch(peer -> peer.closed));
            assertThat(server.peers).hasSize(clients);
            assertThat(server.peers).allMatch(peer -> peer.closedTimes.get() == 1 && peer.cause == null);
            assertThat(server.peers.stream()
                            .mapToInt(peer -> ((Mover) peer).moves.get())
                            .sum())
                    .isGreaterThan(clients * 5);
        }
    }

    private static void pipelined(Streams client, Random random, int pieces) throws Exception {
        byte[] all = new byte[pieces * 700];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (random.nextInt(1000) == 0 ? MOVE : 'a' + i % 26 - ('a' + i % 26 == MOVE ? 1 : 0));
        }
        all[all.length / 2] = MOVE;
        try (Closeable socket = client.socket()) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    for (int at = 0; at < all.length; ) {
                        int length = Math.min(1 + random.nextInt(1400), all.length - at);
                        client.out().write(all, at, length);
                        at += length;
                    }
                    if (client.halfCloses()) {
                        client.ending().endOutput();
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            byte[] echoed = client.in().readNBytes(all.length);
            writer.join();
            assertThat(Arrays.mismatch(echoed, all)).as("seed %d", SEED).isEqualTo(-1);
            if (!client.halfCloses()) {
                client.ending().endOutput();
            }
            assertThat(client.in().read()).isEqualTo(-1);
            assertThat(socket).isNotNull();
        }
    }

    /** The peer vanishes while its connection is on the way: it arrives all the same, and ends there. */
    @ParameterizedTest
    @MethodSource("kinds")
    void aBrokenConnectionArrivesAndThenEnds(LoopKind kind) throws Exception {
        List<ShardExecutor> shards = new ArrayList<>();
        try (TestServer server = new TestServer(kind, 2, (connection, shard) -> new Mover(connection, shard, shards))) {
            shards.addAll(server.loops.shards());
            int clients = 100;
            for (int client = 0; client < clients; client++) {
                try (Socket socket = server.connect()) {
                    socket.setSoLinger(true, 0);
                    socket.getOutputStream().write('a');
                    assertThat(socket.getInputStream().read()).isEqualTo('a');
                    socket.getOutputStream().write(new byte[] {MOVE, 'b'});
                }
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> server.peers.size() == clients
                            && server.peers.stream().allMatch(peer -> peer.closed));
            assertThat(server.peers).allMatch(peer -> peer.closedTimes.get() == 1);
            assertThat(server.peers).noneMatch(peer -> ((Mover) peer).closedWhileMoving);
        }
    }
}
