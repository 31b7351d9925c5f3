package io.dunlin.testkit;

import io.dunlin.testkit.FaultProxy.Cut;
import io.dunlin.testkit.FaultProxy.Part;
import io.dunlin.testkit.FaultProxy.Passing;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection through a {@link FaultProxy}: two sockets, and a thread for each way. */
final class ProxyLink {
    private static final int BUFFER_BYTES = 8192;
    private static final int LINGER_MILLIS = 2_000;
    private static final int PIECES_PER_SECOND = 100;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NOT_YET = -1;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private final AtomicInteger ways = new AtomicInteger(2);
    private volatile boolean cut;
    private volatile boolean swallowing;

    ProxyLink(FaultProxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        Thread.ofVirtual().name("fault-proxy-to-server").start(() -> run(client, server, Direction.TO_SERVER));
        Thread.ofVirtual().name("fault-proxy-to-client").start(() -> run(server, client, Direction.TO_CLIENT));
    }

    void swallow() {
        swallowing = true;
    }

    /**
     * Ends both sides in order: what was passed on arrives before the end. A socket that is closed with unread bytes in it
     * would be reset, and take with it what the other end has not read; so these are read and dropped for a while.
     */
    void cut() {
        cut = true;
        for (Socket socket : List.of(client, server)) {
            try {
                socket.setSoTimeout(LINGER_MILLIS);
                socket.shutdownOutput();
            } catch (IOException e) {
                closeQuietly(socket); // it had ended already
            }
        }
    }

    void close() {
        closeQuietly(client);
        closeQuietly(server);
    }

    private void run(Socket from, Socket to, Direction direction) {
        try {
            pump(from, to, direction);
            if (!swallowing && !cut) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            if (!swallowing) {
                close(); // one end failed: the other one is told
            }
        } finally {
            if (ways.decrementAndGet() == 0) {
                close();
                proxy.closed(this);
            }
        }
    }

    private void pump(Socket from, Socket to, Direction direction) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        PacketMeter meter = new PacketMeter();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (!cut && !swallowing) {
                pass(buffer, count, out, direction, meter);
            }
        }
    }

    private void pass(byte[] buffer, int count, OutputStream out, Direction direction, PacketMeter meter)
            throws IOException {
        for (int i = 0; i < count; i++) {
            boolean starts = meter.atStart();
            boolean ends = meter.take(buffer[i]);
            for (Cut due : proxy.cuts()) {
                int passed = due.direction == direction ? passed(due, meter.type(), starts, ends, i) : NOT_YET;
                if (passed != NOT_YET) {
                    cut = true; // from now on nothing goes the other way, as an answer to what still goes this way
                    write(buffer, passed, out, direction);
                    cut();
                    due.happened.complete(null);
                    return;
                }
            }
        }
        write(buffer, count, out, direction);
    }

    /** How many bytes still get through where the cut is due at byte {@code at}. */
    private static int passed(Cut due, int type, boolean starts, boolean ends, int at) {
        if (due.packetType == 0) {
            return due.isReached() ? at + 1 : NOT_YET;
        }
        boolean there = due.packetType == type && (due.part == Part.NONE ? starts : ends);
        return there && due.isReached() ? at + (due.part == Part.WHOLE ? 1 : 0) : NOT_YET;
    }

    private void write(byte[] buffer, int count, OutputStream out, Direction direction) throws IOException {
        Passing passing = proxy.passing(direction);
        await(passing.delay().toNanos());
        int piece = (int) Math.min(passing.bytesAtOnce(), Math.max(1, passing.bytesPerSecond() / PIECES_PER_SECOND));
        for (int done = 0; done < count; done += piece) {
            int bytes = Math.min(piece, count - done);
            out.write(buffer, done, bytes);
            await(bytes * NANOS_PER_SECOND / passing.bytesPerSecond());
        }
    }

    private static void await(long nanos) {
        if (nanos > 0) {
            new CompletableFuture<Void>()
                    .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS)
                    .join();
        }
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
