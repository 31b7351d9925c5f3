package io.dunlin.server.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadAveragesTest {
    private final AtomicLong total = new AtomicLong(1_000);
    private final LoadAverages loads = new LoadAverages();

    LoadAveragesTest() {
        loads.add("load/x", total::get);
    }

    private Map<String, String> collect() {
        Map<String, String> values = new LinkedHashMap<>();
        loads.collect(values);
        return values;
    }

    @Test
    void startsAtZeroWhateverWasCountedBefore() {
        assertThat(collect())
                .containsExactly(
                        Map.entry("load/x/1min", "0.00"),
                        Map.entry("load/x/5min", "0.00"),
                        Map.entry("load/x/15min", "0.00"));
    }

    @Test
    void followsMosquittosFormula() {
        total.addAndGet(100); // in 10 s: 600 a minute
        loads.update(Duration.ofSeconds(10));
        assertThat(collect())
                .containsEntry("load/x/1min", String.format("%.2f", 600 * (1 - Math.exp(-10 / 60.0))))
                .containsEntry("load/x/5min", String.format("%.2f", 600 * (1 - Math.exp(-10 / 300.0))))
                .containsEntry("load/x/15min", String.format("%.2f", 600 * (1 - Math.exp(-10 / 900.0))));
        assertThat(collect()).containsEntry("load/x/1min", "92.11");
    }

    @Test
    void comesToTheRateAndForgetsIt() {
        for (int i = 0; i < 600; i++) {
            total.addAndGet(50);
            loads.update(Duration.ofSeconds(10));
        }
        assertThat(collect()).containsEntry("load/x/1min", "300.00").containsEntry("load/x/5min", "300.00");
        loads.update(Duration.ofHours(6));
        assertThat(collect().values()).containsOnly("0.00");
    }
}
