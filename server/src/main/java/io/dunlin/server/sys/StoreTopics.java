package io.dunlin.server.sys;

import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.storage.StoreFigures;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The values under {@code $SYS/broker/store/} of a broker that has a data folder. Thread: any. */
public final class StoreTopics {
    private static final String PREFIX = SysTree.PREFIX + "store/";
    private static final double[] SHARES = {0.5, 0.99, 1};
    private static final String[] NAMES = {"/p50", "/p99", "/max"};

    private final Supplier<Optional<StoreFigures>> figures;
    private final Supplier<String> condition;
    private final ToLongFunction<Counter> counters;
    private final Function<Durability, LatencyHistogram> answers;

    /** @param answers how long acknowledgements waited at a level */
    public StoreTopics(
            Supplier<Optional<StoreFigures>> figures,
            Supplier<String> condition,
            ToLongFunction<Counter> counters,
            Function<Durability, LatencyHistogram> answers) {
        this.figures = figures;
        this.condition = condition;
        this.counters = counters;
        this.answers = answers;
    }

    void put(Map<String, String> values) {
        figures.get().ifPresent(now -> {
            values.put(PREFIX + "condition", condition.get());
            put(values, "log/bytes", now.logBytes());
            put(values, "log/segments", now.segments());
            put(values, "log/written/bytes", now.writtenBytes());
            put(values, "log/records", now.appendedRecords());
            put(values, "state/bytes", now.stateBytes());
            put(values, "checkpoints/count", now.checkpoints());
            put(values, "checkpoints/failed", now.checkpointFailures());
            put(values, "checkpoints/milliseconds", now.checkpointMillis());
            put(values, "segments/deleted", now.segmentsDeleted());
            put(values, "cleaned/bytes", now.cleanedBytes());
            put(values, "syncs/count", now.syncs().count());
            micros(values, "syncs/microseconds", now.syncs());
            put(values, "acknowledged/memory", counters.applyAsLong(Counter.ACKNOWLEDGED_MEMORY));
            put(values, "acknowledged/os", counters.applyAsLong(Counter.ACKNOWLEDGED_OS));
            put(values, "acknowledged/disk", counters.applyAsLong(Counter.ACKNOWLEDGED_DISK));
            put(values, "refused", counters.applyAsLong(Counter.STORE_FULL_REFUSED));
            micros(values, "acknowledged/os/microseconds", answers.apply(Durability.OS));
            micros(values, "acknowledged/disk/microseconds", answers.apply(Durability.DISK));
        });
    }

    private static void micros(Map<String, String> values, String name, LatencyHistogram times) {
        for (int i = 0; i < SHARES.length; i++) {
            put(values, name + NAMES[i], times.percentile(SHARES[i]) / 1_000);
        }
    }

    private static void put(Map<String, String> values, String name, long value) {
        values.put(PREFIX + name, Long.toString(value));
    }
}
