package io.dunlin.telemetry;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a span of each message that is followed. The shards only put a record into a queue that has no lock; a thread of its own empties
 * it four times a second, so that a shard never wakes anybody. What waits, here or for the collector, is bounded: the rest is dropped and
 * counted. Thread: any.
 */
final class Spans implements PublishTracing {
    private static final Logger LOG = LoggerFactory.getLogger(Spans.class);
    private static final String SCOPE = "io.dunlin";
    private static final int UNSENT_MAX = 8_192;
    private static final int BATCH_MAX = 512;
    private static final long EMPTY_MILLIS = 250;
    private static final long TOLD_NANOS_MIN = TimeUnit.MINUTES.toNanos(1);
    private static final int NAME_CHARS_MAX = 256;
    private static final int ATTRIBUTE_CHARS_MAX = 1_024;

    private final Clock clock;
    private final io.opentelemetry.sdk.common.Clock wall = io.opentelemetry.sdk.common.Clock.getDefault();
    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final Queue<Followed> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unsent = new AtomicInteger(); // waiting, with the SDK, or on their way
    private final AtomicLong dropped = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("telemetry").daemon().factory());
    private volatile boolean closed;
    private long toldDropped; // these two: on its thread
    private long toldNanos;

    private record Followed(TraceFields fields, Published message) {}

    Spans(Exporters exporters, Resource resource, String version, Clock clock) {
        this.clock = clock;
        provider = SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporters.spans(count -> unsent.addAndGet(-count)))
                        .setMaxQueueSize(UNSENT_MAX)
                        .setMaxExportBatchSize(BATCH_MAX)
                        .setScheduleDelay(Duration.ofSeconds(1))
                        .setExporterTimeout(Exporters.TIMEOUT.multipliedBy(2))
                        .build())
                .build();
        tracer =
                provider.tracerBuilder(SCOPE).setInstrumentationVersion(version).build();
        toldNanos = clock.nanos() - TOLD_NANOS_MIN;
        thread.scheduleWithFixedDelay(this::guarded, EMPTY_MILLIS, EMPTY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public @Nullable Trace traceOf(Properties properties) {
        TraceFields fields = TraceFields.of(properties);
        return fields == null ? null : message -> take(fields, message);
    }

    private void take(TraceFields fields, Published message) {
        if (closed) {
            return;
        }
        if (unsent.incrementAndGet() > UNSENT_MAX) {
            unsent.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        waiting.add(new Followed(fields, message));
    }

    /** Adds what it counts itself. */
    MetricSet addTo(MetricSet figures) {
        return figures.counter("dunlin_telemetry_spans_dropped_total", "Spans that were not sent", dropped.get());
    }

    private void guarded() {
        try {
            empty();
            tellDropped();
        } catch (RuntimeException e) { // one bad message does not end the others
            unsent.decrementAndGet();
            LOG.warn("a message could not be made a span", e);
        }
    }

    private void empty() {
        long wallMinusNanos = wall.now() - clock.nanos();
        Followed next = waiting.poll();
        while (next != null) {
            span(next, wallMinusNanos);
            next = waiting.poll();
        }
    }

    private void span(Followed followed, long wallMinusNanos) {
        Context parent =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), followed.fields(), TraceFields.GETTER);
        if (!Span.fromContext(parent).getSpanContext().isValid()) { // nothing like it in there after all
            unsent.decrementAndGet();
            return;
        }
        Published message = followed.message();
        String topic = message.topic().text();
        SpanBuilder builder = tracer.spanBuilder("publish " + cut(topic, NAME_CHARS_MAX))
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(wallMinusNanos + message.beganNanos(), TimeUnit.NANOSECONDS)
                .setAttribute("messaging.system", "mqtt")
                .setAttribute("messaging.operation.name", "publish")
                .setAttribute("messaging.destination.name", cut(topic, ATTRIBUTE_CHARS_MAX))
                .setAttribute("messaging.client.id", cut(message.clientId(), ATTRIBUTE_CHARS_MAX))
                .setAttribute("messaging.message.body.size", message.payloadBytes())
                .setAttribute("messaging.mqtt.qos", message.qos().value())
                .setAttribute("messaging.mqtt.retain", message.retain())
                .setAttribute("messaging.mqtt.receivers", message.receivers());
        Span span = builder.startSpan();
        outcome(span, message);
        span.end(wallMinusNanos + message.endedNanos(), TimeUnit.NANOSECONDS);
    }

    private static void outcome(Span span, Published message) {
        ReasonCode reason = message.reason();
        if (reason == null) {
            span.setAttribute("error.type", "connection_lost");
            span.setStatus(StatusCode.ERROR, "the publisher had gone before it was answered");
            return;
        }
        span.setAttribute("messaging.mqtt.reason_code", reason.value());
        if (reason.isError()) {
            span.setAttribute("error.type", reason.name());
            span.setStatus(StatusCode.ERROR, "refused with " + reason.name());
        }
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax);
    }

    private void tellDropped() {
        long now = dropped.get();
        if (now > toldDropped && clock.nanos() - toldNanos >= TOLD_NANOS_MIN) {
            LOG.warn(
                    "{} spans were dropped: the collector takes them more slowly than messages with a traceparent come; have"
                            + " publishers sample fewer of them",
                    now - toldDropped);
            toldDropped = now;
            toldNanos = clock.nanos();
        }
    }

    /** Takes no more and sends what is left; done when that is done. */
    CompletableResultCode shutdown() {
        closed = true;
        thread.shutdown();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        guarded();
        return provider.shutdown();
    }
}
