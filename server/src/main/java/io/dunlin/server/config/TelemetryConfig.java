package io.dunlin.server.config;

import com.typesafe.config.ConfigUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Metrics and traces for an OpenTelemetry collector. */
public record TelemetryConfig(
        @Setting(
                value = "Where a collector takes OTLP over HTTP, such as `http://127.0.0.1:4318`; without it nothing is"
                        + " sent, and nothing of it loaded",
                restart = true)
        Optional<String> endpoint,

        @Setting(value = "How often the metrics are sent", byDefault = "60s", min = "1s", max = "1h", restart = true)
        Duration interval,

        @Setting(value = "Whether metrics are sent", byDefault = "true", restart = true)
        boolean metrics,

        @Setting(
                value = "Whether messages with a user property `traceparent` that is sampled make spans",
                byDefault = "true",
                restart = true)
        boolean traces,

        @Setting(value = "The `service.name` of what is sent", byDefault = "dunlin", restart = true)
        String serviceName,

        @Setting(value = "Headers by name, such as `Authorization`; never shown", restart = true)
        Map<String, Secret> headers,

        @Setting(
                value = "Authorities that are trusted for https, in PEM, instead of those of the machine",
                restart = true)
        Optional<Path> cafile) {
    private static final String GROUP = "telemetry";
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> SET_BY_US =
            Set.of("connection", "content-encoding", "content-length", "content-type", "expect", "host", "upgrade");

    /** Tells what is wrong, by the setting's full name; a header's value is in no sentence. */
    void problems(BiConsumer<String, String> found) {
        endpoint.map(TelemetryConfig::problem)
                .filter(problem -> !problem.isEmpty())
                .ifPresent(problem -> found.accept(GROUP + ".endpoint", GROUP + ".endpoint " + problem));
        if (serviceName.isBlank()) {
            found.accept(GROUP + ".service-name", GROUP + ".service-name is empty: expected is a name such as dunlin");
        }
        headers.forEach((name, value) -> {
            String path = GROUP + ".headers." + ConfigUtil.joinPath(name);
            if (!HEADER.matcher(name).matches() || SET_BY_US.contains(name.toLowerCase(Locale.ROOT))) {
                found.accept(path, path + " is no header that can be set: expected is one such as Authorization");
            }
            if (value.value().chars().anyMatch(c -> c < ' ' || c > '~')) {
                found.accept(path, path + " has a character that no header may have: expected is one line of ASCII");
            }
        });
    }

    /** Empty where it is an address that can be used. What may hold a password is not shown. */
    private static String problem(String url) {
        try {
            URI address = new URI(url);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (address.getUserInfo() != null) {
                return "has a user or a password in it: give a header, such as telemetry.headers.Authorization";
            }
            String path = String.valueOf(address.getPath());
            if (path.endsWith("/v1/metrics") || path.endsWith("/v1/traces")) {
                return "= " + url + " is the address of one kind of data: leave /v1/metrics or /v1/traces out";
            }
            boolean plain = address.getQuery() == null && address.getFragment() == null && address.getHost() != null;
            if (plain && (scheme.equals("http") || scheme.equals("https"))) {
                return "";
            }
        } catch (URISyntaxException e) { // told below
            return "is no address: expected is one such as http://127.0.0.1:4318";
        }
        return "is no address of a collector: expected is one such as http://127.0.0.1:4318 or https://HOST/PATH";
    }
}
