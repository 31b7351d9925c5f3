package io.dunlin.simulation;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.BrokerOptions.QueuePolicy;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.testkit.MemoryConnection;
import io.dunlin.testkit.MemoryWire;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.StepShards;
import io.dunlin.testkit.VirtualClock;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The machine with the broker: it starts, crashes and starts again with what its store has kept. */
final class Host {
    /** What was noted lazily is stored this long after at the latest, where the disk is well. */
    static final long LAZY_NANOS = 2_000_000_000L;

    private static final String LISTENER = "sim";

    private final Simulation sim;
    private final Store store;
    private final List<Long> crashes = new ArrayList<>(); // moments, each with the end of the start that followed
    private final List<Long> starts = new ArrayList<>();
    private @Nullable StepShards shards;
    private @Nullable Broker broker;
    private long bootedAt;
    private long bootNanos; // what the broker's clock said at that moment
    private boolean stopping;
    private int generation;
    private long dropped;
    private long refused;
    private int acceptors;

    Host(Simulation sim, Store store) {
        this.sim = sim;
        this.store = store;
    }

    Store store() {
        return store;
    }

    boolean isUp() {
        return broker != null;
    }

    /** Starts the broker; where the disk keeps it from that, it is tried again later. */
    void boot() {
        try {
            start();
        } catch (UncheckedIOException e) {
            if (!store.isInTrouble()) {
                throw new Violation("the store cannot be opened: " + e.getMessage());
            }
            sim.transcript().note("broker", "cannot start: " + e.getMessage(), 0, 0);
            generation++;
            store.crash(false);
            sim.startLater();
        }
    }

    private void start() {
        Profile profile = sim.profile();
        bootedAt = sim.now();
        bootNanos = store.keepsMonotonicTime() ? bootedAt : sim.random().nextLong(-10_000_000_000L, 1_000_000_000_000L);
        VirtualClock clock =
                new VirtualClock(bootNanos, VirtualClock.START_WALL_MILLIS + Math.floorDiv(bootedAt, 1_000_000L));
        StepShards made = new StepShards(profile.shards(), sim.random(), clock);
        generation++;
        Journal journal = store.open(new OwnMachine(generation, clock));
        if (generation == 1 && crashes.isEmpty()) {
            sim.transcript().note("broker", "starts", profile.shards(), 0);
        } else {
            sim.transcript().note("broker", "starts again", profile.shards(), generation);
        }
        Broker started = new Broker(
                new BrokerPorts(
                        List.copyOf(made.shards()),
                        clock,
                        journal,
                        ScriptedAuthenticator.acceptAll(),
                        Authorizer.allowAll(),
                        BrokerEvents.NONE,
                        sim.random()),
                options(profile));
        started.listener(new ListenerOptions(LISTENER, 100_000, Optional.empty()));
        started.start();
        shards = made;
        broker = started;
        stopping = false;
        starts.add(sim.now());
    }

    private static BrokerOptions options(Profile profile) {
        BrokerOptions.SessionLimits d = BrokerOptions.SessionLimits.DEFAULTS;
        return new BrokerOptions(
                BrokerOptions.Features.DEFAULTS,
                BrokerOptions.ConnectionLimits.DEFAULTS,
                new BrokerOptions.SessionLimits(
                        d.sessionsMax(),
                        d.expirySecondsMax(),
                        d.subscriptionsMax(),
                        d.inFlightMax(),
                        profile.queueMax(),
                        d.queueBytesMax(),
                        profile.queueMax() % 2 == 0 ? QueuePolicy.DROP_NEWEST : QueuePolicy.DROP_OLDEST,
                        d.socketBytesMax()),
                BrokerOptions.MessageLimits.DEFAULTS,
                BrokerOptions.AbuseLimits.DEFAULTS,
                BrokerOptions.DEFAULTS.durability());
    }

    /** A connection to a shard that the network picks, or null where nobody listens. */
    @Nullable
    MemoryWire connect() {
        StepShards running = shards;
        Broker acceptor = broker;
        if (running == null || acceptor == null || stopping) {
            return null;
        }
        int shard = acceptors++ % running.shards().size();
        return MemoryConnection.open(
                running,
                running.shards().get(shard),
                acceptor,
                new ConnectionInfo(LISTENER, "memory", InetSocketAddress.createUnresolved("10.0.0.1", 1024), null),
                sim.random().nextInt(4) == 0 ? sim.random() : null);
    }

    /** One tick of one shard; false where none has work. */
    boolean tick() {
        StepShards running = shards;
        if (running == null || !running.tick()) {
            return false;
        }
        check();
        return true;
    }

