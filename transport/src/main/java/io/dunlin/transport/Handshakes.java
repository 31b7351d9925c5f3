package io.dunlin.transport;

import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.TlsInfo;
import io.dunlin.transport.Accepting.Encryption;
import io.dunlin.transport.ListenerConfig.ProxyProtocol;
import io.dunlin.transport.ListenerConfig.WebSocketConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes before MQTT: a PROXY header, TLS, the opening of a WebSocket, in this order and each only where the listener has
 * it. The last handler until all are done; then a {@link NettyConnection} takes its place and the helpers go. Thread: the
 * shard's.
 */
final class Handshakes extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

    private final Accepting accepting;
    private final ListenerConfig config;
    private final Channel channel;
    private final LoopExecutor shard;
    private final @Nullable ClientTrust trust;
    private SocketAddress peer;
    private @Nullable Admitted admitted; // null until the client is known
    private @Nullable TlsInfo tls;
    private @Nullable HttpRequest request;
    private @Nullable Future<?> timeout;

    private Handshakes(
            Accepting accepting,
            ListenerConfig config,
            Channel channel,
            LoopExecutor shard,
            SocketAddress peer,
            @Nullable Admitted admitted,
            @Nullable ClientTrust trust) {
        this.admitted = admitted;
        this.trust = trust;
        this.accepting = accepting;
        this.config = config;
        this.channel = channel;
        this.shard = shard;
        this.peer = peer;
    }

    /** Whether connections of this listener have to shake hands at all. */
    static boolean needed(ListenerConfig config) {
        return config.proxyProtocol() != ProxyProtocol.OFF || config.tls() != null || config.webSocket() != null;
    }

    /** Whether a PROXY header of this peer is to say who the client is, or may. */
    static boolean startsWithProxyHeader(ListenerConfig config, Accepting accepting, SocketAddress peer) {
        return switch (config.proxyProtocol()) {
            case OFF -> false;
            case OPTIONAL -> accepting.trusts(peer);
            case REQUIRED -> true;
        };
    }

    /**
     * Puts the handlers into the pipeline of a channel that is not registered yet.
     *
     * @param admitted null where a PROXY header is to come first
     */
    static Handshakes prepare(
            Accepting accepting,
            ListenerConfig config,
            Channel channel,
            LoopExecutor shard,
            SocketAddress peer,
            @Nullable Admitted admitted) {
        ChannelPipeline pipeline = channel.pipeline();
        if (shard.kind() != LoopKind.IO_URING) {
            pipeline.addLast(CopiedReads.INSTANCE);
        }
        switch (config.proxyProtocol()) {
            case OFF -> {
                // nothing comes first
            }
            case OPTIONAL -> {
                if (accepting.trusts(peer)) {
                    pipeline.addLast(new ProxyHeaders.Detector());
                }
            }
            case REQUIRED -> pipeline.addLast(new HAProxyMessageDecoder());
        }
        Encryption encryption = accepting.encrypt(channel);
        if (encryption != null) {
            encryption.handler().setHandshakeTimeoutMillis(0); // ours covers all handshakes
            pipeline.addLast(encryption.handler());
        }
        if (config.webSocket() != null) {
            pipeline.addLast(new HttpRequestDecoder(new HttpDecoderConfig().setMaxHeaderSize(16 << 10)));
        }
        Handshakes handshakes = new Handshakes(
                accepting, config, channel, shard, peer, admitted, encryption == null ? null : encryption.trust());
        pipeline.addLast(handshakes);
        return handshakes;
    }

    /** Once the channel is registered. */
    void begin() {
        timeout = channel.eventLoop().schedule(this::tooLate, config.handshakeTimeoutSeconds(), TimeUnit.SECONDS);
        if (config.proxyProtocol() == ProxyProtocol.OPTIONAL && !accepting.trusts(peer)) {
            proxied();
        }
    }

    private void tooLate() {
        LOG.debug(
                "listener {}: the handshake of {} took more than {} s",
                config.name(),
                peer,
                config.handshakeTimeoutSeconds());
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ProxyHeaders.NoHeader.SEEN) {
            introduced();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                encrypted();
            } else {
                refused(handshake.cause());
                channel.close();
            }
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws UnknownHostException {
        if (message instanceof HAProxyMessage header) {
            peer = ProxyHeaders.client(header, peer);
            introduced();
            return;
        }
        if (message instanceof HttpRequest head) {
            request = head;
        }
        boolean whole = message instanceof LastHttpContent
                || message instanceof HttpRequest head && head.decoderResult().isFailure();
        ReferenceCountUtil.release(message);
        if (whole && request != null && channel.isOpen()) {
            upgrade(request);
        }
    }

    /** It is known now who the client is. */
    private void introduced() {
        admitted = accepting.admit(channel, peer);
        if (admitted == null) {
            channel.close();
        } else {
            proxied();
        }
    }

    private void proxied() {
        if (config.tls() == null && config.webSocket() == null) {
            done(null);
        }
    }

    private void encrypted() {
        if (admitted != null) {
            admitted.endedTls();
        }
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        TlsInfo found = info(handler.engine().getSession(), handler.applicationProtocol());
        tls = found;
        Optional<String> whyNot = accepting.whyNot(channel, trust, found.certificates());
        if (whyNot.isPresent()) {
            LOG.info("listener {} refuses {}: {}", config.name(), peer, whyNot.get());
            channel.close();
        } else if (config.webSocket() == null) {
            done(null);
        }
    }

    private void refused(Throwable cause) {
        String revocation = ClientTrust.revocation(cause);
        if (revocation == null) {
            LOG.debug("listener {}: the TLS handshake of {} failed", config.name(), peer, cause);
        } else {
            LOG.info("listener {} refuses {}: {}", config.name(), peer, revocation);
        }
    }

    private static TlsInfo info(SSLSession session, @Nullable String applicationProtocol) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException e) {
            LOG.trace("the client showed no certificate", e);
        }
        String serverName = null;
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                serverName = name instanceof SNIHostName host ? host.getAsciiName() : serverName;
            }
        }
        return new TlsInfo(
                session.getProtocol(),
                session.getCipherSuite(),
                serverName,
                applicationProtocol,
                List.copyOf(certificates));
    }

    private void upgrade(HttpRequest complete) {
        request = null;
        WebSocketConfig webSocket = config.webSocket();
        if (webSocket == null || !channel.isActive()) {
            return;
        }
        switch (WebSocketHandshake.answer(webSocket, complete)) {
            case WebSocketHandshake.Answer.Accepted accepted -> {
                channel.writeAndFlush(Unpooled.wrappedBuffer(accepted.response()), channel.voidPromise());
                done(new WebSocketFrames());
            }
            case WebSocketHandshake.Answer.Refused refused -> {
                LOG.debug("listener {}: no WebSocket for {}: {}", config.name(), peer, refused.reason());
                channel.writeAndFlush(Unpooled.wrappedBuffer(refused.response()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    private void done(@Nullable WebSocketFrames frames) {
        stopTimeout();
        if (accepting.isRetired()) {
            channel.close();
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        NettyConnection connection = new NettyConnection(
                new ConnectionInfo(config.name(), config.transport(), peer, tls), channel, shard, frames);
        pipeline.replace(this, null, connection);
        connection.begin(accepting.acceptor());
        // What they still hold goes on to the connection.
        if (frames != null) {
            pipeline.remove(HttpRequestDecoder.class);
        }
        if (tls == null && pipeline.get(CopiedReads.class) != null) {
            pipeline.remove(CopiedReads.class);
        }
    }

    private void stopTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopTimeout();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        LOG.debug("listener {}: the handshake of {} failed", config.name(), peer, thrown);
        channel.close();
    }
}
