package io.dunlin.conformance;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.port.Clock;
import io.dunlin.testkit.Records;
import io.dunlin.testkit.SocketWire;
import io.dunlin.testkit.Venue;
import io.dunlin.testkit.WebSocketWire;
import io.dunlin.testkit.Wire;
import io.dunlin.transport.Listener;
import io.dunlin.transport.ListenerConfig;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.dunlin.transport.LoopKind;
import io.dunlin.transport.Loops;
import io.dunlin.transport.TlsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker behind real sockets on the loopback interface, with two event loops and its own port. */
final class SocketVenue implements Venue {
    /** How the bytes travel. */
    enum Transport {
        TCP,
        TLS,
        WS,
        WSS
    }

    private static final int SHARDS = 2;

    private final Transport transport;
    private final Loops loops = Loops.start(SHARDS, LoopKind.EPOLL);
    private final long startNanos = System.nanoTime();
    private @Nullable Broker broker;
    private @Nullable Listener listener;

    SocketVenue(Transport transport) {
        this.transport = transport;
    }

    @Override
    public Broker start(Setup setup) {
        BrokerPorts ports = new BrokerPorts(
                loops.shards(),
                Clock.system(),
                setup.journal(),
                setup.authenticator(),
                setup.authorizer(),
                setup.events(),
                new Random(1),
                setup.tracing());
        Broker started = new Broker(ports, setup.options());
        started.listener(Records.with(setup.listener(), "name", "test"));
        started.start();
        TlsConfig tls = isTls() ? TestCertificate.shared().config() : null;
        ListenerConfig config = ListenerConfig.tcp("test", "127.0.0.1", 0)
                .withTls(tls)
                .withWebSocket(isWebSocket() ? WebSocketConfig.DEFAULTS : null);
        Listener opened = new Listener(config, loops, started);
        opened.start();
        broker = started;
        listener = opened;
        return started;
    }

    private boolean isTls() {
        return transport == Transport.TLS || transport == Transport.WSS;
    }

    private boolean isWebSocket() {
        return transport == Transport.WS || transport == Transport.WSS;
    }

    @Override
    public Wire open() {
        Socket socket = openSocket();
        return isWebSocket() ? WebSocketWire.open(socket, "/mqtt", "mqtt") : new SocketWire(socket).start();
    }

    /** A connected socket, after the TLS handshake where there is one. */
    Socket openSocket() {
        InetSocketAddress address = (InetSocketAddress)
                Objects.requireNonNull(Objects.requireNonNull(listener).localAddress());
        try {
            return isTls()
                    ? TestCertificate.shared().connect(address.getPort())
                    : new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isVirtual() {
        return false;
    }

    @Override
    public void advance(Duration duration) {
        throw new UnsupportedOperationException("time is real here: let this test run in memory only");
    }

    @Override
    public void leap(Duration duration) {
        advance(duration);
    }

    @Override
    public void settle() {
        // the shards run by themselves
    }

    @Override
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    @Override
    public List<Throwable> faults() {
        return List.of();
    }

    @Override
    public String recipe() {
        return transport + " on loopback";
    }

    @Override
    public void close() {
        Listener opened = listener;
        Broker started = broker;
        if (opened != null && started != null) {
            opened.close();
            started.stop().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
        }
        loops.close();
    }
}
