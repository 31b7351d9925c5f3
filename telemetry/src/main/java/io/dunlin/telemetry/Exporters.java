package io.dunlin.telemetry;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Makes what sends to the collector, and tells the outage how each sending went. */
final class Exporters {
    /** For one sending, repetitions included. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final String GZIP = "gzip";

    private final TelemetryOptions options;
    private final Optional<byte[]> authorities;
    private final Outage outage;

    /** @throws IllegalArgumentException where the authorities cannot be read */
    Exporters(TelemetryOptions options) {
        this.options = options;
        this.authorities = options.cafile().map(Exporters::read);
        this.outage = new Outage(options.endpoint());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cafile " + file + " cannot be read", e);
        }
    }

    Outage outage() {
        return outage;
    }

    /** Metrics that are lost are in the next ones: nothing is repeated. */
    MetricExporter metrics() {
        OtlpHttpMetricExporterBuilder builder = OtlpHttpMetricExporter.builder()
                .setEndpoint(options.endpoint() + "/v1/metrics")
                .setTimeout(TIMEOUT)
                .setConnectTimeout(CONNECT_TIMEOUT)
                .setRetryPolicy(null)
                .setCompression(GZIP);
        options.headers().forEach(builder::addHeader);
        authorities.ifPresent(builder::setTrustedCertificates);
        return new Metrics(builder.build(), outage);
    }

    /** @param done told how many spans have left, sent or lost */
    SpanExporter spans(IntConsumer done) {
        OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
                .setEndpoint(options.endpoint() + "/v1/traces")
                .setTimeout(TIMEOUT)
                .setConnectTimeout(CONNECT_TIMEOUT)
                .setMeterProvider(MeterProvider.noop())
                .setCompression(GZIP);
        options.headers().forEach(builder::addHeader);
        authorities.ifPresent(builder::setTrustedCertificates);
        return new Traces(builder.build(), outage, done);
    }

    private record Metrics(MetricExporter to, Outage outage) implements MetricExporter {
        @Override
        public CompletableResultCode export(Collection<MetricData> metrics) {
            return outage.watch("metrics", to.export(metrics));
        }

        @Override
        public CompletableResultCode flush() {
            return to.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return to.shutdown();
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType instrument) {
            return to.getAggregationTemporality(instrument);
        }
    }

    private record Traces(SpanExporter to, Outage outage, IntConsumer done) implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int count = spans.size();
            return outage.watch("traces", to.export(spans)).whenComplete(() -> done.accept(count));
        }

        @Override
        public CompletableResultCode flush() {
            return to.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return to.shutdown();
        }
    }
}
