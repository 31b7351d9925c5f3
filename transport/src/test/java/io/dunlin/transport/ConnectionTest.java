package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.transport.TestServer.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class ConnectionTest {
    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void bytesComeAndGoInOrder(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 2, Peer::new);
                Socket client = server.connect()) {
            assertThat(server.loops.kind()).isEqualTo(kind);
            for (int length : new int[] {1, 100, 5_000, 70_000, 3_000_000}) {
                byte[] bytes = random(length);
                Thread writer = Thread.startVirtualThread(() -> write(client, bytes));
                assertThat(client.getInputStream().readNBytes(length)).isEqualTo(bytes);
                writer.join();
            }
            Peer peer = server.peers.getFirst();
            assertThat(peer.connection.info().listener()).isEqualTo("test");
            assertThat(peer.connection.info().transport()).isEqualTo("tcp");
            assertThat(peer.connection.info().peer()).isEqualTo(client.getLocalSocketAddress());
            client.shutdownOutput();
            await().until(() -> peer.closed);
            assertThat(peer.cause).isNull();
        }
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void newConnectionsGoRoundTheShards(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 2, Peer::new);
                Socket first = server.connect();
                Socket second = server.connect()) {
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            await().until(() -> server.peers.size() == 2);
            assertThat(server.peers).extracting(peer -> peer.shard.index()).containsExactlyInAnyOrder(0, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void aClientThatOnlyStopsSendingGetsItsAnswer(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 1, Peer::new);
                Socket client = server.connect()) {
            client.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("bye");
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().cause).isNull();
            assertThat(server.peers.getFirst().closedTimes).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void aResetIsTheCauseOfTheEnd(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 1, Peer::new)) {
            Socket client = server.connect();
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            client.setSoLinger(true, 0);
            client.close();
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().cause).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void closeSendsWhatIsPendingAndTellsTheCoreLater(LoopKind kind) throws Exception {
        class Closing extends Peer {
            volatile boolean closedInside;

            Closing(Connection connection, ShardExecutor shard) {
                super(connection, shard);
            }

            @Override
            public void onBytes(ByteBuffer bytes) {
                super.onBytes(bytes);
                byte[] large = random(200_000);
                connection.append(large, 0, large.length);
                connection.close();
                closedInside = closed;
                // closed: all this goes nowhere
                connection.reserve(10).put(new byte[10]);
                connection.append(large, 0, large.length);
                connection.flush();
                connection.close();
                assertThat(connection.pendingBytes()).isZero();
            }
        }
        try (TestServer server = new TestServer(kind, 1, Closing::new);
                Socket client = server.connect()) {
            // More than the server reads: a careless close would reset the connection and lose the answer.
            client.getOutputStream().write(new byte[40_000]);
            client.getOutputStream().write(new byte[100_000]);
            byte[] answer = client.getInputStream().readAllBytes();
            byte[] large = random(200_000);
            assertThat(Arrays.copyOfRange(answer, answer.length - large.length, answer.length))
                    .isEqualTo(large);
            Closing peer = (Closing) server.peers.getFirst();
            await().until(() -> peer.closed);
            assertThat(peer.closedInside).isFalse();
            assertThat(peer.closedTimes).hasValue(1);
            assertThat(peer.cause).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void aFaultEndsOneConnectionOnly(LoopKind kind) throws Exception {
        class Faulty extends Peer {
            Faulty(Connection connection, ShardExecutor shard) {
                super(connection, shard);
            }

            @Override
            public void onBytes(ByteBuffer bytes) {
                if (bytes.get(bytes.position()) == 'x') {
                    throw new IllegalStateException("thrown by the test");
                }
                super.onBytes(bytes);
            }
        }
        try (TestServer server = new TestServer(kind, 1, Faulty::new);
                Socket good = server.connect();
                Socket bad = server.connect()) {
            bad.getOutputStream().write('x');
            assertThat(readOrReset(bad.getInputStream())).isEqualTo(-1);
            good.getOutputStream().write('a');
            assertThat(good.getInputStream().read()).isEqualTo('a');
            await().until(() ->
                    server.peers.stream().filter(peer -> peer.closed).count() == 1);
            Peer broken =
                    server.peers.stream().filter(peer -> peer.closed).findAny().orElseThrow();
            assertThat(broken.cause).hasMessage("thrown by the test");
        }
    }

    private static int readOrReset(InputStream in) throws IOException {
        try {
            return in.read();
        } catch (SocketException e) {
            return -1;
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void abortDropsWhatIsPending(LoopKind kind) throws Exception {
        class Aborting extends Peer {
            Aborting(Connection connection, ShardExecutor shard) {
                super(connection, shard);
            }

            @Override
            public void onBytes(ByteBuffer bytes) {
                connection.reserve(3).put(new byte[3]);
                connection.abort();
                assertThat(closed).isFalse();
            }
        }
        try (TestServer server = new TestServer(kind, 1, Aborting::new);
                Socket client = server.connect()) {
            client.getOutputStream().write('x');
            assertThat(readOrReset(client.getInputStream())).isEqualTo(-1);
            await().until(() -> server.peers.getFirst().closed);
            assertThat(server.peers.getFirst().closedTimes).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void readingCanPause(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 1, Peer::new);
                Socket client = server.connect()) {
            await().until(() -> server.peers.size() == 1);
            Peer peer = server.peers.getFirst();
            call(peer, () -> peer.connection.reading(false));
            client.getOutputStream().write(7);
            client.setSoTimeout(100);
            assertThat(catchThrowable(() -> client.getInputStream().read())).isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(20_000);
            call(peer, () -> peer.connection.reading(true));
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    private static void call(Peer peer, Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        peer.shard.execute(() -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Pending bytes count exactly, and the core hears once when they have gone. */
    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void aSlowReaderIsSeenAndItsRecoveryToo(LoopKind kind) throws Exception {
        try (TestServer server = new TestServer(kind, 1, Peer::new);
                Socket client = server.connect()) {
            await().until(() -> server.peers.size() == 1);
            Peer peer = server.peers.getFirst();
            byte[] large = random(1_000_000);
            byte[] small = random(1_000);
            int rounds = 20;
            call(peer, () -> {
                peer.connection.reserve(10).put(small, 0, 10);
                assertThat(peer.connection.pendingBytes()).isEqualTo(10);
                peer.connection.append(large, 0, 20_000);
                assertThat(peer.connection.pendingBytes()).isEqualTo(20_010);
                peer.connection.reserve(5).put(small, 10, 5);
                assertThat(peer.connection.pendingBytes()).isEqualTo(20_015);
                peer.connection.flush();
            });
            assertThat(client.getInputStream().readNBytes(20_015)).hasSize(20_015);
            call(peer, () -> assertThat(peer.connection.pendingBytes()).isZero());
            call(peer, () -> {
                for (int round = 0; round < rounds; round++) {
                    peer.connection.append(large, 0, large.length);
                    peer.connection.reserve(small.length).put(small);
                    peer.connection.flush();
                }
            });
            long all = (long) rounds * (large.length + small.length);
            long[] pending = new long[1];
            call(peer, () -> pending[0] = peer.connection.pendingBytes());
            assertThat(pending[0]).isBetween(1_000_000L, all);
            assertThat(peer.drainedTimes).hasValue(0);
            byte[] read = client.getInputStream().readNBytes((int) all);
            byte[] round = Arrays.copyOf(large, large.length + small.length);
            System.arraycopy(small, 0, round, large.length, small.length);
            for (int i = 0; i < rounds; i++) {
                assertThat(Arrays.mismatch(read, i * round.length, (i + 1) * round.length, round, 0, round.length))
                        .isEqualTo(-1);
            }
            await().until(() -> peer.drainedTimes.get() == 1);
            call(peer, () -> assertThat(peer.connection.pendingBytes()).isZero());
            assertThat(peer.closed).isFalse();
        }
    }
}
