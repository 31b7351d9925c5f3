package io.dunlin.transport;

import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ShardExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loops, one listener on a free port, and a small core whose connections the test writes. */
final class TestServer implements AutoCloseable {
    final Loops loops;
    final Listener listener;
    final List<Peer> peers = new CopyOnWriteArrayList<>();

    TestServer(LoopKind kind, int shards, BiFunction<Connection, ShardExecutor, Peer> core) {
        this(kind, shards, config -> config, core);
    }

    TestServer(
            LoopKind kind,
            int shards,
            UnaryOperator<ListenerConfig> change,
            BiFunction<Connection, ShardExecutor, Peer> core) {
        this(kind, shards, change, core, Admission.ALL);
    }

    TestServer(
            LoopKind kind,
            int shards,
            UnaryOperator<ListenerConfig> change,
            BiFunction<Connection, ShardExecutor, Peer> core,
            Admission admission) {
        loops = Loops.start(shards, kind);
        listener = new Listener(
                change.apply(ListenerConfig.tcp("test", "127.0.0.1", 0).withHandshakeTimeoutSeconds(60)),
                loops,
                (connection, shard) -> {
                    Peer peer = core.apply(connection, shard);
                    peers.add(peer);
                    return peer;
                },
                admission);
        try {
            listener.start();
        } catch (RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /** The kinds that run on this machine. */
    static Stream<LoopKind> kinds() {
        return Stream.of(LoopKind.values()).filter(kind -> kind.unavailabilityCause() == null);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) Objects.requireNonNull(listener.localAddress());
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(address().getAddress(), address().getPort());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
    }

    /** One connection of the core: sends back what it gets, at the end of the tick. */
    static class Peer implements ConnectionEvents {
        final Connection connection;
        volatile ShardExecutor shard;
        volatile boolean closed;
        final AtomicInteger closedTimes = new AtomicInteger();
        volatile @Nullable Throwable cause;
        final AtomicInteger drainedTimes = new AtomicInteger();
        private boolean flushAtTickEnd;

        Peer(Connection connection, ShardExecutor shard) {
            this.connection = connection;
            this.shard = shard;
        }

        @Override
        public void onBytes(ByteBuffer bytes) {
            assertOnShard();
            int length = bytes.remaining();
            connection.reserve(length).put(bytes);
            flushAtTickEnd();
        }

        final void flushAtTickEnd() {
            if (!flushAtTickEnd) {
                flushAtTickEnd = true;
                shard.atTickEnd(() -> {
                    flushAtTickEnd = false;
                    connection.flush();
                });
            }
        }

        final void assertOnShard() {
            if (!shard.isCurrent()) {
                throw new AssertionError("not on " + shard + " but on " + Thread.currentThread());
            }
        }

        @Override
        public void onDrained() {
            assertOnShard();
            drainedTimes.incrementAndGet();
        }

        @Override
        public void onClosed(@Nullable Throwable why) {
            assertOnShard();
            cause = why;
            closedTimes.incrementAndGet();
            closed = true;
        }
    }
}
