package io.dunlin.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bad network between a client and a server, over real sockets on loopback: it delays, throttles and takes apart what it
 * passes on, cuts connections at a stated place, and swallows silently. Every method may be called by any thread, at any time.
 */
public final class FaultProxy implements AutoCloseable {
    /** How much of the packet at which a connection is cut still gets through. */
    public enum Part {
        /** Nothing. */
        NONE,
        /** All but the last byte. */
        UNFINISHED,
        /** All of it. */
        WHOLE
    }

    /** How one way treats what it passes on. */
    record Passing(Duration delay, int bytesAtOnce, long bytesPerSecond) {
        static final Passing PLAIN = new Passing(Duration.ZERO, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /** A place at which the connection that comes there is cut, once. */
    static final class Cut {
        final Direction direction;
        final int packetType; // 0 where bytes are counted
        final Part part;
        final CompletableFuture<Void> happened = new CompletableFuture<>();
        private long left;

        Cut(Direction direction, int packetType, long count, Part part) {
            this.direction = direction;
            this.packetType = packetType;
            this.part = part;
            this.left = count;
        }

        /** Counts one more. True for the one that is meant, and for nobody after that. */
        synchronized boolean isReached() {
            return left > 0 && --left == 0;
        }
    }

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final Map<Direction, Passing> passing = new EnumMap<>(Direction.class);
    private final List<Cut> cuts = new CopyOnWriteArrayList<>();
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private final Object taking = new Object(); // so that a connection that the server has seen is among the links
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean refusing;

    private FaultProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("fault-proxy-accept").start(this::acceptAll);
    }

    /** Listens on a port of the system's choice. The server need not be there yet, and may come and go. */
    public static FaultProxy to(InetSocketAddress server) {
        try {
            return new FaultProxy(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #to(InetSocketAddress)}, for a server on loopback. */
    public static FaultProxy toPort(int port) {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** For clients. */
    public String url() {
        return "mqtt://127.0.0.1:" + port();
    }

    /** How many connections came so far, refused ones too. */
    public int accepted() {
        return accepted.get();
    }

    /** How many connections are open now. */
    public int open() {
        return links.size();
    }

    /** Every piece that is read waits that long before it goes on. */
    public void delay(Direction direction, Duration time) {
        change(direction, new Passing(time, passing(direction).bytesAtOnce, passing(direction).bytesPerSecond));
    }

    /** Every byte goes on in a write of its own. */
    public void oneByteAtATime(Direction direction) {
        change(direction, new Passing(passing(direction).delay, 1, passing(direction).bytesPerSecond));
    }

    /** @param bytesPerSecond at least 1 */
    public void throttle(Direction direction, long bytesPerSecond) {
        change(direction, new Passing(passing(direction).delay, passing(direction).bytesAtOnce, bytesPerSecond));
    }

    /** From now on everything is passed on as it comes, new connections are taken, and no cut is due. */
    public void heal() {
        change(Direction.TO_SERVER, Passing.PLAIN);
        change(Direction.TO_CLIENT, Passing.PLAIN);
        cuts.clear();
        refusing = false;
    }

    private void change(Direction direction, Passing to) {
        synchronized (passing) {
            passing.put(direction, to);
        }
    }

    Passing passing(Direction direction) {
        synchronized (passing) {
            return passing.getOrDefault(direction, Passing.PLAIN);
        }
    }

    /** Whether connections are closed as soon as they come. */
    public void refuse(boolean wanted) {
        refusing = wanted;
    }

    /** Cuts all connections that are open now. */
    public void cut() {
        synchronized (taking) {
            links.forEach(ProxyLink::cut);
        }
    }

    /** Connections that are open now stay open, but nothing goes through them any more: neither bytes nor an end. */
    public void swallow() {
        synchronized (taking) {
            links.forEach(ProxyLink::swallow);
        }
    }

    /**
     * Cuts a connection when that many bytes, counted from now over all connections, went that way.
     *
     * @param bytes at least 1
     * @return done when the cut happened
     */
    public CompletableFuture<Void> cutAfterBytes(Direction direction, long bytes) {
        return add(new Cut(direction, 0, bytes, Part.WHOLE));
    }

    /**
     * Cuts a connection at a packet, counted from now over all connections.
     *
     * @param packetType as in the fixed header: 3 for PUBLISH, 4 for PUBACK ...
     * @param number 1 for the next one of this type that goes that way
     * @return done when the cut happened
     */
    public CompletableFuture<Void> cutAtPacket(Direction direction, int packetType, int number, Part passed) {
        return add(new Cut(direction, packetType, number, passed));
    }

    private CompletableFuture<Void> add(Cut cut) {
        cuts.add(cut);
        return cut.happened;
    }

    List<Cut> cuts() {
        return cuts;
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                take(listener.accept());
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private void take(Socket client) throws IOException {
        accepted.incrementAndGet();
        if (refusing) {
            client.close();
            return;
        }
        synchronized (taking) {
            Socket upstream = new Socket();
            try {
                upstream.connect(server);
            } catch (IOException e) {
                client.close();
                upstream.close();
                return;
            }
            ProxyLink link = new ProxyLink(this, client, upstream);
            links.add(link);
            link.start();
        }
    }

    void closed(ProxyLink link) {
        links.remove(link);
    }

    /** Ends everything. */
    @Override
    public void close() {
        ProxyLink.closeQuietly(listener);
        synchronized (taking) {
            links.forEach(ProxyLink::close);
        }
    }
}
