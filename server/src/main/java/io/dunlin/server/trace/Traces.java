package io.dunlin.server.trace;

import io.dunlin.broker.Broker;
import io.dunlin.broker.port.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The traces of a broker, by name: bounded in number and memory. Thread: any but the shards; waits for them. */
public final class Traces implements AutoCloseable {
    /** How many there are at most, those that have ended included. */
    public static final int TRACES_MAX = 10;

    /** The most memory that one may take. */
    public static final long WEIGHT_MAX = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Traces.class);
    private static final long PATIENCE_SECONDS = 5;

    private final Broker broker;
    private final Clock clock;
    private final long allMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, TraceRun> byName = new LinkedHashMap<>(); // under the lock
    private long started;

    public Traces(Broker broker, Clock clock) {
        this.broker = broker;
        this.clock = clock;
        this.allMax = Math.min(4 * WEIGHT_MAX, Runtime.getRuntime().maxMemory() / 4);
    }

    /** What became of the wish for a trace. */
    public sealed interface Outcome {
        /** It runs. */
        record Begun(TraceRun run) implements Outcome {}

        /** There is none, and a sentence says why. */
        record Refused(String why) implements Outcome {}
    }

    /**
     * Begins a trace. Where there are too many, the oldest that have ended go.
     *
     * @param name "" for one of its own
     * @param weightMax the memory that it may take in bytes, at most {@link #WEIGHT_MAX}
     */
    public Outcome start(String name, Selection selection, Duration time, long weightMax) {
        Outcome outcome = make(name, selection, time, Math.min(weightMax, WEIGHT_MAX));
        if (outcome instanceof Outcome.Begun begun) {
            TraceRun run = begun.run();
            LOG.info("trace {} begins: {}", run.name(), selection.text());
            CompletionStage<Void> heard = broker.tap(run);
            Thread.ofPlatform().daemon().name("trace " + run.name()).start(() -> run.run(() -> untap(run)));
            await(heard, run);
        }
        return outcome;
    }

    private Outcome make(String name, Selection selection, Duration time, long weightMax) {
        lock.lock();
        try {
            String itsName = name.isEmpty() ? "trace-" + ++started : name;
            if (byName.containsKey(itsName)) {
                return new Outcome.Refused("there is a trace " + itsName + " already: delete it, or take another name");
            }
            while (byName.size() >= TRACES_MAX || claimed() + weightMax > allMax) {
                Optional<TraceRun> oldest = byName.values().stream()
                        .filter(each -> !each.isRunning())
                        .findFirst();
                if (oldest.isEmpty()) {
                    return new Outcome.Refused(
                            byName.size() >= TRACES_MAX
                                    ? TRACES_MAX + " traces run already: stop one"
                                    : "the traces together may take " + (allMax >> 20)
                                            + " MiB of this broker's memory: stop one, or let this one take less");
                }
                byName.remove(oldest.get().name());
            }
            TraceRun run = new TraceRun(itsName, selection, time, weightMax, clock);
            byName.put(itsName, run);
            return new Outcome.Begun(run);
        } finally {
            lock.unlock();
        }
    }

    private long claimed() {
        return byName.values().stream().mapToLong(TraceRun::claim).sum();
    }

    private void untap(TraceRun run) {
        await(broker.untap(run), run);
        LOG.info("trace {} has ended: {}", run.name(), run.state().ended());
    }

    /** A shard that does not come round gets to it later. */
    private static void await(CompletionStage<Void> shards, TraceRun run) {
        try {
            shards.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("not all shards have heard of the trace {} within {} s", run.name(), PATIENCE_SECONDS);
        } catch (ExecutionException e) {
            LOG.error("the trace {} could not reach all connections", run.name(), e);
        }
    }

    /** In the order in which they began. */
    public List<TraceRun> all() {
        lock.lock();
        try {
            return new ArrayList<>(byName.values());
        } finally {
            lock.unlock();
        }
    }

    public Optional<TraceRun> find(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(byName.get(name));
        } finally {
            lock.unlock();
        }
    }

    /** Ends it and forgets its packets; nothing where there is none. */
    public void delete(String name) {
        lock.lock();
        try {
            TraceRun run = byName.remove(name);
            if (run != null) {
                run.stop("it was deleted");
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        all().forEach(run -> run.stop("the broker is stopping"));
    }
}
