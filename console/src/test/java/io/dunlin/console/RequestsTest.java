package io.dunlin.console;

import static io.dunlin.console.TestConsole.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.console.account.Role;
import io.dunlin.console.port.Commands;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Requests and answers, over real HTTP. */
@Timeout(60)
class RequestsTest {
    private TestConsole console;
    private String admin;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole();
        admin = "Bearer " + console.key(Role.ADMIN);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return console.send("GET", path, "", "Authorization", admin);
    }

    @Test
    void eachAnswerHasTheHeadersThatKeepBrowsersSafe() throws Exception {
        for (String path : List.of("/", "/status", "/api/v1/whoami", "/nothing", "/api/v1/nothing")) {
            assertThat(get(path).headers().map())
                    .containsKeys("content-security-policy", "x-content-type-options", "referrer-policy");
            assertThat(get(path).headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
        }
    }

    @Test
    void healthSaysWhyNot() throws Exception {
        assertThat(console.send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
        console.unready.add("the store has failed");
        HttpResponse<String> unready = console.send("GET", "/health/ready", "");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(unready.body()).contains("the store has failed");
        assertThat(console.send("GET", "/status", "").statusCode()).isEqualTo(503);
        assertThat(console.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aListHasPagesOrderAndFilters() throws Exception {
        console.commands.put(
                "bans.list",
                (arguments, who) -> List.of(
                        Map.of("kind", "client", "subject", "b"),
                        Map.of("kind", "user", "subject", "c"),
                        Map.of("kind", "client", "subject", "a")));
        JsonNode first = json(get("/api/v1/banned?kind=client&sort=subject&limit=1"));
        assertThat(first.path("data").path(0).path("subject").asString()).isEqualTo("a");
        assertThat(first.path("meta").toString()).isEqualTo("{\"page\":1,\"limit\":1,\"count\":2,\"hasnext\":true}");
        JsonNode last = json(get("/api/v1/banned?kind=client&sort=-subject&limit=1&page=2"));
        assertThat(last.path("data").path(0).path("subject").asString()).isEqualTo("a");
        assertThat(last.path("meta").path("hasnext").asBoolean()).isFalse();
        assertThat(get("/api/v1/banned?limit=1001").statusCode()).isEqualTo(400);
        assertThat(get("/api/v1/banned?limt=1").body()).contains("limt", "limit");
    }

    @Test
    void whatThePathNamesIsDecodedOnce() throws Exception {
        console.commands.put("retained.show", (arguments, who) -> Map.of());
        get("/api/v1/retained/plant%2Fline+1%2F%252F");
        assertThat(console.asked.getFirst().arguments().path("topic").asString())
                .isEqualTo("plant/line+1/%2F");
    }

    @Test
    void theBodyCannotNameAnotherThanThePath() throws Exception {
        console.commands.put("users.password", (arguments, who) -> "bob");
        HttpResponse<String> sneaky = console.send(
                "PUT", "/api/v1/users/bob/password", "{\"user\":\"alice\",\"password\":\"x\"}", "Authorization", admin);
        assertThat(sneaky.statusCode()).isEqualTo(400);
        assertThat(console.asked).isEmpty();
    }

    @Test
    void rulesAreShownToOperatorsOnly() throws Exception {
        console.commands.put(
                "why", (arguments, who) -> Map.of("reason", "publish_denied", "rule", List.of("deny alice cmd/#")));
        for (Role role : Role.values()) {
            JsonNode answer = json(console.send(
                    "GET", "/api/v1/why?clientid=a&topic=t", "", "Authorization", "Bearer " + keyOf(role)));
            assertThat(answer.path("reason").asString()).isEqualTo("publish_denied");
            assertThat(answer.path("rule")).hasSize(role == Role.VIEWER ? 0 : 1);
        }
    }

    private String keyOf(Role role) {
        return role == Role.ADMIN ? admin.substring("Bearer ".length()) : console.key(role);
    }

    @Test
    void whatIsAskedForReachesTheCommand() throws Exception {
        console.commands.put("shared_groups.list", (arguments, who) -> Map.of());
        console.commands.put("clients.events", (arguments, who) -> Map.of());
        get("/api/v1/shared_groups?group=g");
        assertThat(console.asked.getLast().arguments().path("share_group").asString())
                .isEqualTo("g");
        assertThat(get("/api/v1/clients/a/events?sort=at").statusCode()).isEqualTo(400);
        get("/api/v1/clients/a/events?page=2&limit=5");
        assertThat(console.asked.getLast().arguments().path("page").asString()).isEqualTo("2");
    }

    @Test
    void fieldsAreNamedAsInTheApi() throws Exception {
        console.commands.put("status", (arguments, who) -> Map.of("dataFolder", "/d", "lastReloadProblems", List.of()));
        assertThat(json(get("/api/v1/status")).path("data_folder").asString()).isEqualTo("/d");
    }

    @Test
    void failuresHaveTheirStatusAndSentence() throws Exception {
        console.commands.put("clients.show", (arguments, who) -> {
            throw new Commands.Failed("NOT_FOUND", "no client x is known");
        });
        HttpResponse<String> unknown = get("/api/v1/clients/x");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).path("message").asString()).isEqualTo("no client x is known");
        console.commands.put("clients.list", (arguments, who) -> {
            throw new IllegalStateException("a secret of the inside");
        });
        HttpResponse<String> fault = get("/api/v1/clients");
        assertThat(fault.statusCode()).isEqualTo(500);
        assertThat(fault.body()).doesNotContain("secret");
        assertThat(get("/api/v1/stats").statusCode()).isEqualTo(501);
        assertThat(console.send("PATCH", "/api/v1/clients", "", "Authorization", admin)
                        .headers()
                        .firstValue("allow"))
                .contains("GET");
        assertThat(console.send("POST", "/api/v1/banned", "{", "Authorization", admin)
                        .statusCode())
                .isEqualTo(400);
        assertThat(console.send("POST", "/api/v1/banned", "[]", "Authorization", admin)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void pagesAndTheirLibraryComeFromTheProgram() throws Exception {
        HttpResponse<String> library = console.send("GET", "/lib/preact/dist/preact.module.js", "");
        assertThat(library.statusCode()).isEqualTo(200);
        assertThat(library.headers().firstValue("content-type").orElseThrow()).startsWith("text/javascript");
        String tag = library.headers().firstValue("etag").orElseThrow();
        assertThat(console.send("GET", "/lib/preact/dist/preact.module.js", "", "If-None-Match", tag)
                        .statusCode())
                .isEqualTo(304);
        assertThat(console.send("HEAD", "/lib/preact/dist/preact.module.js", "").statusCode())
                .isEqualTo(200);
        for (String outside : List.of(
                "/../openapi.yaml",
                "/%2e%2e/openapi.yaml",
                "/..%2fopenapi.yaml",
                "/lib/preact/../../../../MANIFEST.MF",
                "/lib/unknown/x.js",
                "/.git/config",
                "/Pages.class")) {
            assertThat(console.send("GET", outside, "").statusCode())
                    .as(outside)
                    .isIn(400, 404);
        }
    }
}
