package io.dunlin.console.api;

import io.dunlin.console.http.Call;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Route;
import io.dunlin.console.port.Health;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What watchers ask without a login, and the contract of the API. */
public final class HealthRoutes {
    private static final String CONTRACT = "/io/dunlin/console/openapi.yaml";

    private final Health health;

    public HealthRoutes(Health health) {
        this.health = health;
    }

    public List<Route> all() {
        return List.of(
                open("/status", this::status),
                open("/health/live", call -> Reply.ok(Map.of("status", "alive"))),
                open("/health/ready", this::status),
                open("/health/started", call -> Reply.ok(Map.of("status", "started"))),
                open("/api-docs", call -> Reply.bytes(200, "application/yaml", contract())));
    }

    private static Route open(String path, Route.Handler handler) {
        return new Route("GET", path, Optional.empty(), List.of(), "", handler);
    }

    private Reply status(Call call) {
        List<String> reasons = health.unready();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", reasons.isEmpty() ? "running" : "unready");
        answer.put("node", health.node());
        if (!reasons.isEmpty()) {
            answer.put("reasons", reasons);
        }
        return Reply.json(reasons.isEmpty() ? 200 : 503, answer);
    }

    private static byte[] contract() {
        try (InputStream in = HealthRoutes.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks " + CONTRACT);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
