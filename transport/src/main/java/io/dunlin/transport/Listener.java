package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.transport.ListenerConfig.Address;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One address that clients connect to. It starts and stops at run time; connections that it accepted live on when it stops.
 * Thread: any but the shards; calls wait until they have taken effect.
 */
public final class Listener implements AutoCloseable {
    private final ListenerConfig config;
    private final Loops loops;
    private final Acceptor acceptor;
    private final Accepting accepting;
    private @Nullable Channel channel;

    public Listener(ListenerConfig config, Loops loops, Acceptor acceptor) {
        this.config = config;
        this.loops = loops;
        this.acceptor = acceptor;
        this.accepting = new Accepting(config, loops, this.acceptor);
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
        accepting.prepare();
        try {
            channel = bind();
        } catch (UnknownHostException e) {
            throw BindErrors.explain(config, e);
        }
    }

    private Channel bind() throws UnknownHostException {
        SocketAddress address = address(config.address());
        ServerChannel server = loops.kind().newServerSocket();
        server.config().setOption(ChannelOption.SO_BACKLOG, config.backlog());
        server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        server.pipeline().addLast(accepting);
        ChannelFuture registered = loops.loop(Math.floorMod(config.name().hashCode(), loops.size()))
                .loop()
                .register(server)
                .awaitUninterruptibly();
        ChannelFuture bound = registered.isSuccess() ? server.bind(address).awaitUninterruptibly() : registered;
        if (!bound.isSuccess()) {
            server.close().awaitUninterruptibly();
            throw BindErrors.explain(config, bound.cause());
        }
        return server;
    }

    private static SocketAddress address(Address address) throws UnknownHostException {
        return switch (address) {
            case Address.Tcp(String host, int port) -> new InetSocketAddress(InetAddress.getByName(host), port);
            case Address.Unix(var path, var mode) -> throw new UnknownHostException(path + mode);
        };
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
        }
    }

    @Override
    public void close() {
        stop();
    }
}
