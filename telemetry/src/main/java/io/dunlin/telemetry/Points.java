package io.dunlin.telemetry;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.console.metrics.MetricSet;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Our figures as the SDK sends them: under the names of {@code /metrics}, of which a collector makes these again for Prometheus. Thread:
 * that of the SDK's reader.
 */
final class Points implements MetricProducer {
    private static final double NANOS = 1e9;
    private static final String TOTAL = "_total";

    private final Supplier<MetricSet> figures;
    private final Clock clock;
    private final long startNanos; // since 1970, as the SDK wants it

    Points(Supplier<MetricSet> figures, Clock clock) {
        this.figures = figures;
        this.clock = clock;
        this.startNanos = now();
    }

    private long now() {
        return TimeUnit.MILLISECONDS.toNanos(clock.wallMillis());
    }

    @Override
    public Collection<MetricData> produce(Resource resource) {
        long now = now();
        List<MetricData> all = new ArrayList<>();
        for (MetricSet.Family family : figures.get().families()) {
            all.add(data(resource, family, now));
        }
        return all;
    }

    private MetricData data(Resource resource, MetricSet.Family family, long now) {
        String name = family.name().endsWith(TOTAL)
                ? family.name().substring(0, family.name().length() - TOTAL.length())
                : family.name();
        return switch (family.kind()) {
            case COUNTER ->
                new FigureData(
                        resource,
                        name,
                        family.help(),
                        unit(name),
                        MetricDataType.DOUBLE_SUM,
                        SumData.createDoubleSumData(true, AggregationTemporality.CUMULATIVE, points(family, now)));
            case GAUGE, UNKNOWN ->
                new FigureData(
                        resource,
                        name,
                        family.help(),
                        unit(name),
                        MetricDataType.DOUBLE_GAUGE,
                        GaugeData.createDoubleGaugeData(points(family, now)));
            case HISTOGRAM ->
                new FigureData(
                        resource,
                        name,
                        family.help(),
                        unit(name),
                        MetricDataType.HISTOGRAM,
                        HistogramData.create(AggregationTemporality.CUMULATIVE, histograms(family, now)));
        };
    }

    /** The name has it, as Prometheus wants it; OpenTelemetry wants UCUM. */
    private static String unit(String name) {
        if (name.endsWith("_seconds")) {
            return "s";
        }
        return name.endsWith("_bytes") ? "By" : "";
    }

    private List<DoublePointData> points(MetricSet.Family family, long now) {
        return family.samples().stream()
                .map(sample ->
                        DoublePointData.create(startNanos, now, attributes(sample.labels()), sample.value(), List.of()))
                .toList();
    }

    private List<HistogramPointData> histograms(MetricSet.Family family, long now) {
        List<HistogramPointData> points = new ArrayList<>();
        for (MetricSet.Sample sample : family.samples()) {
            LatencyHistogram times = sample.times();
            if (times != null) {
                points.add(histogram(times, sample, now));
            }
        }
        return points;
    }

    private HistogramPointData histogram(LatencyHistogram times, MetricSet.Sample sample, long now) {
        List<Double> bounds = sample.steps().bounds();
        List<Long> counts = new ArrayList<>(bounds.size() + 1);
        long below = 0;
        for (double bound : bounds) {
            long within = Math.max(below, times.countWithin(Math.round(bound * NANOS)));
            counts.add(within - below);
            below = within;
        }
        counts.add(Math.max(0, times.count() - below));
        return HistogramPointData.create(
                startNanos,
                now,
                attributes(sample.labels()),
                times.sumNanos() / NANOS,
                false,
                0,
                false,
                0,
                bounds,
                counts);
    }

    private static Attributes attributes(List<String> labels) {
        AttributesBuilder attributes = Attributes.builder();
        for (int i = 0; i + 1 < labels.size(); i += 2) {
            attributes.put(labels.get(i), labels.get(i + 1));
        }
        return attributes.build();
    }
}
