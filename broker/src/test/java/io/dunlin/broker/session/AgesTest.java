package io.dunlin.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgesTest {
    private static final long SEED = Long.getLong("seed", 20261124);
    private static final long SECOND = 1_000_000_000L;

    private final Ages ages = new Ages();
    private final ArrayDeque<Long> truth = new ArrayDeque<>();
    private long now = -5 * SECOND;

    private void add() {
        ages.add(now);
        truth.add(now);
    }

    private void remove() {
        ages.removeOldest();
        truth.remove();
    }

    private double age() {
        return (now - ages.oldestNanos()) / (double) SECOND;
    }

    private double trueAge() {
        return (now - truth.element()) / (double) SECOND;
    }

    @Test
    void anEvenStreamIsKnownAlmostExactly() {
        for (int i = 0; i < 100_000; i++) {
            add();
            now += SECOND / 100;
        }
        now += 500 * SECOND;
        while (truth.size() > 1) {
            assertThat(age()).isBetween(trueAge() * 0.999, trueAge() * 1.001);
            remove();
        }
    }

    @Test
    void whatComesAsItLikesIsKnownWithinAQuarterOfTheOldest() {
        Random random = new Random(SEED);
        for (int round = 0; round < 30; round++) {
            double oldest = 0;
            for (int burst = 0; burst < 50; burst++) {
                for (int i = random.nextInt(200); i >= 0; i--) {
                    add();
                    now += random.nextInt(1_000_000);
                }
                now += (long) (Math.pow(10, random.nextDouble() * 4) * SECOND / 100);
                oldest = Math.max(oldest, trueAge());
                for (int i = random.nextInt(100); i > 0 && !truth.isEmpty(); i--) {
                    remove();
                }
                if (truth.isEmpty()) {
                    oldest = 0;
                } else {
                    assertThat(age()).as("seed %d", SEED).isBetween(trueAge() - oldest / 4, trueAge() + oldest / 4);
                }
            }
            while (!truth.isEmpty()) {
                assertThat(age()).as("seed %d", SEED).isBetween(trueAge() - oldest / 4, trueAge() + oldest / 4);
                remove();
            }
        }
    }

    @Test
    void aSilenceBetweenTwoBurstsIsSeen() {
        for (int i = 0; i < 200; i++) {
            add();
            now += SECOND / 1_000;
        }
        now += 3_600 * SECOND;
        for (int i = 0; i < 200; i++) {
            add();
            now += SECOND / 1_000;
        }
        while (truth.size() > 1) {
            assertThat(age()).isBetween(trueAge() - 0.02, trueAge() + 0.02);
            remove();
        }
    }

    @Test
    void aQueueThatNeverRunsEmptyForgetsHowOldItWas() {
        add();
        now += 86_400 * SECOND;
        for (int i = 0; i < 1_000; i++) {
            add();
            now += SECOND / 1_000;
        }
        while (truth.size() > 50) { // the client is back
            remove();
        }
        for (int i = 0; i < 10_000; i++) {
            add();
            remove();
            now += SECOND / 1_000;
        }
        assertThat(trueAge()).isBetween(0.049, 0.052);
        assertThat(age()).isBetween(0.04, 0.06);
    }

    @Test
    void oneThatLeavesFromTheMiddleMakesOthersOlderAtMost() {
        for (int i = 0; i < 100; i++) {
            ages.add(now);
            now += SECOND;
        }
        for (int i = 0; i < 99; i++) {
            ages.removeOther();
        }
        assertThat(age()).isEqualTo(100);
        ages.removeOldest();
        ages.add(now);
        assertThat(age()).isZero();
    }

    @Test
    void whatAnEarlierRunLeftIsAsOldAsThisRun() {
        ages.restore(10, now);
        now += 7 * SECOND;
        ages.add(now);
        now += SECOND;
        for (int i = 0; i < 9; i++) {
            ages.removeOldest();
            assertThat(age()).isBetween(1.0, 8.0);
        }
        ages.removeOldest();
        assertThat(age()).isEqualTo(1);
    }
}
