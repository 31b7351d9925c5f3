package io.dunlin.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where to and what. Its text shows no header, which may hold secrets.
 *
 * @param endpoint of a collector that takes OTLP over HTTP; the paths {@code /v1/metrics} and {@code /v1/traces} come after it
 * @param interval between two exports of the metrics
 * @param traces whether messages with a trace make spans
 * @param node the broker's name
 * @param headers sent as they are
 * @param cafile authorities that are trusted instead of the machine's, in PEM
 */
public record TelemetryOptions(
        String endpoint,
        Duration interval,
        boolean metrics,
        boolean traces,
        String serviceName,
        String version,
        String node,
        Map<String, String> headers,
        Optional<Path> cafile) {

    public TelemetryOptions {
        endpoint = endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "TelemetryOptions[" + endpoint + "]";
    }
}
