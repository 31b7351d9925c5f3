package io.dunlin.client.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of some addresses that answers. Each gets a head start before the next is tried beside it (RFC 8305 in
 * small), so that one that swallows everything costs little time. On the loop's thread.
 */
final class Dialer {
    private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Hears of the end, once. */
    interface Outcome {
        /** Connected, not blocking, registered with the loop perhaps. */
        void onConnected(SocketChannel socket);

        void onFailed(IOException last);
    }

    private final EventLoop loop;
    private final NetworkOptions network;
    private final List<InetSocketAddress> addresses;
    private final Outcome outcome;
    private final List<SocketChannel> trying = new ArrayList<>();
    private IOException last = new UnknownHostException("no address");
    private int at;
    private boolean done;
    private @Nullable Timer timer;

    Dialer(EventLoop loop, NetworkOptions network, List<InetSocketAddress> addresses, Outcome outcome) {
        this.loop = loop;
        this.network = network;
        this.addresses = addresses;
        this.outcome = outcome;
    }

    /** Tries the next address, and those after it until one is under way. */
    void next() {
        if (timer != null) {
            timer.cancel();
        }
        while (!done && at < addresses.size() && !dial(addresses.get(at++))) {
            // the address failed at once
        }
        if (!done && at < addresses.size()) {
            timer = loop.schedule(HEAD_START_NANOS, this::next);
        } else if (!done && trying.isEmpty()) {
            done = true;
            outcome.onFailed(last);
        }
    }

    private boolean dial(InetSocketAddress address) {
        SocketChannel socket = null;
        try {
            socket = SocketChannel.open();
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, network.noDelay());
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, network.tcpKeepAlive());
            if (network.bind() != null) {
                socket.bind(network.bind());
            }
            trying.add(socket);
            if (socket.connect(address)) {
                won(socket);
            } else {
                loop.register(socket, SelectionKey.OP_CONNECT, new Dial(socket));
            }
            return true;
        } catch (IOException e) {
            lost(socket, e);
        } catch (RuntimeException e) { // an address of another kind than the one to bind to
            lost(socket, new IOException(String.valueOf(e.getMessage()), e));
        }
        return false;
    }

    private final class Dial implements EventLoop.Handler {
        private final SocketChannel socket;

        Dial(SocketChannel socket) {
            this.socket = socket;
        }

        @Override
        public void onReady(SelectionKey key) {
            try {
                if (!socket.finishConnect()) {
                    return;
                }
                key.interestOps(0);
            } catch (IOException e) {
                lost(socket, e);
                next();
                return;
            }
            won(socket);
        }

        @Override
        public void onFault(Throwable fault) {
            lost(socket, new IOException("a fault of the client: " + fault, fault));
        }
    }

    private void won(SocketChannel socket) {
        trying.remove(socket);
        stop();
        outcome.onConnected(socket);
    }

    private void lost(@Nullable SocketChannel socket, IOException cause) {
        last = cause;
        if (socket != null) {
            trying.remove(socket);
            close(socket);
        }
    }

    /** Gives up; nobody hears of it. */
    void stop() {
        done = true;
        if (timer != null) {
            timer.cancel();
        }
        trying.forEach(Dialer::close);
        trying.clear();
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("io.dunlin.client").log(System.Logger.Level.DEBUG, "A socket did not close.", e);
        }
    }
}
