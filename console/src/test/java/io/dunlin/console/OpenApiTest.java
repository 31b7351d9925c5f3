package io.dunlin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.console.account.Role;
import io.dunlin.console.http.Route;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The contract and the routes say the same, and each route asks for the role that the contract says. */
@Timeout(60)
class OpenApiTest {
    private TestConsole console;
    private Map<String, Operation> contract;

    /** What is compared. */
    private record Operation(String role, String command, Set<String> fields) {}

    @BeforeEach
    void start() throws IOException, InterruptedException {
        console = new TestConsole();
        contract = operations(document());
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private Map<String, Object> document() throws IOException, InterruptedException {
        HttpResponse<String> served = console.send("GET", "/api-docs", "");
        return map(new Load(LoadSettings.builder().build()).loadFromString(served.body()));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    private static Map<String, Operation> operations(Map<String, Object> document) {
        Map<String, Operation> all = new TreeMap<>();
        map(document.get("paths"))
                .forEach((path, methods) -> map(methods).forEach((method, value) -> {
                    Map<String, Object> operation = map(value);
                    Set<String> fields = new TreeSet<>();
                    for (Object parameter : (Collection<?>) operation.getOrDefault("parameters", List.of())) {
                        Map<String, Object> it = map(parameter);
                        if (it.containsKey("$ref")) {
                            fields.add(String.valueOf(it.get("$ref")).replaceAll(".*/", ""));
                        } else if ("query".equals(it.get("in"))) {
                            fields.add(String.valueOf(it.get("name")));
                        }
                    }
                    Map<String, Object> content =
                            map(map(operation.get("requestBody")).get("content"));
                    Map<String, Object> schema =
                            map(map(content.get("application/json")).get("schema"));
                    fields.addAll(map(schema.get("properties")).keySet());
                    all.put(
                            method.toUpperCase(Locale.ROOT) + " " + path,
                            new Operation(
                                    String.valueOf(operation.getOrDefault("x-role", "")),
                                    String.valueOf(operation.getOrDefault("x-command", "")),
                                    fields));
                }));
        return all;
    }

    @Test
    void contractAndRoutesAreTheSame() {
        Map<String, Operation> routes = new TreeMap<>();
        for (Route route : Console.routes(TestConsole.options(Optional.empty()), console.parts)) {
            routes.put(
                    route.method() + " " + route.template(),
                    new Operation(
                            route.role().map(Role::text).orElse(""), route.command(), new TreeSet<>(route.fields())));
        }
        assertThat(routes).hasSizeGreaterThan(50).containsExactlyEntriesOf(contract);
    }

    @Test
    void eachRouteAsksForItsRole() throws Exception {
        Map<Role, String> keys = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            keys.put(role, "Bearer " + console.key(role));
        }
        int checked = 0;
        for (Map.Entry<String, Operation> entry : contract.entrySet()) {
            String method = entry.getKey().substring(0, entry.getKey().indexOf(' '));
            String path = entry.getKey().substring(method.length() + 1).replaceAll("\\{[a-z_]+}", "1");
            String needed = entry.getValue().role();
            if (needed.isEmpty() || path.endsWith("/subscribe") && method.equals("GET")) {
                continue;
            }
            assertThat(console.send(method, path, "").statusCode())
                    .as(entry.getKey())
                    .isEqualTo(401);
            for (Role role : Role.values()) {
                int status = console.send(method, path, "", "Authorization", String.valueOf(keys.get(role)))
                        .statusCode();
                if (role.covers(Role.of(needed).orElseThrow())) {
                    assertThat(status).as(entry.getKey() + " as " + role).isNotIn(401, 403, 404, 405);
                } else {
                    assertThat(status).as(entry.getKey() + " as " + role).isEqualTo(403);
                }
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(150);
    }

    @Test
    void referencesOfTheContractLeadSomewhere() throws Exception {
        Map<String, Object> document = document();
        TreeSet<String> broken = new TreeSet<>();
        references(document, document, broken);
        assertThat(broken).isEmpty();
    }

    private static void references(Object node, Map<String, Object> document, Set<String> broken) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                @Nullable Object at = document;
                for (String part : reference.substring(2).split("/")) {
                    at = map(at).get(part);
                }
                if (at == null) {
                    broken.add(reference);
                }
            }
            map.values().forEach(value -> references(value, document, broken));
        } else if (node instanceof Collection<?> list) {
            list.forEach(value -> references(value, document, broken));
        }
    }
}
