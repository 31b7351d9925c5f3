package io.dunlin.testkit;

import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.port.ShardExecutor.Timer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a network. It keeps the promises of {@link Connection} to the letter and watches that the core keeps
 * its own: the owning shard's thread, reserved space filled exactly, no call on the way to another shard, no buffer kept
 * after the call. A breach is a fault of the {@link StepShards}.
 */
public final class MemoryConnection implements Connection {
    private static final int HIGH = 64 << 10;
    private static final int LOW = 32 << 10;
    private static final int READ_BYTES_MAX = 64 << 10;
    private static final byte[] NOTHING = {};
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final StepShards shards;
    private final ConnectionInfo info;
    private final @Nullable RandomGenerator random;
    private final Peer peer = new Peer();

    private StepShard owner;
    private @Nullable ConnectionEvents events;
    private boolean reading = true;
    private boolean moving;
    private boolean scheduled;
    private boolean above;
    private boolean closing;
    private boolean closed;
    private @Nullable Timer closeTimer;
    private int writes;

    // from the peer to the core
    private byte[] incoming = new byte[0];
    private boolean peerEnded;
    private @Nullable Throwable peerCause;

    // from the core to the peer
    private final ByteArrayOutputStream unflushed = new ByteArrayOutputStream();
    private byte[] flushed = new byte[0];
    private @Nullable ByteBuffer reserved;
    private int reservedStart;
    private int reservedEnd;

    private MemoryConnection(
            StepShards shards, StepShard owner, ConnectionInfo info, @Nullable RandomGenerator random) {
        this.shards = shards;
        this.owner = owner;
        this.info = info;
        this.random = random;
    }

    /**
     * Opens a connection to the acceptor on a shard.
     *
     * @param random where given, bytes reach the core in pieces of random lengths
     * @return the client's end
     */
    public static MemoryWire open(
            StepShards shards,
            StepShard shard,
            Acceptor acceptor,
            ConnectionInfo info,
            @Nullable RandomGenerator random) {
        MemoryConnection connection = new MemoryConnection(shards, shard, info, random);
        shard.ready(() -> {
            connection.events = acceptor.accepted(connection, shard);
            connection.wake();
        });
        return connection.peer;
    }

    // the core's side

    @Override
    public ConnectionInfo info() {
        return info;
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        enter("reserve");
        int before = random == null ? 3 : random.nextInt(8);
        ByteBuffer space = ByteBuffer.allocate(before + bytes + 5);
        space.position(before);
        if (!closed) {
            reserved = space;
            reservedStart = before;
            reservedEnd = before + bytes;
        }
        return space;
    }

    @Override
    public void append(byte[] shared, int offset, int length) {
        enter("append");
        if (!closed) {
            unflushed.write(shared, offset, length);
        }
    }

    @Override
    public void flush() {
        enter("flush");
        if (closed || unflushed.size() == 0) {
            return;
        }
        writes++;
        flushed = joined(flushed, unflushed.toByteArray());
        unflushed.reset();
        pump();
        if (pendingBytes() > HIGH) {
            above = true;
        }
    }

    @Override
    public long pendingBytes() {
        enter("pendingBytes");
        return closed ? 0 : (long) unflushed.size() + flushed.length;
    }

    @Override
    public void reading(boolean on) {
        enter("reading");
        reading = on;
        if (on) {
            wake();
        }
    }

    @Override
    public void close() {
        enter("close");
        if (closed || closing) {
            return;
        }
        flush();
        closing = true;
        reading = false;
        if (flushed.length == 0) {
            end(null);
        } else {
            closeTimer = owner.schedule(CLOSE_PATIENCE.toNanos(), () -> end(null));
        }
    }

    @Override
    public void abort() {
        enter("abort");
        if (!closed) {
            flushed = new byte[0];
            end(null);
        }
    }

    @Override
    public void moveTo(ShardExecutor target, Runnable arrived) {
        enter("moveTo");
        if (closed || closing) {
            return;
        }
        flush();
        moving = true;
        StepShard from = owner;
        from.ready(() -> {
            if (random != null && incoming.length > 0 && random.nextBoolean()) {
                read(); // bytes that the loop had already read when it left
            }
            target.execute(() -> {
                owner = (StepShard) target;
                moving = false;
                scheduled = false;
                reading = true;
                arrived.run();
                wake();
            });
        });
    }

