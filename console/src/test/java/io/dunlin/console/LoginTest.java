package io.dunlin.console;

import static io.dunlin.console.TestConsole.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.console.account.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logging in, over real HTTP. */
@Timeout(60)
class LoginTest {
    private TestConsole console;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole();
        console.commands.put("status", (arguments, who) -> "fine");
        console.commands.put("clients.kick", (arguments, who) -> "kicked");
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private static String cookie(HttpResponse<String> login) {
        return login.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
    }

    @Test
    void theFirstPasswordLetsTheAdminIn() throws Exception {
        HttpResponse<String> login = console.login("admin", console.password);
        assertThat(login.statusCode()).isEqualTo(200);
        assertThat(json(login).path("role").asString()).isEqualTo("admin");
        assertThat(login.headers().firstValue("set-cookie").orElseThrow())
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=3600")
                .doesNotContain("Secure");
        assertThat(console.send("GET", "/api/v1/status", "", "Cookie", cookie(login))
                        .statusCode())
                .isEqualTo(200);
        assertThat(console.send(
                                "GET",
                                "/api/v1/status",
                                "",
                                "Authorization",
                                "Bearer " + json(login).path("token").asString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutALoginNothingIsShown() throws Exception {
        HttpResponse<String> refused = console.send("GET", "/api/v1/status", "");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused).path("code").asString()).isEqualTo("UNAUTHORIZED");
        assertThat(console.send("GET", "/api/v1/status", "", "Cookie", "dunlin_session=guess")
                        .statusCode())
                .isEqualTo(401);
        assertThat(console.asked).isEmpty();
    }

    @Test
    void aWrongPasswordIsRefusedAndThenSlowedDown() throws Exception {
        HttpResponse<String> wrong = console.login("admin", "wrong-password");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(json(wrong).path("code").asString()).isEqualTo("BAD_USERNAME_OR_PWD");
        assertThat(wrong.headers().firstValue("set-cookie")).isEmpty();
        for (int i = 0; i < 5; i++) {
            console.login("admin", "wrong-password");
        }
        assertThat(console.login("admin", console.password).statusCode()).isEqualTo(429);
    }

    @Test
    void aCookieAloneChangesNothing() throws Exception {
        HttpResponse<String> login = console.login("admin", console.password);
        String cookie = cookie(login);
        HttpResponse<String> forged = console.send("DELETE", "/api/v1/clients/a", "", "Cookie", cookie);
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(json(forged).path("code").asString()).isEqualTo("CSRF");
        assertThat(console.asked).isEmpty();
        HttpResponse<String> shown = console.send(
                "DELETE",
                "/api/v1/clients/a",
                "",
                "Cookie",
                cookie,
                "X-CSRF-Token",
                json(login).path("csrf").asString());
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(console.asked).singleElement().satisfies(asked -> {
            assertThat(asked.arguments().path("clientid").asString()).isEqualTo("a");
            assertThat(asked.who().toString()).isEqualTo("admin (console)");
        });
    }

    @Test
    void aPageOfAnotherSiteMayNotEvenLogIn() throws Exception {
        HttpResponse<String> other = console.send(
                "POST",
                "/api/v1/login",
                "{\"username\":\"admin\",\"password\":\"" + console.password + "\"}",
                "Origin",
                "http://evil.example");
        assertThat(other.statusCode()).isEqualTo(403);
    }

    /** Its pages come over TLS, and it speaks plain HTTP with us. */
    @Test
    void behindAProxyThatSpeaksTlsOneMayLogIn() throws Exception {
        HttpResponse<String> login = console.send(
                "POST",
                "/api/v1/login",
                "{\"username\":\"admin\",\"password\":\"" + console.password + "\"}",
                "Origin",
                console.url("").replace("http:", "https:"));
        assertThat(login.statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsNotLoggedInSendsLittle() throws Exception {
        HttpResponse<String> refused = console.login("admin", "x".repeat(20_000));
        assertThat(refused.statusCode()).isEqualTo(413);
    }

    @Test
    void whoAmITellsTheCsrfTokenAgain() throws Exception {
        HttpResponse<String> login = console.login("admin", console.password);
        HttpResponse<String> who = console.send("GET", "/api/v1/whoami", "", "Cookie", cookie(login));
        assertThat(json(who).path("username").asString()).isEqualTo("admin");
        assertThat(json(who).path("csrf")).isEqualTo(json(login).path("csrf"));
    }

    @Test
    void logoutEndsTheLogin() throws Exception {
        HttpResponse<String> login = console.login("admin", console.password);
        String token = "Bearer " + json(login).path("token").asString();
        assertThat(console.send("POST", "/api/v1/logout", "", "Authorization", token)
                        .statusCode())
                .isEqualTo(204);
        assertThat(console.send("GET", "/api/v1/whoami", "", "Authorization", token)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void anotherPasswordEndsTheOtherLogins() throws Exception {
        String elsewhere = "Bearer "
                + json(console.login("admin", console.password)).path("token").asString();
        String token = "Bearer "
                + json(console.login("admin", console.password)).path("token").asString();
        String body = "{\"old_password\":\"%s\",\"new_password\":\"another-password\"}";
        assertThat(console.send("POST", "/api/v1/password", body.formatted("wrong"), "Authorization", token)
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> changed =
                console.send("POST", "/api/v1/password", body.formatted(console.password), "Authorization", token);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(console.send("GET", "/api/v1/whoami", "", "Authorization", elsewhere)
                        .statusCode())
                .isEqualTo(401);
        assertThat(console.login("admin", "another-password").statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyHasItsRoleAndIsGoneWhenItIsDeleted() throws Exception {
        String key = "Bearer " + console.key(Role.VIEWER);
        assertThat(console.send("GET", "/api/v1/status", "", "Authorization", key)
                        .statusCode())
                .isEqualTo(200);
        assertThat(console.asked.getFirst().who().toString()).isEqualTo("for-viewer (api key)");
        assertThat(console.send("DELETE", "/api/v1/clients/a", "", "Authorization", key)
                        .statusCode())
                .isEqualTo(403);
        console.accounts.deleteKey("for-viewer");
        assertThat(console.send("GET", "/api/v1/status", "", "Authorization", key)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void anotherRoleHoldsAtOnce() throws Exception {
        console.accounts.setPassword("eve", "long-enough", Optional.of(Role.OPERATOR));
        String token = "Bearer "
                + json(console.login("eve", "long-enough")).path("token").asString();
        console.accounts.setPassword("eve", "long-enough", Optional.of(Role.VIEWER));
        assertThat(console.send("DELETE", "/api/v1/clients/a", "", "Authorization", token)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aNameThatIsNotOursIsNotAnswered() throws Exception {
        assertThat(raw("localhost")).contains(" 200 ");
        assertThat(raw("console.example:80")).contains(" 200 ");
        assertThat(raw("[::1]:18083")).contains(" 200 ");
        assertThat(raw("rebound.example")).contains(" 421 ");
    }

    private String raw(String host) throws IOException {
        URI url = URI.create(console.url("/"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            String request = "GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(10_000);
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return String.valueOf(answer.readLine());
        }
    }
}
