package io.dunlin.testkit;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.ShardExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The real broker on one shard in the caller's thread, with {@link LeanConnection}s: neither allocates anything for a message, so
 * what is counted or measured around it is the core's. It checks little; {@link StepShards} with {@link MemoryConnection}s watch
 * the rules. Time stands still unless {@link #clock} is moved. Thread: the one that made it.
 */
public final class LeanShard implements ShardExecutor {
    private static final String LISTENER = "memory";
    private static final int TICKS_MAX = 1_000_000;

    private final Thread thread = Thread.currentThread();
    private final VirtualClock clock = new VirtualClock();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tickEnd = new ArrayDeque<>();
    private final PriorityQueue<Waiting> timers = new PriorityQueue<>();
    private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
    private final Broker broker;
    private long timersMade;
    private int opened;

    private LeanShard(BrokerOptions options) {
        broker = new Broker(
                new BrokerPorts(
                        List.of(this),
                        clock,
                        new MemoryJournal(),
                        new Anyone(),
                        Authorizer.allowAll(),
                        BrokerEvents.NONE,
                        new Random(1)),
                options);
    }

    /** Starts a broker that lets everybody in and keeps nothing. */
    public static LeanShard start(BrokerOptions options) {
        LeanShard shard = new LeanShard(options);
        shard.broker.listener(new ListenerOptions(LISTENER, Integer.MAX_VALUE, Optional.empty()));
        shard.broker.start();
        shard.settle();
        return shard;
    }

    public Broker broker() {
        return broker;
    }

    public VirtualClock clock() {
        return clock;
    }

    /** A new connection, with an address of its own as real ones have. */
    public LeanConnection open() {
        int host = opened / 60_000;
        byte[] address = {10, (byte) (host >> 16), (byte) (host >> 8), (byte) host};
        InetSocketAddress peer;
        try {
            peer = new InetSocketAddress(InetAddress.getByAddress(address), 1024 + opened++ % 60_000);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
        LeanConnection connection = new LeanConnection(this, new ConnectionInfo(LISTENER, "memory", peer, null));
        connection.events(broker.accepted(connection, this));
        return connection;
    }

    /** Runs what waits and the ends of the ticks, until nothing is left to do at this moment. */
    public void settle() {
        for (int ticks = 0; !tasks.isEmpty() || !tickEnd.isEmpty() || isTimerDue(); ticks++) {
            if (ticks == TICKS_MAX) {
                throw new AssertionError("the shard does not come to rest");
            }
            while (isTimerDue()) {
                timers.remove().task().run();
            }
            for (int left = tasks.size(); left > 0; left--) {
                tasks.remove().run();
            }
            for (int left = tickEnd.size(); left > 0; left--) {
                tickEnd.remove().run();
            }
        }
    }

    private boolean isTimerDue() {
        Waiting next = timers.peek();
        return next != null && next.atNanos() - clock.nanos() <= 0;
    }

    ByteBuffer takeBuffer() {
        ByteBuffer waiting = buffers.pollFirst();
        return waiting == null ? ByteBuffer.allocate(512) : waiting;
    }

    void giveBuffer(ByteBuffer buffer) {
        buffers.addFirst(buffer.clear());
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        tickEnd.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Waiting waiting = new Waiting(clock.nanos() + delayNanos, timersMade++, task);
        timers.add(waiting);
        return () -> timers.remove(waiting);
    }

    private record Waiting(long atNanos, long number, Runnable task) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            int byTime = Long.signum(atNanos - other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private static final class Anyone implements Authenticator {
        @Override
        public CompletionStage<Outcome> authenticate(Credentials credentials) {
            return CompletableFuture.completedStage(
                    new Outcome.Accepted(new Principal(credentials.clientId(), credentials.username()), null));
        }

        @Override
        public List<String> methods() {
            return List.of();
        }

        @Override
        public Exchange begin(String method, Credentials credentials) {
            throw new IllegalArgumentException("there is no method " + method);
        }
    }
}
