package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.config.TelemetryConfig;
import io.dunlin.telemetry.Telemetry;
import io.dunlin.telemetry.TelemetryOptions;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes the export to a collector. A broker without one loads nothing of it. Thread: one at a time. */
final class TelemetryDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryDoor.class);

    private final @Nullable Telemetry telemetry;

    private TelemetryDoor(@Nullable Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Where none is configured it stays shut; where it cannot be opened the broker does without. */
    static TelemetryDoor open(ServerConfig config, Clock clock) {
        if (config.telemetry().endpoint().isEmpty()) {
            return new TelemetryDoor(null);
        }
        try {
            return new TelemetryDoor(Telemetry.start(options(config), clock));
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.warn(
                    "nothing is sent to the collector: {}; see telemetry.endpoint and telemetry.cafile",
                    e.getMessage());
            return new TelemetryDoor(null);
        }
    }

    private static TelemetryOptions options(ServerConfig config) {
        TelemetryConfig telemetry = config.telemetry();
        Map<String, String> headers = telemetry.headers().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().value()));
        return new TelemetryOptions(
                telemetry.endpoint().orElseThrow(),
                telemetry.interval(),
                telemetry.metrics(),
                telemetry.traces(),
                telemetry.serviceName(),
                Version.text(),
                config.node().name(),
                headers,
                telemetry.cafile());
    }

    /** For the broker; null where nobody follows messages. */
    @Nullable
    PublishTracing tracing() {
        return telemetry == null ? null : telemetry.tracing();
    }

    /** From now on the figures are sent. */
    void measure(Measures measures) {
        if (telemetry != null) {
            telemetry.measure(measures::metrics);
        }
    }

    /** Sends what is left, for a moment. */
    @Override
    public void close() {
        if (telemetry != null) {
            telemetry.close();
        }
    }
}
