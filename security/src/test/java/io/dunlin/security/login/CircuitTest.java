package io.dunlin.security.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.Circuit.Limits;
import io.dunlin.security.login.Circuit.Unavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CircuitTest {
    private static final Limits LIMITS = new Limits(2, 2, Duration.ofSeconds(3), 3, Duration.ofSeconds(5));

    private final ManualClock clock = new ManualClock();
    private final Circuit circuit = new Circuit("ldap", LIMITS, clock);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(Circuit.class)).addAppender(log);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(Circuit.class)).detachAppender(log);
    }

    @Test
    void runsWorkOnThreadsOfItsOwn() throws Exception {
        Thread thread =
                circuit.call(Thread::currentThread).toCompletableFuture().get();
        assertThat(thread.getName()).startsWith("back-end-ldap-");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(circuit.figures()).isEqualTo(new Circuit.Figures(1, 0, 0, 0, 0, false));
    }

    @Test
    void opensAfterFailuresInARowAndTriesOnceAfterAPause() {
        fails(new IOException("no route"), IOException.class);
        fails(new IOException("no route"), IOException.class);
        works();
        for (int i = 0; i < 3; i++) {
            assertThat(circuit.figures().open()).isFalse();
            fails(new IOException("no\nroute"), IOException.class);
        }
        assertThat(circuit.figures().open()).isTrue();
        fails(new IOException("is not even tried"), Unavailable.class);
        pass(Duration.ofSeconds(5));

        CompletableFuture<String> trial = new CompletableFuture<>();
        CompletionStage<String> first = circuit.follow(() -> trial);
        fails(new IOException("one is enough"), Unavailable.class);
        trial.completeExceptionally(new IOException("still away"));
        assertThat(first.toCompletableFuture()).isCompletedExceptionally();
        fails(new IOException("is not even tried"), Unavailable.class);
        pass(Duration.ofSeconds(5));
        works();
        works();
        assertThat(circuit.figures().open()).isFalse();
        assertThat(circuit.figures().turnedAway()).isEqualTo(3);
    }

    @Test
    void saysOnceThatItFailsAndOnceThatItWorksAgain() {
        for (int i = 0; i < 3; i++) {
            fails(new IOException("no\nroute"), IOException.class);
        }
        pass(Duration.ofSeconds(60));
        fails(new IOException("no route"), IOException.class);
        pass(Duration.ofSeconds(60));
        works();
        works();
        assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly(
                        "ldap fails: no route; who depends on it is refused until it answers",
                        "ldap answers again after 120 s; 4 calls failed");
    }

    @Test
    void oneOddQuestionKeepsNobodyElseOut() {
        for (int i = 0; i < 20; i++) {
            fails(new IllegalStateException("two entries"), IllegalStateException.class);
        }
        works();
        assertThat(circuit.figures()).isEqualTo(new Circuit.Figures(21, 20, 0, 0, 0, false));
        assertThat(log.list).hasSize(1);
    }

    @Test
    void whoComesTooManyWaitsForATurnOrIsTurnedAway() {
        List<CompletableFuture<String>> begun = new ArrayList<>();
        List<CompletableFuture<String>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(circuit.follow(() -> {
                        CompletableFuture<String> answer = new CompletableFuture<>();
                        begun.add(answer);
                        return answer;
                    })
                    .toCompletableFuture());
        }
        assertThat(begun).hasSize(2);
        assertThat(circuit.figures()).isEqualTo(new Circuit.Figures(2, 0, 1, 2, 2, false));
        assertThatThrownBy(asked.get(4)::get).hasCauseInstanceOf(Unavailable.class);
        begun.getFirst().complete("a");
        assertThat(begun).hasSize(3);
        pass(Duration.ofSeconds(3));
        begun.get(1).complete("b");
        assertThat(begun).hasSize(3);
        assertThatThrownBy(asked.get(3)::get).hasCauseInstanceOf(Unavailable.class);
        begun.get(2).complete("c");
        assertThat(asked.subList(0, 3)).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(circuit.figures()).isEqualTo(new Circuit.Figures(3, 0, 2, 0, 0, false));
    }

    @Test
    void whoWaitsWhenItOpensIsTurnedAway() {
        List<CompletableFuture<String>> begun = new ArrayList<>();
        List<CompletableFuture<String>> asked = new ArrayList<>();
        fails(new IOException("1"), IOException.class);
        fails(new IOException("2"), IOException.class);
        for (int i = 0; i < 4; i++) {
            asked.add(circuit.follow(() -> {
                        CompletableFuture<String> answer = new CompletableFuture<>();
                        begun.add(answer);
                        return answer;
                    })
                    .toCompletableFuture());
        }
        begun.getFirst().completeExceptionally(new IOException("3"));
        assertThat(begun).hasSize(2);
        assertThat(asked.subList(2, 4)).allSatisfy(answer -> assertThat(answer).isCompletedExceptionally());
        assertThat(asked.get(1)).isNotDone();
    }

    private void pass(Duration time) {
        clock.advance(time);
    }

    private void works() {
        assertThat(circuit.follow(() -> CompletableFuture.completedStage("yes")).toCompletableFuture())
                .isCompletedWithValue("yes");
    }

    private void fails(Exception failure, Class<? extends Throwable> expected) {
        CompletableFuture<String> answer = circuit.<String>call(() -> {
                    throw failure;
                })
                .toCompletableFuture();
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Unavailable.class)
                .hasRootCauseInstanceOf(expected);
    }
}
