package io.dunlin.transport;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.Admission;
import io.dunlin.transport.ListenerConfig.Address;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One address that clients connect to. It starts and stops at run time; connections that it accepted live on when it stops.
 * Thread: any but the shards; calls wait until they have taken effect.
 */
public final class Listener implements AutoCloseable {
    private final ListenerConfig config;
    private final Loops loops;
    private final Accepting accepting;
    private @Nullable Channel channel;

    /** One that takes everybody. @throws TransportException where a trusted proxy of the configuration is no address */
    public Listener(ListenerConfig config, Loops loops, Acceptor acceptor) {
        this(config, loops, acceptor, Admission.ALL);
    }

    /** @throws TransportException where a trusted proxy of the configuration is no address */
    public Listener(ListenerConfig config, Loops loops, Acceptor acceptor, Admission admission) {
        this.config = config;
        this.loops = loops;
        this.accepting = new Accepting(config, loops, acceptor, admission);
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
        accepting.loadTls();
        try {
            channel = bind();
        } catch (IOException e) {
            throw BindErrors.explain(config, e);
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
    public synchronized void reloadTls() {
        if (channel != null) {
            accepting.loadTls();
        }
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
            accepting.dropTls();
            if (config.address() instanceof Address.Unix unix) {
                UnixSockets.remove(unix.path());
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
