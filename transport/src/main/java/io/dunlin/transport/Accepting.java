package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.transport.ListenerConfig.Address;
import io.dunlin.transport.ListenerConfig.ProxyProtocol;
import io.dunlin.transport.ListenerConfig.SocketConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the new connections of one listener and registers each on a shard, in turn. Thread: the listening socket's loop. */
@Sharable
final class Accepting extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Accepting.class);
    private static final long PAUSE_MILLIS = 1000;

    private final ListenerConfig config;
    private final Loops loops;
    private final Acceptor acceptor;
    private final Admission admission;
    private final ProxyHeaders proxies;
    /** Live connections with a client's certificate. */
    private final Map<Channel, List<X509Certificate>> certified;

    private final RevocationLists.Counts counts = new RevocationLists.Counts();
    private final AtomicInteger next = new AtomicInteger();
    private @Nullable TlsState tls;
    private volatile boolean retired;

    /** @param before whose place it takes, and whose connections live on; or null */
    Accepting(ListenerConfig config, Loops loops, Acceptor acceptor, Admission admission, @Nullable Accepting before) {
        this.certified = before == null ? new ConcurrentHashMap<>() : before.certified;
        this.config = config;
        this.loops = loops;
        this.acceptor = acceptor;
        this.admission = admission;
        this.proxies = new ProxyHeaders(config.name(), config.trustedProxies());
    }

    /** Reads the files of TLS and changes nothing; null where it has no TLS. @throws TransportException where one cannot be used */
    @Nullable
    TlsState readTls() {
        TlsConfig told = config.tls();
        return told == null
                ? null
                : new TlsFiles(config.name(), told, config.webSocket() != null, counts, Clock.system()).read();
    }

    /** Connections from now on use it; null where there is none. */
    synchronized void useTls(@Nullable TlsState fresh) {
        TlsState stale = tls;
        tls = fresh;
        if (stale != null) {
            ReferenceCountUtil.release(stale.context()); // its connections hold it by themselves
        }
    }

    /** Null where the listener has no TLS, or is stopped. */
    synchronized @Nullable TlsState tls() {
        return tls;
    }

    /** What encrypts one connection, and who was trusted when it began. */
    record Encryption(SslHandler handler, @Nullable ClientTrust trust) {}

    /** Null where the listener has no TLS. */
    synchronized @Nullable Encryption encrypt(Channel child) {
        TlsState current = tls;
        return current == null ? null : new Encryption(current.context().newHandler(child.alloc()), current.trust());
    }

    /**
     * Why a client whose handshake is done may not come in all the same: while it went on, authorities or revocation lists were replaced,
     * or it resumed a session whose certificate has ended since. Where it may, {@link #untrusted} knows of it from now on.
     *
     * @param verifiedBy who was trusted when its handshake began
     */
    Optional<String> whyNot(Channel channel, @Nullable ClientTrust verifiedBy, List<X509Certificate> shown) {
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        certified.put(channel, shown); // first: who replaces the files now looks there afterwards
        channel.closeFuture().addListener(closed -> certified.remove(channel));
        TlsState current = tls();
        if (current == null) {
            return Optional.of("the listener was closed meanwhile");
        }
        ClientTrust trust = current.trust();
        if (trust == null) {
            return Optional.empty();
        }
        return trust == verifiedBy ? trust.whyOver(shown) : trust.whyNot(shown);
    }

    /** A live connection whose certificate would be refused now. */
    record Untrusted(Channel channel, X509Certificate certificate, String why) {}

    /** The live connections whose certificates would be refused now, and why. Verifies each certificate once; takes its time. */
    List<Untrusted> untrusted() {
        TlsState current = tls();
        ClientTrust trust = current == null ? null : current.trust();
        List<Untrusted> found = new ArrayList<>();
        if (trust == null) {
            return found;
        }
        Map<X509Certificate, Optional<String>> known = new HashMap<>();
        certified.forEach((channel, shown) -> known.computeIfAbsent(shown.getFirst(), first -> trust.whyNot(shown))
                .ifPresent(why -> found.add(new Untrusted(channel, shown.getFirst(), why))));
        return found;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel child = (Channel) message;
        Admitted admitted = null;
        try {
            SocketAddress peer = peer(child);
            if (peer == null) {
                child.unsafe().closeForcibly(); // it has gone already
                return;
            }
            if (config.proxyProtocol() == ProxyProtocol.REQUIRED && !trusts(peer)) {
                LOG.warn("listener {} drops a connection from {}, which is no trusted proxy", config.name(), peer);
                child.unsafe().closeForcibly();
                return;
            }
            if (!Handshakes.startsWithProxyHeader(config, this, peer)) { // else the client is not known yet
                admitted = admit(child, peer);
                if (admitted == null) {
                    child.unsafe().closeForcibly();
                    return;
                }
            }
            LoopExecutor shard = loops.loop(Math.floorMod(next.getAndIncrement(), loops.size()));
            options(child.config(), shard);
            Runnable begin = prepare(child, shard, peer, admitted);
            // The listener must be there before the registration is, or reads could come before it.
            ChannelPromise entered = new DefaultChannelPromise(child, shard.loop());
            entered.addListener(registered -> {
                if (registered.isSuccess()) {
                    begin.run();
                }
            });
            shard.loop().register(entered);
        } catch (RuntimeException e) {
            LOG.warn("listener {} drops a new connection", config.name(), e);
            child.unsafe().closeForcibly();
            if (admitted != null) {
                admitted.left();
            }
        }
    }

    /** Takes a connection, which is counted until its channel has closed; null where it may not come in. */
    @Nullable
    Admitted admit(Channel child, SocketAddress peer) {
        if (!admission.admits(config.name(), peer)) {
            return null;
        }
        Admitted admitted = new Admitted(admission, config.name(), peer);
        if (config.tls() != null && !admitted.beginsTls()) {
            admitted.left();
            return null;
        }
        child.closeFuture().addListener(closed -> admitted.left());
        return admitted;
    }

    private Runnable prepare(Channel child, LoopExecutor shard, SocketAddress peer, @Nullable Admitted admitted) {
        if (Handshakes.needed(config)) {
            return Handshakes.prepare(this, config, child, shard, peer, admitted)::begin;
        }
        ConnectionInfo info = new ConnectionInfo(config.name(), config.transport(), peer, null);
        NettyConnection connection = new NettyConnection(info, child, shard, null);
        child.pipeline().addLast(connection);
        return () -> connection.begin(acceptor);
    }

    /** Clients of a unix domain socket have no name of their own: the socket's serves. */
    private @Nullable SocketAddress peer(Channel child) {
        return switch (config.address()) {
            case Address.Tcp tcp -> child.remoteAddress();
            case Address.Unix(Path path, String mode) -> UnixDomainSocketAddress.of(path);
        };
    }

    /** Whether handshakes that end from now on came too late. */
    void retired(boolean now) {
        retired = now;
    }

    boolean isRetired() {
        return retired;
    }

    boolean trusts(SocketAddress peer) {
        return proxies.trusts(peer);
    }

    Acceptor acceptor() {
        return acceptor;
    }

    private void options(ChannelConfig child, LoopExecutor shard) {
        if (shard.kind() != LoopKind.IO_URING) {
            child.setRecvByteBufAllocator(SharedReads.INSTANCE);
        }
        child.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        SocketConfig socket = config.socket();
        if (config.address() instanceof Address.Tcp) {
            child.setOption(ChannelOption.TCP_NODELAY, socket.noDelay());
            if (socket.keepAlive()) {
                child.setOption(ChannelOption.SO_KEEPALIVE, true);
            }
        }
        if (socket.receiveBytes() > 0) {
            child.setOption(ChannelOption.SO_RCVBUF, socket.receiveBytes());
        }
        if (socket.sendBytes() > 0) {
            child.setOption(ChannelOption.SO_SNDBUF, socket.sendBytes());
        }
    }

    /** No descriptors left, most likely: accepting pauses for a moment instead of spinning. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        LOG.warn(
                "listener {} cannot accept a connection and tries again in {} ms: {}; if it says too many open files, raise"
                        + " the limit of open files (ulimit -n)",
                config.name(),
                PAUSE_MILLIS,
                Causes.sentence(thrown));
        ChannelConfig server = ctx.channel().config();
        if (server.isAutoRead()) {
            server.setAutoRead(false);
            ctx.executor().schedule(() -> server.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
