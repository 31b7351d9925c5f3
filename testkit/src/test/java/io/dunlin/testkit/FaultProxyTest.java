package io.dunlin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dunlin.testkit.FaultProxy.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
    private static final byte[] PINGREQ = {(byte) 0xC0, 0};
    private static final byte[] PUBACK = {0x40, 2, 0, 7};
    private static final byte[] PUBLISH = publish(300);

    private ServerSocket listener;
    private FaultProxy proxy;
    private Socket client;
    private Socket server;

    private static byte[] publish(int body) {
        byte[] packet = new byte[3 + body];
        packet[0] = 0x30;
        packet[1] = (byte) (body & 0x7F | 0x80);
        packet[2] = (byte) (body >> 7);
        return packet;
    }

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(10_000);
        proxy = FaultProxy.toPort(listener.getLocalPort());
        open();
    }

    private void open() throws IOException {
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(10_000);
        server = listener.accept();
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    private static void send(Socket from, byte[]... packets) throws IOException {
        for (byte[] packet : packets) {
            from.getOutputStream().write(packet);
        }
    }

    private static byte[] received(Socket at, int count) throws IOException {
        return at.getInputStream().readNBytes(count);
    }

    private static byte[] join(byte[]... packets) {
        byte[] all = new byte
                [Arrays.stream(packets).mapToInt(packet -> packet.length).sum()];
        int at = 0;
        for (byte[] packet : packets) {
            System.arraycopy(packet, 0, all, at, packet.length);
            at += packet.length;
        }
        return all;
    }

    @Test
    void passesOnBothWaysAndTheEnd() throws IOException {
        send(client, PUBLISH);
        assertThat(received(server, PUBLISH.length)).isEqualTo(PUBLISH);
        send(server, PUBACK);
        assertThat(received(client, PUBACK.length)).isEqualTo(PUBACK);
        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    @Test
    void cutsAfterSoManyBytes() throws Exception {
        CompletableFuture<Void> cut = proxy.cutAfterBytes(Direction.TO_SERVER, 5);
        send(client, PINGREQ, PUBLISH);
        assertThat(server.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(join(PINGREQ, PUBLISH), 5));
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        cut.get(5, TimeUnit.SECONDS);
    }

    @Test
    void cutsAtTheStatedPartOfTheStatedPacket() throws Exception {
        for (Part part : Part.values()) {
            CompletableFuture<Void> cut = proxy.cutAtPacket(Direction.TO_SERVER, 3, 2, part);
            send(client, PUBLISH, PINGREQ, PUBLISH, PINGREQ);
            byte[] whole = join(PUBLISH, PINGREQ, PUBLISH);
            int missing =
                    switch (part) {
                        case NONE -> PUBLISH.length;
                        case UNFINISHED -> 1;
                        case WHOLE -> 0;
                    };
            assertThat(server.getInputStream().readAllBytes())
                    .as(part.toString())
                    .isEqualTo(Arrays.copyOf(whole, whole.length - missing));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            cut.get(5, TimeUnit.SECONDS);
            reconnect();
            send(client, PUBLISH, PUBLISH, PUBLISH); // it cuts once
            assertThat(received(server, 3 * PUBLISH.length)).hasSize(3 * PUBLISH.length);
        }
    }

    @Test
    void letsNoAnswerThroughToWhatItLetThroughBeforeTheCut() throws Exception {
        proxy.cutAtPacket(Direction.TO_SERVER, 3, 1, Part.WHOLE);
        send(client, PUBLISH);
        assertThat(received(server, PUBLISH.length)).isEqualTo(PUBLISH);
        send(server, PUBACK);
        assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }

    @Test
    void countsPacketsOverConnections() throws Exception {
        CompletableFuture<Void> cut = proxy.cutAtPacket(Direction.TO_CLIENT, 4, 2, Part.NONE);
        send(server, PUBACK);
        assertThat(received(client, PUBACK.length)).isEqualTo(PUBACK);
        reconnect();
        send(server, PUBACK);
        assertThat(client.getInputStream().readAllBytes()).isEmpty();
        cut.get(5, TimeUnit.SECONDS);
    }

    private void reconnect() throws IOException {
        client.close();
        server.close();
        open();
    }

    @Test
    void swallowsWithoutAWord() throws IOException {
        proxy.swallow();
        send(client, PUBLISH);
        send(server, PUBACK);
        Socket first = client;
        Socket firstServer = server;
        open();
        send(client, PUBLISH);
        assertThat(received(server, PUBLISH.length)).isEqualTo(PUBLISH);
        assertThat(first.getInputStream().available()).isZero();
        assertThat(firstServer.getInputStream().available()).isZero();
        first.close();
        firstServer.setSoTimeout(100);
        assertThat(catchThrowable(() -> firstServer.getInputStream().read()))
                .isInstanceOf(SocketTimeoutException.class);
        firstServer.close();
    }

    @Test
    void refusesAndTakesAgain() throws IOException {
        proxy.refuse(true);
        try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertThat(refused.getInputStream().read()).isEqualTo(-1);
        }
        proxy.heal();
        reconnect();
        send(client, PUBACK);
        assertThat(received(server, PUBACK.length)).isEqualTo(PUBACK);
    }

    @Test
    void cutsAllAtOnce() throws IOException {
        proxy.cut();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void takesItsTime() throws IOException {
        proxy.delay(Direction.TO_SERVER, Duration.ofMillis(200));
        long from = System.nanoTime();
        send(client, PINGREQ);
        received(server, PINGREQ.length);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        proxy.heal();
        proxy.throttle(Direction.TO_SERVER, 1_000);
        from = System.nanoTime();
        send(client, PUBLISH);
        assertThat(received(server, PUBLISH.length)).isEqualTo(PUBLISH);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
    }

    @Test
    void takesApartWhatItPassesOn() throws IOException {
        proxy.oneByteAtATime(Direction.TO_CLIENT);
        send(server, PUBLISH, PUBACK);
        assertThat(received(client, PUBLISH.length + PUBACK.length)).isEqualTo(join(PUBLISH, PUBACK));
    }
}
