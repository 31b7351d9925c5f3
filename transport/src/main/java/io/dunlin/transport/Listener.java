package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.Clock;
import io.dunlin.transport.ListenerConfig.Address;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that clients connect to. It starts and stops at run time; connections that it accepted live on when it stops.
 * Thread: any but the shards; calls wait until they have taken effect.
 */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final ListenerConfig config;
    private final Loops loops;
    private final Accepting accepting;
    private @Nullable Channel channel;

    /** One that takes everybody. @throws TransportException where a trusted proxy of the configuration is no address */
    public Listener(ListenerConfig config, Loops loops, Acceptor acceptor) {
        this(config, loops, acceptor, Admission.ALL, null);
    }

    /** @throws TransportException where a trusted proxy of the configuration is no address */
    public Listener(ListenerConfig config, Loops loops, Acceptor acceptor, Admission admission) {
        this(config, loops, acceptor, admission, null);
    }

    /**
     * A listener that takes the place of another, if any, whose connections live on.
     *
     * @throws TransportException where a trusted proxy of the configuration is no address
     */
    public Listener(
            ListenerConfig config, Loops loops, Acceptor acceptor, Admission admission, @Nullable Listener before) {
        this.config = config;
        this.loops = loops;
        this.accepting = new Accepting(config, loops, acceptor, admission, before == null ? null : before.accepting);
    }

    /**
     * Reads the files of a listener's TLS without opening it.
     *
     * @return null where it has no TLS
     * @throws TransportException where one cannot be used
     */
    public static @Nullable TlsFigures check(ListenerConfig config) {
        TlsConfig tls = config.tls();
        if (tls == null) {
            return null;
        }
        TlsState state = new TlsFiles(
                        config.name(), tls, config.webSocket() != null, new RevocationLists.Counts(), Clock.system())
                .read();
        try {
            return TlsFigures.of(state);
        } finally {
            ReferenceCountUtil.release(state.context());
        }
    }

    public ListenerConfig config() {
        return config;
    }

    /**
     * Opens the address; does nothing where it is open.
     *
     * @throws TransportException where the address cannot be had, or a file of TLS cannot be used
     */
    public synchronized void start() {
        if (channel != null) {
            return;
        }
        accepting.useTls(accepting.readTls());
        accepting.retired(false);
        try {
            channel = bind();
        } catch (IOException e) {
            accepting.useTls(null);
            throw BindErrors.explain(config, e);
        } catch (TransportException e) {
            accepting.useTls(null);
            throw e;
        }
    }

    private Channel bind() throws IOException {
        ServerChannel server;
        SocketAddress address;
        switch (config.address()) {
            case Address.Tcp(String host, int port) -> {
                server = loops.kind().newServerSocket();
                address = new InetSocketAddress(InetAddress.getByName(host), port);
            }
            case Address.Unix unix -> {
                UnixSockets.removeStale(unix.path());
                server = loops.kind().newServerDomainSocket();
                address = loops.kind() == LoopKind.NIO
                        ? UnixDomainSocketAddress.of(unix.path())
                        : new DomainSocketAddress(unix.path().toFile());
            }
        }
        server.config().setOption(ChannelOption.SO_BACKLOG, config.backlog());
        server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        server.pipeline().addLast(accepting);
        ChannelFuture registered = shard().loop().register(server).awaitUninterruptibly();
        ChannelFuture bound = registered.isSuccess() ? server.bind(address).awaitUninterruptibly() : registered;
        if (!bound.isSuccess()) {
            server.close().awaitUninterruptibly();
            throw BindErrors.explain(config, bound.cause());
        }
        if (config.address() instanceof Address.Unix unix) {
            UnixSockets.restrict(unix);
        }
        return server;
    }

    /** The shard that accepts. */
    private LoopExecutor shard() {
        return loops.loop(Math.floorMod(config.name().hashCode(), loops.size()));
    }

    /**
     * Reads the files of TLS anew for connections from now on; does nothing where the listener is stopped or has no TLS.
     *
     * @throws TransportException where one cannot be used; the earlier ones stay in use
     */
    public void reloadTls() {
        prepareTls().use();
    }

    /** Files of TLS that were read and can be used, but are not used yet. */
    public final class PreparedTls {
        private @Nullable TlsState fresh;

        private PreparedTls(@Nullable TlsState fresh) {
            this.fresh = fresh;
        }

        /** Connections from now on use them, and nobody resumes a session of before; does nothing where the listener is stopped. */
        public void use() {
            synchronized (Listener.this) {
                if (channel != null && fresh != null) {
                    accepting.useTls(fresh);
                    fresh = null;
                } else {
                    drop();
                }
            }
        }

        /** They are not wanted. */
        public void drop() {
            synchronized (Listener.this) {
                if (fresh != null) {
                    ReferenceCountUtil.release(fresh.context());
                    fresh = null;
                }
            }
        }
    }

    /**
     * Reads the files of TLS anew and changes nothing, so that several listeners can change together or not at all.
     *
     * @throws TransportException where one cannot be used
     */
    public synchronized PreparedTls prepareTls() {
        return new PreparedTls(channel == null ? null : accepting.readTls());
    }

    /**
     * Verifies certificates that a client showed earlier against the authorities and revocation lists of now.
     *
     * @param shown the client's own first
     * @return why it would be refused today; empty where it would not, or where the listener asks for no certificates
     */
    public Optional<String> whyUntrusted(List<X509Certificate> shown) {
        TlsState now = accepting.tls();
        ClientTrust trust = now == null ? null : now.trust();
        return trust == null || shown.isEmpty() ? Optional.empty() : trust.whyNot(shown);
    }

    /** Live connections whose client's certificate would be refused now. */
    public final class Untrusted {
        private final List<Accepting.Untrusted> found;

        private Untrusted(List<Accepting.Untrusted> found) {
            this.found = found;
        }

        /** The certificates, and what is wrong with each. */
        public Map<X509Certificate, String> reasons() {
            Map<X509Certificate, String> reasons = new HashMap<>();
            found.forEach(one -> reasons.put(one.certificate(), one.why()));
            return reasons;
        }

        /** Ends those that are still there. */
        public void end() {
            for (Accepting.Untrusted one : found) {
                if (one.channel().isOpen()) {
                    LOG.info("listener {} ends a connection: {}", config.name(), one.why());
                    one.channel().close();
                }
            }
        }
    }

    /**
     * Verifies the certificates of all live connections anew, also of those that have not sent a CONNECT yet: their authorities may be
     * gone, or they may have been revoked. Takes its time: not for a shard.
     */
    public Untrusted untrusted() {
        return new Untrusted(accepting.untrusted());
    }

    /** The way from a client's certificate to a trusted root, both included; empty where there is none. */
    public List<X509Certificate> trustedPath(List<X509Certificate> shown) {
        TlsState now = accepting.tls();
        ClientTrust trust = now == null ? null : now.trust();
        return trust == null || shown.isEmpty() ? List.of() : trust.path(shown);
    }

    /** What TLS works with at this moment; null without TLS, or while the listener is stopped. */
    public @Nullable TlsFigures tlsFigures() {
        TlsState now = accepting.tls();
        return now == null ? null : TlsFigures.of(now);
    }

    /** Whether it takes connections. */
    public synchronized boolean isStarted() {
        return channel != null;
    }

    /** Where it listens, with the port that it got; null while it is stopped. */
    public synchronized @Nullable SocketAddress localAddress() {
        return channel == null ? null : channel.localAddress();
    }

    /** Takes no more connections; does nothing where it is stopped. */
    public synchronized void stop() {
        if (channel != null) {
            channel.close().awaitUninterruptibly();
            channel = null;
            shard().awaitTick(); // NIO closes a socket for good when it looks at all of them the next time
            accepting.useTls(null);
            if (config.address() instanceof Address.Unix unix) {
                UnixSockets.remove(unix.path());
            }
        }
    }

    /** Stops, and ends connections whose handshakes are not done yet when they are: what they came in by holds no longer. */
    public void retire() {
        accepting.retired(true);
        stop();
    }

    @Override
    public void close() {
        stop();
    }
}
