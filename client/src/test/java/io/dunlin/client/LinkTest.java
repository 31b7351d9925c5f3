package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.EventLoop;
import io.dunlin.client.transport.NetworkOptions;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkTest implements Link.Events {
    private static final int PINGREQ = 0xC0;

    private final EventLoop loop = EventLoop.shared();
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final AtomicInteger packets = new AtomicInteger();
    private final ServerSocket listener = listen();
    private final Link link =
            new Link(loop, decoder(), this, PacketEncoder.encode(Pingreq.INSTANCE, ProtocolVersion.V5));

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PacketDecoder decoder() {
        PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.CLIENT, 1 << 20, new TopicCache(16));
        decoder.version(ProtocolVersion.V5);
        return decoder;
    }

    @Override
    public void onOpen() {
        open.complete(null);
    }

    @Override
    public void onPacket(Packet packet) {
        packets.incrementAndGet();
    }

    @Override
    public void onEnd(@Nullable Throwable cause) {
        end.complete(cause == null ? "null" : String.valueOf(cause.getMessage()));
    }

    @Override
    public byte[] farewell(ProtocolError error) {
        return new byte[0];
    }

    @AfterEach
    void stop() throws IOException {
        link.end(null);
        listener.close();
    }

    private Socket connect() throws Exception {
        link.open(
                Endpoint.tcp("localhost", listener.getLocalPort()),
                NetworkOptions.DEFAULT,
                "mqtt",
                TimeUnit.SECONDS.toNanos(10));
        Socket socket = listener.accept();
        socket.setSoTimeout(20_000);
        open.get(10, TimeUnit.SECONDS);
        return socket;
    }

    private void sendOften(byte[] frame) {
        link.send(frame, null);
        if (!end.isDone()) {
            loop.schedule(TimeUnit.MILLISECONDS.toNanos(50), () -> sendOften(frame));
        }
    }

    @Test
    void noticesADeadServerWhileItWrites() throws Exception {
        Socket socket = connect();
        link.keepAliveSeconds(1);
        sendOften(new byte[] {0});

        InputStream in = socket.getInputStream();
        int next = in.read();
        while (next == 0) {
            next = in.read();
        }

        assertThat(next).as("a ping among the data").isEqualTo(PINGREQ);
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("the server did not answer a ping");
    }

    @Test
    void noticesAServerThatTakesNoBytes() throws Exception {
        CompletableFuture<Boolean> fate = new CompletableFuture<>();
        try (Socket unread = connect()) {
            link.keepAliveSeconds(1);

            link.send(new byte[50_000_000], fate::complete);

            assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo("the server did not answer a ping");
            assertThat(fate.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(unread.isConnected()).isTrue();
        }
    }

    @Test
    void whateverComesIsASignOfLife() throws Exception {
        Socket socket = connect();
        link.keepAliveSeconds(1);
        socket.setSoTimeout(300);
        int pings = 0;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        while (System.nanoTime() < until) {
            socket.getOutputStream().write(new byte[] {0x30, 4, 0, 1, 't', 0});
            try {
                pings += socket.getInputStream().read() == PINGREQ ? 1 : 0;
            } catch (SocketTimeoutException e) {
                assertThat(end).as("pings seen: %s", pings).isNotDone();
            }
        }
        assertThat(end).isNotDone();
        assertThat(pings).as("they go on though nobody answers").isGreaterThanOrEqualTo(2);
    }

    @Test
    void tellsFatesInOrderAndAfterTheWrite() throws Exception {
        Socket socket = connect();
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            int number = i;
            link.send(new byte[] {(byte) i}, written -> told.append(number).append(written));
        }
        CompletableFuture<Void> all = new CompletableFuture<>();
        link.send(new byte[] {3}, written -> all.complete(null));
        assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0, 1, 2, 3);
        all.get(10, TimeUnit.SECONDS);
        assertThat(link.waitingBytes()).isZero();

        link.closeWhenWritten();
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("null");
        link.send(new byte[] {4}, written -> told.append(written));

        assertThat(told).hasToString("0true1true2truefalse");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void readsOnlyWhereItIsWanted() throws Exception {
        Socket socket = connect();
        link.reading(() -> false);
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        loop.execute(() -> stopped.complete(null));
        stopped.get(10, TimeUnit.SECONDS);
        byte[] pingresp = {(byte) 0xD0, 0};
        socket.getOutputStream().write(pingresp);
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        loop.schedule(TimeUnit.MILLISECONDS.toNanos(100), () -> seen.complete(packets.get()));
        assertThat(seen.get(10, TimeUnit.SECONDS)).isZero();

        link.reading(() -> true);

        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(packets).hasValue(1));
    }
}
