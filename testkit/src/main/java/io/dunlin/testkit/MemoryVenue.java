package io.dunlin.testkit;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.port.ConnectionInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The real broker over {@link StepShards} and {@link MemoryConnection}s: one thread, virtual time, no waiting. */
public final class MemoryVenue implements Venue {
    /** The name of its listener. */
    public static final String LISTENER = "memory";

    private final int shardCount;
    private final long seed;
    private final @Nullable RandomGenerator random;
    private final StepShards shards;
    private @Nullable Broker broker;
    private int opened;

    private MemoryVenue(int shardCount, long seed, @Nullable RandomGenerator random) {
        this.shardCount = shardCount;
        this.seed = seed;
        this.random = random;
        this.shards = new StepShards(shardCount, random);
    }

    /** Shards in turn, bytes in the pieces in which they were sent. */
    public static MemoryVenue plain(int shardCount) {
        return new MemoryVenue(shardCount, 0, null);
    }

    /** The order of the shards' ticks and the pieces of the bytes drawn from the seed. */
    public static MemoryVenue seeded(int shardCount, long seed) {
        return new MemoryVenue(shardCount, seed, new Random(seed));
    }

    @Override
    public Broker start(Setup setup) {
        BrokerPorts ports = new BrokerPorts(
                List.copyOf(shards.shards()),
                shards.clock(),
                setup.journal(),
                setup.authenticator(),
                setup.authorizer(),
                setup.events(),
                new Random(seed + 1),
                setup.tracing());
        Broker started = new Broker(ports, setup.options());
        broker = started;
        started.listener(setup.listener());
        started.start();
        shards.settle();
        return started;
    }

    /** A new connection; each next one on the next shard. */
    @Override
    public MemoryWire open() {
        return open(opened++ % shardCount);
    }

    /** A new connection that this shard accepts. */
    public MemoryWire open(int shard) {
        InetSocketAddress from = InetSocketAddress.createUnresolved("10.0.0.1", 1024 + opened % 60_000);
        return MemoryConnection.open(
                shards,
                shards.shards().get(shard),
                Objects.requireNonNull(broker, "start() comes first"),
                new ConnectionInfo(LISTENER, "memory", from, null),
                random);
    }

    public StepShards shards() {
        return shards;
    }

    @Override
    public boolean isVirtual() {
        return true;
    }

    @Override
    public void advance(Duration duration) {
        shards.advance(duration);
    }

    @Override
    public void leap(Duration duration) {
        shards.leap(duration);
    }

    @Override
    public void settle() {
        shards.settle();
    }

    @Override
    public long millis() {
        return shards.clock().elapsedMillis();
    }

    @Override
    public List<Throwable> faults() {
        return shards.faults();
    }

    @Override
    public String recipe() {
        return random == null ? shardCount + " shards" : shardCount + " shards, seed " + seed;
    }

    @Override
    public void close() {
        shards.settle();
    }
}
