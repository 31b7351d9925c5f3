package io.dunlin.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.console.metrics.MetricSet;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointsTest {
    private static List<MetricData> some() {
        LatencyHistogram times = new LatencyHistogram();
        times.record(900_000);
        times.record(90_000_000_000L);
        MetricSet figures = new MetricSet()
                .counter("a_bytes_total", "Bytes of a", 5, "direction", "received")
                .counter("a_bytes_total", "Bytes of a", 1.5, "direction", "sent")
                .gauge("b", "B", -2)
                .histogram("c_seconds", "C", times, MetricSet.Steps.LATENCY, "level", "disk");
        return List.copyOf(new Points(() -> figures, Clock.system()).produce(Resource.empty()));
    }

    @Test
    void countersGrowAndLoseTheirEnding() {
        MetricData data = some().get(0);
        assertThat(data.getName()).isEqualTo("a_bytes");
        assertThat(data.getUnit()).isEqualTo("By");
        assertThat(data.getDescription()).isEqualTo("Bytes of a");
        assertThat(data.getDoubleSumData().isMonotonic()).isTrue();
        assertThat(data.getDoubleSumData().getPoints())
                .extracting(DoublePointData::getValue)
                .containsExactly(5.0, 1.5);
        assertThat(data.getDoubleSumData().getPoints().iterator().next().getAttributes())
                .isEqualTo(Attributes.builder().put("direction", "received").build());
    }

    @Test
    void gaugesAreGauges() {
        assertThat(some().get(1).getDoubleGaugeData().getPoints())
                .extracting(DoublePointData::getValue)
                .containsExactly(-2.0);
    }

    @Test
    void histogramsHaveABucketForWhatIsAboveAllBounds() {
        MetricData data = some().get(2);
        assertThat(data.getUnit()).isEqualTo("s");
        HistogramPointData point =
                data.getHistogramData().getPoints().iterator().next();
        assertThat(point.getCount()).isEqualTo(2);
        assertThat(point.getCounts()).hasSize(point.getBoundaries().size() + 1);
        assertThat(point.getCounts().getLast()).isEqualTo(1);
        assertThat(point.getCounts().stream().mapToLong(Long::longValue).sum()).isEqualTo(2);
        assertThat(point.getSum()).isEqualTo(90.0009);
    }
}
