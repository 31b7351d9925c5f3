package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.transport.ListenerConfig.SocketConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicInteger next = new AtomicInteger();

    Accepting(ListenerConfig config, Loops loops, Acceptor acceptor) {
        this.config = config;
        this.loops = loops;
        this.acceptor = acceptor;
    }

    /** Reads what is needed before the first connection. */
    void prepare() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel child = (Channel) message;
        LoopExecutor shard = loops.loop(Math.floorMod(next.getAndIncrement(), loops.size()));
        try {
            options(child.config(), shard);
            ConnectionInfo info = new ConnectionInfo(config.name(), config.transport(), child.remoteAddress(), null);
            NettyConnection connection = new NettyConnection(info, child, shard, null);
            child.pipeline().addLast(connection);
            // The listener must be there before the registration is, or reads could come before it.
            ChannelPromise entered = new DefaultChannelPromise(child, shard.loop());
            entered.addListener(registered -> {
                if (registered.isSuccess()) {
                    connection.begin(acceptor);
                }
            });
            shard.loop().register(entered);
        } catch (RuntimeException e) {
            LOG.warn("listener {} drops a new connection", config.name(), e);
            child.unsafe().closeForcibly();
        }
    }

    private void options(ChannelConfig child, LoopExecutor shard) {
        if (shard.kind() != LoopKind.IO_URING) {
            child.setRecvByteBufAllocator(SharedReads.INSTANCE);
        }
        child.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        SocketConfig socket = config.socket();
        if (config.address() instanceof ListenerConfig.Address.Tcp) {
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
