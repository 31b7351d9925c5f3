package io.dunlin.server;

import io.dunlin.broker.admin.StallDetector;
import io.dunlin.broker.admin.StallDetector.Stall;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when a shard does not come round, what it is busy with and where it stands; once for each stall. Has a
 * thread of its own.
 */
final class StallWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);
    private static final long CHECK_MILLIS = 500;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("stall-watch").daemon().factory());
    private final StallDetector detector;
    private final Consumer<String> report;
    private Set<Integer> told = Set.of(); // of the thread

    StallWatch(StallDetector detector) {
        this(detector, LOG::warn);
    }

    StallWatch(StallDetector detector, Consumer<String> report) {
        this.detector = detector;
        this.report = report;
    }

    void start() {
        thread.scheduleAtFixedRate(this::check, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One look; what is still stalled since the last one is not told again. */
    void check() {
        List<Stall> stalls = detector.check();
        Set<Integer> stalled = new HashSet<>();
        for (Stall stall : stalls) {
            stalled.add(stall.shard());
            if (!told.contains(stall.shard())) {
                report.accept("shard " + stall.shard() + " has not come round for "
                        + TimeUnit.NANOSECONDS.toMillis(stall.nanos()) + " ms; it is busy with " + stall.culprit()
                        + standing(stall.shard()));
            }
        }
        told = stalled;
    }

    private static String standing(int shard) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals("shard-" + shard))
                .map(Map.Entry::getValue)
                .map(frames -> Arrays.stream(frames)
                        .limit(12)
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining()))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
