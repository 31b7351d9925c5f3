package io.dunlin.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says of all that is sent which program, where, it comes from. */
final class Origin {
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    private Origin() {}

    static Resource of(TelemetryOptions options) {
        String host = host();
        AttributesBuilder attributes = Attributes.builder()
                .put("service.name", options.serviceName())
                .put("service.version", options.version())
                .put("service.instance.id", host.isEmpty() ? options.node() : options.node() + "@" + host);
        if (!host.isEmpty()) {
            attributes.put("host.name", host);
        }
        return Resource.getDefault().merge(Resource.create(attributes.build()));
    }

    /** Without asking a name server; "" where the system does not tell. */
    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException e) { // not on Linux
            String named = System.getenv("HOSTNAME");
            return named == null ? "" : named;
        }
    }
}
