package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.dunlin.server.control.LogLines.Line;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecentLogTest {
    private final Logger logger = new LoggerContext().getLogger("io.dunlin.x.Y");
    private final RecentLog log = new RecentLog();

    private void say(Level level, String message, @Nullable Throwable thrown, Object... arguments) {
        log.doAppend(new LoggingEvent("", logger, level, message, thrown, arguments));
    }

    private List<Line> lines() {
        return log.lines();
    }

    @Test
    void aLineIsWhatTheLogShowsInOneLine() {
        log.start();
        say(Level.WARN, "client {} is\r\nodd\u001b[2J", new IllegalStateException("first\nsecond"), "press");
        assertThat(lines()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("warn");
            assertThat(line.logger()).isEqualTo("Y");
            assertThat(line.text()).isEqualTo("client press is odd [2J | java.lang.IllegalStateException: first");
        });
    }

    @Test
    void theOldestGoWhereThereAreTooMany() {
        log.start();
        for (int i = 0; i < RecentLog.LINES_MAX + 10; i++) {
            say(Level.INFO, "line " + i, null);
        }
        assertThat(lines()).hasSize(RecentLog.LINES_MAX);
        assertThat(lines().getFirst().text()).isEqualTo("line 10");
        assertThat(lines().getLast().text()).isEqualTo("line " + (RecentLog.LINES_MAX + 9));
    }

    @Test
    void longLinesAreCutAndTakeNoMoreThanTheirRoom() {
        log.start();
        for (int i = 0; i < RecentLog.LINES_MAX; i++) {
            say(Level.INFO, "x".repeat(60_000), new IllegalStateException("y".repeat(60_000)));
        }
        long chars = lines().stream().mapToLong(line -> line.text().length()).sum();
        assertThat(2 * chars).isBetween(RecentLog.BYTES_MAX / 2L, (long) RecentLog.BYTES_MAX);
        assertThat(lines().getFirst().text()).hasSizeLessThan(RecentLog.TEXT_MAX + RecentLog.EXCEPTION_MAX + 10);
    }

    @Test
    void manyThreadsLoseNothingThatHasRoom() throws InterruptedException {
        log.start();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 250; j++) {
                    say(Level.INFO, "line", null);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(lines()).extracting(Line::number).doesNotHaveDuplicates().hasSize(1_000);
    }
}
