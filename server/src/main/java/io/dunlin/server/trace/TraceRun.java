package io.dunlin.server.trace;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.protocol.packet.ProtocolError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trace: takes packets from the shards into a bounded queue, and decodes, masks and keeps them on a thread of its own until its time
 * or its room is over. Thread: any; the shards never wait for it.
 */
public final class TraceRun implements Wiretap {
    private static final Logger LOG = LoggerFactory.getLogger(TraceRun.class);
    private static final long WAITING_BYTES_MAX = 16 << 20;
    private static final int PIECE_BYTES = 150; // of each in memory besides its packets
    private static final long LOOK_MILLIS = 100;
    private static final String FULL = "it has no room for more: one with a larger size has";

    private final String name;
    private final Selection selection;
    private final long weightMax;
    private final long startNanos;
    private final long startWallNanos;
    private final long timeNanos;
    private final Clock clock;
    private final Transcriber transcriber;

    // from the shards
    private final LinkedBlockingQueue<Piece> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong missedBytes = new AtomicLong();
    private volatile boolean over;

    // what is kept: under the lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<TracedPacket> packets = new ArrayList<>();
    private long bytes;
    private long weight;
    private long endWallNanos;
    private String ended = ""; // why

    /** @param weightMax bytes of memory, about */
    TraceRun(String name, Selection selection, Duration time, long weightMax, Clock clock) {
        this.name = name;
        this.selection = selection;
        this.weightMax = weightMax;
        this.clock = clock;
        this.startNanos = clock.nanos();
        this.startWallNanos = TimeUnit.MILLISECONDS.toNanos(clock.wallMillis());
        this.timeNanos = time.toNanos();
        this.endWallNanos = startWallNanos + timeNanos;
        this.transcriber = new Transcriber(selection);
    }

    /**
     * Something that a shard has told.
     *
     * @param error where that is what it is about
     */
    record Piece(Tapped who, boolean in, long nanos, byte[] bytes, Kind kind, Optional<ProtocolError> error) {
        int weight() {
            return bytes.length + PIECE_BYTES;
        }
    }

    enum Kind {
        PACKETS,
        BROKEN,
        ENDED
    }

    // ---- from the shards

    @Override
    public Interest interest(Tapped connection) {
        return over ? Interest.NO : selection.interest(connection);
    }

    @Override
    public boolean hasRoom(int more) {
        return !over && waitingBytes.get() + more <= WAITING_BYTES_MAX;
    }

    @Override
    public void packets(Tapped connection, boolean in, long nanos, byte[] told) {
        take(new Piece(connection, in, nanos, told, Kind.PACKETS, Optional.empty()));
    }

    @Override
    public void missed(Tapped connection, int missed) {
        if (!over) {
            missedBytes.addAndGet(missed);
        }
    }

    @Override
    public void broken(Tapped connection, long nanos, byte[] rest, ProtocolError error) {
        take(new Piece(connection, true, nanos, rest, Kind.BROKEN, Optional.of(error)));
    }

    @Override
    public void ended(Tapped connection, long nanos) {
        take(new Piece(connection, true, nanos, new byte[0], Kind.ENDED, Optional.empty()));
    }

    private void take(Piece piece) {
        if (over) {
            return;
        }
        if (waitingBytes.get() > 2 * WAITING_BYTES_MAX) { // what nobody asks for room for
            missedBytes.addAndGet(piece.bytes.length);
            return;
        }
        waitingBytes.addAndGet(piece.weight());
        waiting.add(piece);
    }

    // ---- the trace's thread

    /**
     * Works until the trace ends.
     *
     * @param whenEnded is run then, once
     */
    void run(Runnable whenEnded) {
        try {
            while (isRunning()) {
                Piece piece = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (piece != null) {
                    waitingBytes.addAndGet(-piece.weight());
                    keep(transcriber.packets(piece, startWallNanos + piece.nanos - startNanos));
                }
                if (clock.nanos() - startNanos >= timeNanos) {
                    stop("its time is over");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop("the broker is stopping");
        } catch (RuntimeException e) {
            LOG.error("the trace {} failed", name, e);
        } finally {
            stop("it failed, see the broker's log"); // where it has not ended otherwise
            whenEnded.run();
            waiting.clear();
            transcriber.forget();
        }
    }

    private void keep(List<TracedPacket> found) {
        lock.lock();
        try {
            long room = weightMax - transcriber.weight();
            for (TracedPacket packet : found) {
                if (!ended.isEmpty()) {
                    return;
                }
                if (weight + packet.weight() > room) {
                    stop(FULL);
                    return;
                }
                weight += packet.weight();
                bytes += packet.bytes().length;
                packets.add(packet);
            }
            if (weight > room) { // by what has to be remembered of messages that are not wanted
                stop(FULL);
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- looking

    /** Ends it, where it still runs. */
    public void stop(String why) {
        lock.lock();
        try {
            if (ended.isEmpty()) {
                ended = why;
                over = true;
                endWallNanos = startWallNanos + clock.nanos() - startNanos;
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public boolean isRunning() {
        return !over;
    }

    /** The most memory that it may take yet, or takes where it has ended. */
    long claim() {
        lock.lock();
        try {
            return ended.isEmpty() ? weightMax : weight;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How it is.
     *
     * @param end when it ended, or will at the latest
     * @param ended why it has ended, empty while it runs
     * @param missedBytes that came faster than they could be decoded
     */
    public record State(
            String name,
            Selection what,
            Instant start,
            Instant end,
            String ended,
            int packets,
            long bytes,
            long missedBytes) {}

    public State state() {
        lock.lock();
        try {
            return new State(
                    name,
                    selection,
                    Instant.ofEpochSecond(0, startWallNanos),
                    Instant.ofEpochSecond(0, endWallNanos),
                    ended,
                    packets.size(),
                    bytes,
                    missedBytes.get());
        } finally {
            lock.unlock();
        }
    }

    public String name() {
        return name;
    }

    /**
     * The packets after one, and whether more may come.
     *
     * @param after its number, 0 for all
     * @param wait how long to wait for the first, while the trace runs
     */
    public Part after(long after, Duration wait) throws InterruptedException {
        long left = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (packets.size() <= after && ended.isEmpty() && left > 0) {
                left = more.awaitNanos(left);
            }
            int from = Math.clamp(after, 0, packets.size());
            return new Part(List.copyOf(packets.subList(from, packets.size())), ended);
        } finally {
            lock.unlock();
        }
    }

    /** @param ended why it has ended, empty while it runs */
    public record Part(List<TracedPacket> packets, String ended) {}
}
