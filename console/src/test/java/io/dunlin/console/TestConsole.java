package io.dunlin.console;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.broker.port.Sink;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Role;
import io.dunlin.console.metrics.Compat;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.console.port.Commands;
import io.dunlin.console.port.Figures;
import io.dunlin.console.port.Health;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditLog;
import io.dunlin.security.password.HashPolicy;
import io.dunlin.security.password.Hashing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A console over real HTTP with a broker whose commands are lambdas. */
final class TestConsole implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();
    private static final Clock CLOCK = Clock.system();

    /** What a command was asked. */
    record Asked(String command, JsonNode arguments, Actor who) {}

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<String> unready = new CopyOnWriteArrayList<>();
    final Map<String, BiFunction<JsonNode, Actor, Object>> commands = new LinkedHashMap<>();
    final Accounts accounts;
    final String password;
    final HttpClient client = HttpClient.newHttpClient();
    final Console.Parts parts;
    private final Console console;

    TestConsole() throws IOException {
        this(options(Optional.empty()));
    }

    TestConsole(ConsoleOptions options) throws IOException {
        accounts = Accounts.open(Optional.empty(), cheap(), CLOCK);
        parts = new Console.Parts(
                new Known(), health(), figures(), this::metrics, accounts, AuditLog.none(CLOCK), CLOCK);
        console = Console.start(options, parts);
        password = accounts.createFirst().orElseThrow();
        commands.put("console.password", (arguments, who) -> {
            accounts.setPassword(
                    arguments.path("username").asString(),
                    arguments.path("password").asString(),
                    Optional.empty(),
                    arguments.has("version")
                            ? OptionalLong.of(arguments.path("version").asLong())
                            : OptionalLong.empty());
            return "done";
        });
    }

    static Hashing cheap() {
        Hashing.Limits like = Hashing.Limits.DEFAULT;
        return new Hashing(
                new Hashing.Limits(
                        like.hashingMax(),
                        like.memoryMibMax(),
                        like.waitingMax(),
                        like.waitSecondsMax(),
                        like.rememberedMax(),
                        like.rememberedSeconds(),
                        new HashPolicy(64, 1)),
                CLOCK);
    }

    static ConsoleOptions options(Optional<ConsoleOptions.Tls> tls) {
        return new ConsoleOptions(
                "127.0.0.1", 0, tls, List.of("console.example"), true, Duration.ofHours(1), Set.of(Compat.values()));
    }

    private Health health() {
        return new Health() {
            @Override
            public List<String> unready() {
                return unready;
            }

            @Override
            public String node() {
                return "test";
            }
        };
    }

    final List<Sink> sinks = new CopyOnWriteArrayList<>();

    private Figures figures() {
        return new Figures() {
            @Override
            public Map<String, Double> now() {
                return Map.of();
            }

            @Override
            public boolean grows(String name) {
                return false;
            }

            @Override
            public void add(Sink sink) {
                sinks.add(sink);
            }

            @Override
            public void remove(Sink sink) {
                sinks.remove(sink);
            }
        };
    }

    private MetricSet metrics() {
        LatencyHistogram syncs = new LatencyHistogram();
        syncs.record(2_000_000);
        syncs.record(2_000_000_000);
        return new MetricSet()
                .counter("dunlin_bytes_total", "Bytes", 5, "direction", "received")
                .counter("dunlin_bytes_total", "Bytes", 7, "direction", "sent")
                .gauge("dunlin_info", "Which", 1, "version", "a\"b")
                .histogram("dunlin_store_sync_seconds", "Syncs", syncs, MetricSet.Steps.LATENCY);
    }

    private final class Known implements Commands {
        @Override
        public boolean has(String name) {
            return commands.containsKey(name);
        }

        @Override
        public JsonNode run(String name, JsonNode arguments, Actor who) {
            asked.add(new Asked(name, arguments, who));
            return JSON.valueToTree(
                    commands.getOrDefault(name, (a, w) -> "done").apply(arguments, who));
        }
    }

    String url(String path) {
        return console.url().replaceAll("/$", "") + path;
    }

    /** A new key; once for each role. */
    String key(Role role) {
        return accounts.createKey("for-" + role.text(), role, Optional.empty(), "test")
                .key();
    }

    /** A request; headers are name, value, name, value. */
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        List<String> all = new ArrayList<>(List.of(headers));
        for (int i = 0; i + 1 < all.size(); i += 2) {
            request.header(all.get(i), all.get(i + 1));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> login(String name, String password) throws IOException, InterruptedException {
        return send("POST", "/api/v1/login", JSON.writeValueAsString(Map.of("username", name, "password", password)));
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        console.close();
        client.close();
    }
}
