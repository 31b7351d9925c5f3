package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private final TestClock clock = new TestClock();
    private final Notices notices = new Notices(clock);
    private final List<String> lines = new ArrayList<>();

    NoticesTest() {
        notices.listener((limit, line) -> lines.add(line));
    }

    @Test
    void oneLineForOneClientInTenSeconds() {
        for (int i = 0; i < 1_000; i++) {
            notices.tell("flapping", "x", () -> "x flaps");
        }
        assertThat(lines).containsExactly("x flaps");
        notices.tell("login-backoff", "x", () -> "x guesses");
        assertThat(lines).containsExactly("x flaps", "x guesses");
        clock.pass(Duration.ofSeconds(10));
        notices.tell("flapping", "x", () -> "x flaps");
        assertThat(lines.getLast()).isEqualTo("x flaps; 999 more like it in between");
    }

    @Test
    void manyClientsDoNotFillTheLog() {
        for (int i = 0; i < 100_000; i++) {
            notices.tell("flapping", i, () -> "it flaps");
        }
        assertThat(lines).hasSize(Notices.LINES_PER_SECOND);
        clock.pass(Duration.ofSeconds(1));
        notices.tell("flapping", -1, () -> "another");
        assertThat(lines.getLast())
                .isEqualTo("another; " + (100_000 - Notices.LINES_PER_SECOND) + " about others were left out");
    }

    @Test
    void namesAreShownSafely() {
        assertThat(Notices.shown("press-7")).isEqualTo("\"press-7\"");
        assertThat(Notices.shown("a\nb\u001b[31m\"c\u0085")).isEqualTo("\"a?b?[31m?c?\"");
        assertThat(Notices.shown("x".repeat(65_535))).hasSize(64 + 5);
    }
}
