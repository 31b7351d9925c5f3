package io.dunlin.console.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.history.History.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    private static final long START = 1_767_225_600_000L; // a whole hour
    private static final List<Series> SERIES = List.of(new Series("gauge", false), new Series("counter", true));

    private final Map<String, Double> figures = new HashMap<>(Map.of("gauge", 0.0, "counter", 0.0));
    private long millis = START;
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return millis * 1_000_000;
        }

        @Override
        public long wallMillis() {
            return millis;
        }
    };

    private History open(Optional<Path> folder, List<Series> series) throws IOException {
        return History.open(folder, series, () -> Map.copyOf(figures), clock);
    }

    private static List<double[]> of(History.Points points, String name) {
        return Optional.ofNullable(points.data().get(name)).orElseThrow();
    }

    /** Ten seconds each; the gauge says how many have passed, the counter grows by 50. */
    private void pass(History history, int samples) {
        for (int i = 0; i < samples; i++) {
            millis += 10_000;
            figures.merge("gauge", 1.0, Double::sum);
            figures.merge("counter", 50.0, Double::sum);
            history.sample();
        }
    }

    @Test
    void aCounterIsShownAsItsRate() throws IOException {
        try (History history = open(Optional.empty(), SERIES)) {
            pass(history, 4);
            History.Points points = history.points(List.of("gauge", "counter", "unknown"), START, millis, 10);
            assertThat(points.step()).isEqualTo(10);
            assertThat(of(points, "gauge"))
                    .containsExactly(
                            new double[] {START + 10_000, 1},
                            new double[] {START + 20_000, 2},
                            new double[] {START + 30_000, 3},
                            new double[] {START + 40_000, 4});
            assertThat(of(points, "counter"))
                    .hasSize(3)
                    .allSatisfy(point -> assertThat(point[1]).isEqualTo(5));
            assertThat(of(points, "unknown")).isEmpty();
        }
    }

    @Test
    void whatIsOlderIsCoarser() throws IOException {
        try (History history = open(Optional.empty(), SERIES)) {
            pass(history, 6 * 60 * 30); // 30 hours
            assertThat(history.points(List.of("gauge"), millis - 3_500_000, millis, 10)
                            .step())
                    .isEqualTo(10);
            assertThat(history.points(List.of("gauge"), millis - 80_000_000, millis, 10)
                            .step())
                    .isEqualTo(120);
            History.Points week = history.points(List.of("gauge"), START, millis, 10);
            assertThat(week.step()).isEqualTo(900);
            assertThat(of(week, "gauge")).hasSizeBetween(120, 121);
            double[] second = of(week, "gauge").get(1); // 90 samples from the 90th on
            assertThat(second[0]).isEqualTo(START + 900_000);
            assertThat(second[1]).isBetween(134.0, 135.0);
        }
    }

    @Test
    void itOutlivesARestartAndNewSeries(@TempDir Path folder) throws IOException {
        try (History history = open(Optional.of(folder), SERIES)) {
            pass(history, 5);
        }
        List<Series> more = List.of(new Series("new", false), SERIES.get(0), SERIES.get(1));
        try (History again = open(Optional.of(folder), more)) {
            assertThat(again.points(List.of("gauge"), START, millis, 10).data().get("gauge"))
                    .hasSize(5);
            assertThat(again.points(List.of("new"), START, millis, 10).data().get("new"))
                    .isEmpty();
        }
    }

    @Test
    void aDamagedFileIsBegunAnew(@TempDir Path folder) throws IOException {
        try (History history = open(Optional.of(folder), SERIES)) {
            pass(history, 5);
        }
        Path file = folder.resolve("history/10s.bin");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        try (History again = open(Optional.of(folder), SERIES)) {
            assertThat(again.points(List.of("gauge"), START, millis, 10).data().get("gauge"))
                    .isEmpty();
            pass(again, 2);
            assertThat(again.points(List.of("gauge"), START, millis, 10).data().get("gauge"))
                    .hasSize(2);
        }
        assertThat(Files.size(file)).isEqualTo(bytes.length);
    }

    @Test
    void aSampleUnderWayIsKeptWhenItIsClosed(@TempDir Path folder) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        History history = History.open(
                Optional.of(folder),
                List.of(new Series("gauge", false)),
                () -> {
                    asked.countDown();
                    awaitUninterrupted(answered);
                    return Map.of("gauge", 7.0);
                },
                clock);
        history.start();
        asked.await();
        Thread closing = Thread.ofVirtual().start(history::close);
        await().until(() -> closing.getState() == Thread.State.WAITING);
        answered.countDown();
        closing.join();
        try (History again = open(Optional.of(folder), List.of(new Series("gauge", false)))) {
            assertThat(of(again.points(List.of("gauge"), START - 10_000, START + 10_000, 10), "gauge"))
                    .containsExactly(new double[] {START, 7});
        }
    }

    /** As the figures do: it is their thread's own business that it is interrupted. */
    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
