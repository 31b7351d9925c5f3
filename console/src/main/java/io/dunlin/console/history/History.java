package io.dunlin.console.history;

import io.dunlin.broker.port.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What figures were: each 10 s for an hour, each 2 min for a day, each 15 min for a week. In {@code history} of the data folder, where it
 * outlives a restart. Thread: any; a thread of its own asks for the figures.
 */
public final class History implements AutoCloseable {
    /** How often figures are asked for. */
    public static final int SAMPLE_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(History.class);
    private static final int[][] STEPS_AND_SLOTS = {{SAMPLE_SECONDS, 360}, {120, 720}, {900, 672}};

    private final List<Series> series;
    private final List<Archive> archives;
    private final Supplier<Map<String, Double>> figures;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("history").daemon().factory());
    private Map<String, Double> before = Map.of();
    private long beforeNanos;
    private boolean failing;
    private boolean closed;

    private History(List<Series> series, List<Archive> archives, Supplier<Map<String, Double>> figures, Clock clock) {
        this.series = series;
        this.archives = archives;
        this.figures = figures;
        this.clock = clock;
    }

    /** A figure. @param grows whether it is a counter: then its growth in a second is kept */
    public record Series(String name, boolean grows) {}

    /**
     * Opens what an earlier run has left.
     *
     * @param folder the data folder, empty to keep it in memory
     * @throws IOException where the files cannot be written
     */
    public static History open(
            Optional<Path> folder, List<Series> series, Supplier<Map<String, Double>> figures, Clock clock)
            throws IOException {
        Optional<Path> in = folder.map(path -> path.resolve("history"));
        if (in.isPresent()) {
            Files.createDirectories(in.get());
        }
        List<String> names = series.stream().map(Series::name).toList();
        List<Archive> archives = new ArrayList<>();
        for (int[] each : STEPS_AND_SLOTS) {
            archives.add(Archive.open(in.map(path -> path.resolve(each[0] + "s.bin")), each[0], each[1], names));
        }
        return new History(List.copyOf(series), archives, figures, clock);
    }

    /** Asks from now on. */
    public void start() {
        thread.scheduleAtFixedRate(this::sample, 0, SAMPLE_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks once. */
    void sample() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Map<String, Double> now = figures.get();
            long nanos = clock.nanos();
            double elapsed = (nanos - beforeNanos) / 1e9;
            double[] values = new double[series.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(series.get(i), now, elapsed);
            }
            before = now;
            beforeNanos = nanos;
            for (Archive archive : archives) {
                archive.add(clock.wallMillis() / 1_000, values);
            }
            failing = false;
        } catch (IOException | RuntimeException e) { // the charts have a gap, the broker goes on
            if (!failing) {
                LOG.warn("the history of the figures cannot be kept: {}", e.toString());
            }
            failing = true;
        } finally {
            lock.unlock();
        }
    }

    private double value(Series of, Map<String, Double> now, double elapsed) {
        double value = now.getOrDefault(of.name(), Double.NaN);
        if (!of.grows()) {
            return value;
        }
        double growth = value - before.getOrDefault(of.name(), Double.NaN);
        return growth >= 0 && elapsed > 0 ? growth / elapsed : Double.NaN;
    }

    /** What was asked for: by the name of each series, points of milliseconds and value. */
    public record Points(int step, Map<String, List<double[]>> data) {}

    /**
     * What it knows, as fine as what reaches back that far allows.
     *
     * @param names of series; unknown ones have no points
     * @param fromMillis since 1970
     * @param stepSeconds at least so far from each other
     */
    public Points points(List<String> names, long fromMillis, long toMillis, int stepSeconds) {
        lock.lock();
        try {
            long age = clock.wallMillis() / 1_000 - fromMillis / 1_000;
            Archive archive = archives.stream()
                    .filter(each -> each.spanSeconds() >= age)
                    .findFirst()
                    .orElse(archives.getLast());
            int least = Math.max(stepSeconds, archive.stepSeconds());
            int step = (least + archive.stepSeconds() - 1) / archive.stepSeconds() * archive.stepSeconds();
            long reach = clock.wallMillis() / 1_000 - archive.spanSeconds();
            long from = Math.max(fromMillis / 1_000, reach);
            long to = Math.min(toMillis, clock.wallMillis()) / 1_000;
            Map<String, List<double[]>> data = new LinkedHashMap<>();
            for (String name : names) {
                data.put(
                        name,
                        archive.points(name, from, to, step).stream()
                                .map(point -> new double[] {point.seconds() * 1_000.0, point.value()})
                                .toList());
            }
            return new Points(step, data);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a sample that is being taken: a thread that is interrupted in its file would close that. */
    @Override
    public void close() {
        thread.shutdown();
        lock.lock();
        try {
            closed = true;
            for (Archive archive : archives) {
                archive.close();
            }
        } catch (IOException e) {
            LOG.warn("the history of the figures could not be closed: {}", e.toString());
        } finally {
            lock.unlock();
        }
    }
}
