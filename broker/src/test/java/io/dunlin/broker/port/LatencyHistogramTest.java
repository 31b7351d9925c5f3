package io.dunlin.broker.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final long SEED = Long.getLong("seed", 20261123);

    @Test
    void countsWithinOneTwoAndAHalfAndFiveOfEachPowerOfTenAreExactAndSoIsTheSum() {
        Random random = new Random(SEED);
        long[] all = new long[20_000];
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) Math.pow(10, random.nextDouble() * 16);
            histogram.record(all[i]);
        }
        assertThat(histogram.count()).isEqualTo(all.length);
        assertThat(histogram.sumNanos())
                .as("seed %d", SEED)
                .isEqualTo(Arrays.stream(all).sum());
        for (long power = 10; power <= 10_000_000_000_000_000L; power *= 10) {
            for (long bound : new long[] {power, power / 10 * 25, power * 5}) {
                assertThat(histogram.countWithin(bound))
                        .as("within %d, seed %d", bound, SEED)
                        .isEqualTo(
                                Arrays.stream(all).filter(each -> each <= bound).count());
            }
        }
    }

    @Test
    void percentilesAreAtMostAQuarterTooHigh() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long nanos = i < 50 ? i : (long) Math.pow(10, random.nextDouble() * 17);
            LatencyHistogram histogram = new LatencyHistogram();
            histogram.record(nanos);
            assertThat(histogram.percentile(0.5))
                    .as("seed %d", SEED)
                    .isBetween(nanos, nanos + Math.max(nanos / 4, nanos < 4 ? 0 : 1));
        }
    }

    @Test
    void theEndsAreNotLost() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(-5);
        histogram.record(0);
        assertThat(histogram.percentile(1)).isZero();
        assertThat(histogram.countWithin(0)).isEqualTo(2);
        LatencyHistogram other = new LatencyHistogram();
        other.record(Long.MAX_VALUE);
        histogram.add(other);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.percentile(1)).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.sumNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void nothingIsNothing() {
        assertThat(new LatencyHistogram().percentile(0.99)).isZero();
        assertThat(new LatencyHistogram().sumNanos()).isZero();
    }
}
