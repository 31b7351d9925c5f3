package io.dunlin.console.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.console.metrics.MetricSet.Steps;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class MetricTextTest {
    private static MetricSet some() {
        LatencyHistogram times = new LatencyHistogram();
        times.record(900_000);
        times.record(90_000_000_000L);
        return new MetricSet()
                .counter("a_total", "Bytes\nof a", 5, "direction", "received")
                .counter("a_total", "Bytes\nof a", 1.5, "direction", "s\"\\")
                .gauge("b", "B", -2)
                .histogram("c_seconds", "C", times, Steps.LATENCY, "level", "disk");
    }

    @Test
    void prometheusText() {
        assertThat(MetricText.of(some(), false))
                .startsWith("""
                        # HELP a_total Bytes\\nof a
                        # TYPE a_total counter
                        a_total{direction="received"} 5
                        a_total{direction="s\\"\\\\"} 1.5
                        # HELP b B
                        # TYPE b gauge
                        b -2
                        """)
                .contains("c_seconds_bucket{level=\"disk\",le=\"0.0005\"} 0\n")
                .contains("c_seconds_bucket{level=\"disk\",le=\"0.00001\"} 0\n")
                .contains("c_seconds_bucket{level=\"disk\",le=\"0.001\"} 1\n")
                .contains("c_seconds_bucket{level=\"disk\",le=\"0.0025\"} 1\n")
                .contains("c_seconds_bucket{level=\"disk\",le=\"10\"} 1\n")
                .contains("c_seconds_bucket{level=\"disk\",le=\"+Inf\"} 2\n")
                .contains("c_seconds_sum{level=\"disk\"} 90.0009\n")
                .contains("c_seconds_count{level=\"disk\"} 2\n")
                .doesNotContain("# EOF");
    }

    @Test
    void agesGoOnForDays() {
        LatencyHistogram ages = new LatencyHistogram();
        ages.record(3_600_000_000_000L);
        assertThat(MetricText.of(new MetricSet().histogram("d_seconds", "D", ages, Steps.AGE), false))
                .contains("d_seconds_bucket{le=\"2500\"} 0\n", "d_seconds_bucket{le=\"5000\"} 1\n")
                .contains("d_seconds_sum 3600\n");
    }

    @Test
    void openMetricsNamesTheFamilyWithoutTotal() {
        assertThat(MetricText.of(some(), true))
                .contains("# TYPE a counter\na_total{direction=\"received\"} 5\n")
                .endsWith("# EOF\n");
    }

    @Test
    void othersNamesHaveOurValues() {
        MetricSet our = new MetricSet()
                .gauge("dunlin_clients_connected", "", 3)
                .gauge("dunlin_sessions", "", 5)
                .counter("dunlin_bytes_total", "", 7, "direction", "received")
                .counter("dunlin_bytes_total", "", 9, "direction", "sent");
        Compat.addAll(EnumSet.allOf(Compat.class), our);
        assertThat(MetricText.of(our, false))
                .contains("\nbroker_clients_disconnected 2\n", "\nbroker_bytes_sent 9\n", "\nemqx_bytes_received 7\n")
                .contains("# TYPE emqx_bytes_received untyped");
    }
}
