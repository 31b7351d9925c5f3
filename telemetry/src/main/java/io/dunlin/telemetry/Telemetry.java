package io.dunlin.telemetry;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.console.metrics.MetricSet;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The export to a collector. Thread: any, one at a time; {@link #tracing} is for the shards. */
public final class Telemetry implements AutoCloseable {
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);
    private static final Duration CLOSE_OUTAGE_MAX = Duration.ofMillis(200);

    private final TelemetryOptions options;
    private final Clock clock;
    private final Exporters exporters;
    private final Resource resource;
    private final @Nullable Spans spans;
    private @Nullable SdkMeterProvider metrics;

    private Telemetry(TelemetryOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
        this.exporters = new Exporters(options);
        this.resource = Origin.of(options);
        this.spans = options.traces() ? new Spans(exporters, resource, options.version(), clock) : null;
    }

    /**
     * Begins; nothing is sent before there is something.
     *
     * @throws IllegalArgumentException where the authorities cannot be used
     */
    public static Telemetry start(TelemetryOptions options, Clock clock) {
        SdkLog.install();
        return new Telemetry(options, clock);
    }

    /** Who follows messages; null where there are to be no traces. */
    public @Nullable PublishTracing tracing() {
        return spans;
    }

    /** From now on these are sent at the interval. */
    public void measure(Supplier<MetricSet> figures) {
        if (!options.metrics()) {
            return;
        }
        Spans traced = spans;
        Supplier<MetricSet> all = traced == null ? figures : () -> traced.addTo(figures.get());
        metrics = SdkMeterProvider.builder()
                .setResource(resource)
                .registerMetricProducer(new Points(all, clock))
                .registerMetricReader(PeriodicMetricReader.builder(exporters.metrics())
                        .setInterval(options.interval())
                        .build())
                .build();
    }

    /** Sends what is left, for two seconds at the most: what a collector does not take until then is lost. */
    @Override
    public void close() {
        Duration atMost = exporters.outage().isDown() ? CLOSE_OUTAGE_MAX : CLOSE_MAX;
        exporters.outage().close();
        Thread closing = Thread.ofPlatform().name("telemetry-close").daemon().start(this::flush);
        try {
            closing.join(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The SDK waits for the collector in here, longer than we do. */
    private void flush() {
        CompletableResultCode traces = spans == null ? CompletableResultCode.ofSuccess() : spans.shutdown();
        if (metrics != null) {
            metrics.shutdown();
        }
        traces.join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
}