    void check() {
        StepShards running = shards;
        Broker acceptor = broker;
        if (running == null || acceptor == null) {
            return;
        }
        if (!running.faults().isEmpty()) {
            Violation violation = new Violation(
                    "a fault inside the broker: " + running.faults().getFirst());
            running.faults().forEach(violation::addSuppressed);
            throw violation;
        }
        if (acceptor.counters().get(Counter.FAULTS) > 0) {
            throw new Violation("the broker counted a fault; run it with a log to see it");
        }
        if (acceptor.counters().get(Counter.DROPPED_UNREADABLE) > 0 && !store.hasRefusedReads()) {
            throw new Violation("a stored message could not be read, though the disk has refused no read");
        }
    }

    /** The virtual time of the broker's next timer; Long.MAX_VALUE for none. */
    long nextDeadline() {
        StepShards running = shards;
        Long next = running == null ? null : running.nextDeadline();
        return next == null ? Long.MAX_VALUE : next - bootNanos + bootedAt;
    }

    void moveTo(long now) {
        if (shards != null) {
            shards.clock().moveTo(now - bootedAt + bootNanos);
        }
    }

    void crash(boolean powerCut) {
        if (broker == null) {
            return;
        }
        sim.transcript().note("broker", powerCut ? "POWER CUT" : "KILL", 0, 0);
        gone();
        store.crash(powerCut);
    }

    /** As SIGTERM does it; {@code done} once the process has ended. A crash on the way is possible. */
    void stop(Runnable done) {
        Broker stopped = broker;
        if (stopped == null || stopping) {
            return;
        }
        stopping = true;
        int mine = generation;
        sim.transcript().note("broker", "stops", 0, 0);
        stopped.stop()
                .whenComplete((nothing, failure) -> sim.after(20_000_000L, () -> {
                    if (generation == mine && broker != null) {
                        store.close(() -> {
                            if (generation == mine && broker != null) {
                                gone();
                                done.run();
                            }
                        });
                    }
                }));
    }

    private void gone() {
        Broker ended = broker;
        if (ended != null) {
            check();
            dropped += dropped(ended);
            refused += ended.counters().get(Counter.STORE_FULL_REFUSED);
        }
        generation++;
        broker = null;
        shards = null;
        crashes.add(sim.now());
        sim.serverGone();
    }

    /** The latest moment that the broker may take for the end of a connection that ended then. */
    long latestEnd(long ended) {
        long latest = ended;
        for (int i = 0; i < crashes.size(); i++) {
            if (crashes.get(i) >= ended && crashes.get(i) <= latest + sim.lazyNanos()) {
                latest = i + 1 < starts.size() ? starts.get(i + 1) : sim.now();
            }
        }
        return latest;
    }

    /** Whether there was a crash from the first moment on, up to the second. */
    boolean hasCrashed(long from, long until) {
        return crashes.stream().anyMatch(crash -> crash >= from && crash <= until);
    }

    /** Whether messages were dropped that were acknowledged: by a limit, or because the disk could not give them back. */
    boolean hasDropped() {
        Broker running = broker;
        return dropped + (running == null ? 0 : dropped(running)) > 0;
    }

    private static long dropped(Broker of) {
        return of.counters().get(Counter.DROPPED_QUEUE_FULL) + of.counters().get(Counter.DROPPED_UNREADABLE);
    }

    /** Whether messages were refused because nothing could be stored. */
    boolean hasRefused() {
        Broker running = broker;
        return refused + (running == null ? 0 : running.counters().get(Counter.STORE_FULL_REFUSED)) > 0;
    }

    @Nullable
    Broker broker() {
        return broker;
    }

    private final class OwnMachine implements Store.Machine {
        private final int own;
        private final VirtualClock clock;

        OwnMachine(int own, VirtualClock clock) {
            this.own = own;
            this.clock = clock;
        }

        @Override
        public VirtualClock clock() {
            return clock;
        }

        @Override
        public RandomGenerator random() {
            return sim.random();
        }

        @Override
        public void after(long nanos, Runnable task) {
            sim.after(nanos, () -> {
                if (generation == own) {
                    task.run();
                }
            });
        }

        @Override
        public void afterAnyway(long nanos, Runnable task) {
            sim.after(nanos, task);
        }

        @Override
        public void die(String why) {
            sim.after(0, () -> {
                if (generation == own) {
                    sim.transcript().note("broker", "ends: " + why, 0, 0);
                    gone();
                    store.crash(false);
                    sim.startLater();
                }
            });
        }

        @Override
        public void note(String verb, long first, long second) {
            sim.transcript().note("store", verb, first, second);
        }
    }
}