    private void enter(String what) {
        owner.requireCurrent("Connection." + what);
        if (moving) {
            throw new IllegalStateException("Connection." + what + " while the connection moves to another shard");
        }
        ByteBuffer space = reserved;
        reserved = null;
        if (space != null) {
            if (space.position() != reservedEnd) {
                throw new IllegalStateException("reserved space was filled to " + space.position() + " instead of "
                        + reservedEnd + " before Connection." + what);
            }
            byte[] filled = new byte[reservedEnd - reservedStart];
            space.get(reservedStart, filled);
            unflushed.writeBytes(filled);
        }
    }

    // what the loop does

    private void wake() {
        if (!scheduled && !closed && events != null) {
            scheduled = true;
            StepShard at = owner;
            at.ready(() -> onReady(at));
        }
    }

    private void onReady(StepShard at) {
        if (at != owner) {
            return; // it has moved since
        }
        scheduled = false;
        if (closed || moving) {
            return;
        }
        if (peerCause != null) {
            end(peerCause);
        } else if (reading && incoming.length > 0) {
            read();
            if (incoming.length > 0 || peerEnded) {
                wake();
            }
        } else if (reading && peerEnded) {
            end(null);
        } else if (closing && flushed.length == 0) {
            end(null);
        } else if (above && flushed.length + unflushed.size() < LOW) {
            above = false;
            call(ConnectionEvents::onDrained);
        }
    }

    private void read() {
        int length = Math.min(incoming.length, READ_BYTES_MAX);
        if (random != null) {
            length = random.nextInt(4) == 0 ? length : Math.min(length, 1 + random.nextInt(24));
        }
        byte[] chunk = Arrays.copyOf(incoming, length);
        incoming = Arrays.copyOfRange(incoming, length, incoming.length);
        call(it -> it.onBytes(ByteBuffer.wrap(chunk)));
        Arrays.fill(chunk, (byte) 0xEE); // whoever kept the buffer reads nonsense
    }

    private void call(Consumer<ConnectionEvents> event) {
        ConnectionEvents known = events;
        if (known == null) {
            return;
        }
        try {
            event.accept(known);
        } catch (RuntimeException | AssertionError fault) {
            shards.fault(fault);
            if (!closed) {
                flushed = new byte[0];
                end(fault);
            }
        }
    }

    private void pump() {
        int room = peer.room();
        int count = Math.min(room, flushed.length);
        if (count > 0) {
            peer.arrived = joined(peer.arrived, Arrays.copyOf(flushed, count));
            flushed = Arrays.copyOfRange(flushed, count, flushed.length);
        }
    }

    private void end(@Nullable Throwable cause) {
        if (closed) {
            return;
        }
        closed = true;
        reserved = null;
        peer.ended = true;
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        owner.ready(() -> call(it -> it.onClosed(cause)));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The client's end, on the test's thread between ticks. */
    private final class Peer implements MemoryWire {
        private byte[] arrived = new byte[0];
        private boolean takes = true;
        private int capacity = Integer.MAX_VALUE;
        private boolean ended;

        int room() {
            return capacity == Integer.MAX_VALUE ? capacity : Math.max(0, capacity - arrived.length);
        }

        @Override
        public void send(byte[] bytes) {
            if (!closed && !peerEnded) {
                incoming = joined(incoming, bytes);
                wake();
            }
        }

        @Override
        public byte[] receive(Duration patience) {
            shards.settle();
            if (!takes) {
                return new byte[0];
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (arrived.length > 0) {
                all.writeBytes(arrived);
                arrived = new byte[0];
                pump();
                wake();
                shards.settle();
            }
            return all.toByteArray();
        }

        @Override
        public byte[] take() {
            if (!takes || arrived.length == 0) {
                return NOTHING;
            }
            byte[] all = arrived;
            arrived = NOTHING;
            if (flushed.length > 0 || above || closing) {
                pump();
                wake();
            }
            return all;
        }

        @Override
        public boolean isClosedByServer() {
            return ended;
        }

        @Override
        public boolean isClosingByServer() {
            return ended || MemoryConnection.this.closing;
        }

        @Override
        public boolean isEnded() {
            return ended && arrived.length == 0;
        }

        @Override
        public void close() {
            peerEnded = true;
            wake();
        }

        @Override
        public void cut() {
            peerEnded = true;
            peerCause = new IOException("connection reset by the test");
            wake();
        }

        @Override
        public void reading(boolean on) {
            takes = on;
            capacity = on ? Integer.MAX_VALUE : 16 << 10;
            if (on) {
                pump();
                wake();
            }
        }

        @Override
        public long unsentByServer() {
            return (long) flushed.length + unflushed.size();
        }

        @Override
        public int shard() {
            return owner.index();
        }

        @Override
        public int writes() {
            return writes;
        }
    }
}
