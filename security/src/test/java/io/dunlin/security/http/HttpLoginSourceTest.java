package io.dunlin.security.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.certificate.Made;
import io.dunlin.security.http.HttpSettings.Method;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.LoginAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real HTTP server: right, wrong, slow, down, malformed, huge, half-open, and back again. */
class HttpLoginSourceTest {
    static final Duration LONG = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private TestService service = new TestService();
    private final List<HttpLoginSource> sources = new ArrayList<>();

    @AfterEach
    void stop() {
        sources.forEach(HttpLoginSource::close);
        service.close();
    }

    static HttpSettings settings(String url, Method method, Map<String, String> body, Duration timeout) {
        return new HttpSettings(
                url,
                method,
                Map.of("X-Key", "k"),
                body,
                timeout,
                100,
                1_000,
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                100,
                1_000_000,
                Duration.ofSeconds(5));
    }

    private static HttpSettings remembering(String url, int concurrentMax, int failuresMax) {
        return new HttpSettings(
                url,
                Method.POST,
                Map.of(),
                Map.of("clientid", "${clientid}", "username", "${username}", "password", "${password}"),
                LONG,
                concurrentMax,
                1_000,
                Optional.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                3,
                failuresMax,
                Duration.ofSeconds(5));
    }

    private HttpLoginSource open(HttpSettings settings) {
        HttpLoginSource source = new HttpLoginSource("http", settings, clock);
        sources.add(source);
        return source;
    }

    private HttpLoginSource open(String path, Method method, Map<String, String> body) {
        return open(settings(service.url(path), method, body, LONG));
    }

    static Credentials credentials(String clientId, @Nullable String username, @Nullable String password) {
        return new Credentials(
                clientId,
                username,
                password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                new ConnectionInfo("tcp", "tcp", new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711), null));
    }

    @Test
    void aClientWithoutAUserNameIsNobody() {
        HttpLoginSource source = open("/", Method.POST, Map.of("u", "${username}"));
        service.answers(200, "{\"result\":\"allow\",\"is_superuser\":true}");
        assertThat(check(source, credentials("c", null, "secret"))).isSameAs(LoginAnswer.UNKNOWN);
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
        service.answers(200, "{\"result\":\"deny\"}");
        assertThat(check(source, credentials("c", null, "secret"))).isInstanceOf(LoginAnswer.Refused.class);
    }

    private static LoginAnswer check(HttpLoginSource source, String clientId) {
        return check(source, credentials(clientId, "ada", "secret"));
    }

    private static LoginAnswer check(HttpLoginSource source, Credentials credentials) {
        return source.check(credentials).toCompletableFuture().join();
    }

    private static void assertRefused(LoginAnswer answer, ReasonCode reason) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        LoginAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|{\"result\":\"allow\"}|in",
                "200|{\"result\":\"allow\",\"is_superuser\":false,\"more\":[1]}|in",
                "204||in",
                "200|{\"result\":\"deny\"}|BAD_USER_NAME_OR_PASSWORD",
                "200|{\"result\":\"deny\",\"is_superuser\":true}|BAD_USER_NAME_OR_PASSWORD",
                "401||BAD_USER_NAME_OR_PASSWORD",
                "403|{\"result\":\"allow\"}|BAD_USER_NAME_OR_PASSWORD",
                "200|{\"result\":\"allow\",\"expire_at\":1}|BAD_USER_NAME_OR_PASSWORD",
                "200|{\"result\":\"ignore\"}|unknown",
                "200||SERVER_UNAVAILABLE",
                "200|allow|SERVER_UNAVAILABLE",
                "200|[]|SERVER_UNAVAILABLE",
                "200|{}|SERVER_UNAVAILABLE",
                "200|{\"result\":true}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"ALLOW\"}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"allow\"} {}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"deny\",\"result\":\"allow\"}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"allow\",\"is_superuser\":\"true\"}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"allow\",\"acl\":[{\"permission\":\"deny\"}]}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"allow\",\"client_attrs\":{\"a\":{}}}|SERVER_UNAVAILABLE",
                "200|{\"result\":\"allow\",\"expire_at\":\"soon\"}|SERVER_UNAVAILABLE",
                "201|{\"result\":\"allow\"}|SERVER_UNAVAILABLE",
                "302|{\"result\":\"allow\"}|SERVER_UNAVAILABLE",
                "404|{\"result\":\"allow\"}|SERVER_UNAVAILABLE",
                "429||SERVER_UNAVAILABLE",
                "500|{\"result\":\"allow\"}|SERVER_UNAVAILABLE",
                "503||SERVER_UNAVAILABLE",
            })
    void takesEachAnswerForWhatItIs(int status, String body, String expected) {
        service.answers(status, body == null ? "" : body);

        LoginAnswer answer = check(open("/login", Method.POST, Map.of("u", "${username}")), "c");

        switch (expected) {
            case "in" ->
                assertThat(answer)
                        .isInstanceOfSatisfying(
                                LoginAnswer.Accepted.class,
                                accepted -> assertThat(accepted.username()).isEqualTo("ada"));
            case "unknown" -> assertThat(answer).isEqualTo(LoginAnswer.UNKNOWN);
            default -> assertRefused(answer, ReasonCode.valueOf(expected));
        }
        assertThat(service.requests()).hasSize(1); // a redirect is not followed, nothing is asked twice
    }

    @Test
    void readsWhatComesWithALogin() {
        service.answers(200, """
            {"result": "allow", "is_superuser": true, "expire_at": 1900000000,
             "client_attrs": {"site": "s1", "floor": 4},
             "acl": [{"permission": "allow", "action": "publish", "topic": "a/#"}]}
            """);

        LoginAnswer answer = check(open("/", Method.POST, Map.of()), "c");

        assertThat(answer).isInstanceOfSatisfying(LoginAnswer.Accepted.class, accepted -> {
            assertThat(accepted.login().superuser()).isTrue();
            assertThat(accepted.login().endsAtMillis()).isEqualTo(1_900_000_000_000L);
            assertThat(accepted.login().attributes())
                    .containsOnly(Map.entry("client_attrs.site", "s1"), Map.entry("client_attrs.floor", "4"));
            assertThat(accepted.login().rules()).extracting(Rule::topics).containsExactly(List.of("a/#"));
            assertThat(accepted.login().source()).isEqualTo("http");
        });
    }

    @Test
    void sendsJsonWithWhateverClientsSayAsTexts() {
        HttpLoginSource source = open(
                "/login?k=v", Method.POST, Map.of("id", "${clientid}", "p", "<${password}>", "from", "${peerhost}"));

        check(source, credentials("a\"b\\c,\u00e9", null, "x\"},{\"admin\":\"1"));

        TestService.Request request = service.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/login?k=v");
        assertThat(request.contentType()).containsExactly("application/json");
        assertThat(BackendAnswer.JSON.readValue(request.body(), Object.class))
                .isEqualTo(Map.of("id", "a\"b\\c,\u00e9", "p", "<x\"},{\"admin\":\"1>", "from", "127.0.0.1"));
    }

    @Test
    void sendsFormsAndQueriesWithValuesThatStayWhereTheyStand() {
        HttpSettings form = new HttpSettings(
                service.url("/f"),
                Method.POST,
                Map.of("content-type", "application/x-www-form-urlencoded"),
                Map.of("u", "${username}"),
                LONG,
                10,
                1_000,
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                0,
                5,
                LONG);
        check(open(form), credentials("c", "a&u=b c", "p"));
        check(
                open("/users/${username}/${clientid}?x=1", Method.GET, Map.of("q", "${clientid}")),
                credentials("c&q=2#/?", "../a@host:80/..", "p"));

        assertThat(service.requests().get(0).body()).isEqualTo("u=a%26u%3Db%20c");
        assertThat(service.requests().get(1).method()).isEqualTo("GET");
        assertThat(service.requests().get(1).target())
                .isEqualTo("/users/..%2Fa%40host%3A80%2F../c%26q%3D2%23%2F%3F?x=1&q=c%26q%3D2%23%2F%3F");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void asksNothingWhereAValueWouldLeaveItsSegment(String username) {
        HttpLoginSource source = open("/users/${username}", Method.GET, Map.of());

        assertRefused(check(source, credentials("c", username, "p")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertRefused(check(source, credentials("c", "x".repeat(9_000), "p")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(service.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://${username}/x",
                "http://host:${username}/x",
                "http://${username}.example.org",
                "${username}",
                "http://user@host/x",
                "http://host/${nonsense}",
                "http://host/${topic}",
                "http://host/x#y",
                "ftp://host/x",
                "/login",
                "http://host\\@${username}/",
            })
    void refusesAddressesWhoseHostIsNotFixed(String url) {
        assertThatThrownBy(() -> open(settings(url, Method.GET, Map.of(), LONG)))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("authentication.http.url");
    }

    @Test
    void refusesHeadersThatCannotBeSent() {
        for (Map<String, String> headers :
                List.of(Map.of("Host", "x"), Map.of("X-A", "b\r\nX-C: d"), Map.of("Content-Type", "text/plain"))) {
            HttpSettings settings = new HttpSettings(
                    service.url("/"),
                    Method.POST,
                    headers,
                    Map.of(),
                    LONG,
                    1,
                    100,
                    Optional.empty(),
                    LONG,
                    LONG,
                    1,
                    1,
                    LONG);
            assertThatThrownBy(() -> open(settings)).isInstanceOf(InvalidSource.class);
            assertThat(settings.toString()).doesNotContain("X-C");
        }
        HttpSettings cafile = new HttpSettings(
                "https://localhost/",
                Method.POST,
                Map.of(),
                Map.of(),
                LONG,
                1,
                100,
                Optional.of(Path.of("/nonexistent.pem")),
                LONG,
                LONG,
                1,
                1,
                LONG);
        assertThatThrownBy(() -> open(cafile)).hasMessageContaining("/nonexistent.pem");
    }

    @Test
    void refusesWhereTheServiceIsDownSlowOrHuge() throws IOException {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        assertRefused(
                check(open(settings("http://127.0.0.1:" + nobody + "/", Method.GET, Map.of(), LONG)), "c"),
                ReasonCode.SERVER_UNAVAILABLE);

        service.answers(200, "{\"result\":\"allow\",\"x\":\"" + "y".repeat(1_000) + "\"}");
        assertRefused(check(open("/", Method.GET, Map.of()), "c"), ReasonCode.SERVER_UNAVAILABLE);

        service.hangs();
        HttpLoginSource impatient = open(settings(service.url("/"), Method.GET, Map.of(), Duration.ofMillis(50)));
        assertRefused(check(impatient, "c"), ReasonCode.SERVER_UNAVAILABLE);
        assertThat(impatient.figures().timedOut()).isEqualTo(1);
        assertThat(impatient.figures().failed()).isEqualTo(1);
        assertThat(impatient.figures().underWay()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\":"
            })
    void refusesWhereTheServiceBreaksOff(String sent) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        connections.incrementAndGet();
                        InputStream in = socket.getInputStream();
                        for (int last = 0, now; (now = in.read()) >= 0 && !(last == '\r' && now == '\r'); ) {
                            last = now == '\n' ? last : now;
                        }
                        in.readNBytes(1);
                        socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        return; // closed
                    }
                }
            });

            assertRefused(
                    check(
                            open(settings(
                                    "http://127.0.0.1:" + server.getLocalPort() + "/", Method.GET, Map.of(), LONG)),
                            "c"),
                    ReasonCode.SERVER_UNAVAILABLE);
            assertThat(connections.get()).isBetween(1, 3);
        }
    }

    @Test
    void givesUpOnAServiceThatDripsItsAnswer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()); // until it goes
                } catch (IOException e) {
                    Thread.currentThread().interrupt();
                }
            });
            HttpLoginSource source = open(settings(
                    "http://127.0.0.1:" + server.getLocalPort() + "/", Method.GET, Map.of(), Duration.ofMillis(100)));

            assertRefused(check(source, "c"), ReasonCode.SERVER_UNAVAILABLE);
            assertThat(source.figures().timedOut()).isEqualTo(1);
        }
    }

    @Test
    void remembersAnswersForTheirTimeAndNoMoreThanItMay() {
        HttpLoginSource source = open(remembering(service.url("/"), 100, 5));

        check(source, "c");
        check(source, "c");
        assertThat(service.requests()).hasSize(1);
        check(source, credentials("c", "ada", "other"));
        assertThat(service.requests()).hasSize(2);
        clock.advance(Duration.ofSeconds(60));
        check(source, "c");
        assertThat(service.requests()).hasSize(3);

        service.answers(403, "");
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class); // still remembered
        check(source, "d");
        check(source, "d");
        assertThat(service.requests()).hasSize(4);
        clock.advance(Duration.ofSeconds(5));
        check(source, "d");
        assertThat(service.requests()).hasSize(5);

        for (int i = 0; i < 4; i++) {
            check(source, "e" + i);
        }
        check(source, "e3");
        assertThat(service.requests()).hasSize(9);
        check(source, "e0"); // three are kept
        assertThat(service.requests()).hasSize(10);
        assertThat(source.figures().cached()).isEqualTo(4);
        assertThat(source.figures().asked()).isEqualTo(14);
    }

    @Test
    void forgetsALoginWhenItEnds() {
        long inTenSeconds = ManualClock.START_MILLIS / 1_000 + 10;
        service.answers(200, "{\"result\":\"allow\",\"expire_at\":" + inTenSeconds + "}");
        HttpLoginSource source = open(remembering(service.url("/"), 100, 5));

        check(source, "c");
        clock.advance(Duration.ofSeconds(9));
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
        assertThat(service.requests()).hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        assertRefused(check(source, "c"), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void asksOnceWhereManyWantToKnowTheSame() {
        service.hangs();
        HttpLoginSource source = open(remembering(service.url("/"), 100, 5));
        List<CompletableFuture<LoginAnswer>> waiting = IntStream.range(0, 50)
                .mapToObj(i -> source.check(credentials("c", "ada", "secret")).toCompletableFuture())
                .toList();
        await().until(() -> service.requests().size() == 1);

        service.release();

        assertThat(waiting).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(LoginAnswer.Accepted.class));
        assertThat(service.requests()).hasSize(1);
        assertThat(source.figures().allowed()).isEqualTo(50);
    }

    @Test
    void refusesAtOnceWhereTooManyAreUnderWay() {
        service.hangs();
        HttpLoginSource source = open(remembering(service.url("/"), 2, 5));
        CompletableFuture<LoginAnswer> first =
                source.check(credentials("a", "u", "p")).toCompletableFuture();
        CompletableFuture<LoginAnswer> second =
                source.check(credentials("b", "u", "p")).toCompletableFuture();

        assertRefused(check(source, "c"), ReasonCode.SERVER_BUSY);
        assertThat(source.figures().busy()).isEqualTo(1);
        assertThat(source.figures().underWay()).isEqualTo(2);
        service.release();
        first.join();
        second.join();
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
    }

    @Test
    void leavesAServiceAloneThatFailsAndFindsItAgain() {
        service.answers(503, "");
        HttpLoginSource source = open(remembering(service.url("/"), 100, 3));
        for (int i = 0; i < 20; i++) {
            assertRefused(check(source, "c" + i), ReasonCode.SERVER_UNAVAILABLE);
        }
        assertThat(service.requests()).hasSize(3);

        clock.advance(Duration.ofSeconds(5));
        assertRefused(check(source, "c"), ReasonCode.SERVER_UNAVAILABLE); // the one that tries
        assertRefused(check(source, "c"), ReasonCode.SERVER_UNAVAILABLE);
        assertThat(service.requests()).hasSize(4);

        service.answers(204, "");
        clock.advance(Duration.ofSeconds(5));
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
        assertThat(check(source, "d")).isInstanceOf(LoginAnswer.Accepted.class);
    }

    @Test
    void findsAServiceThatWasStartedAgain() {
        HttpLoginSource source = open(settings(service.url("/"), Method.POST, Map.of(), LONG));
        assertThat(check(source, "a")).isInstanceOf(LoginAnswer.Accepted.class);
        int port = service.port();
        service.close();
        assertRefused(check(source, "b"), ReasonCode.SERVER_UNAVAILABLE);

        service = new TestService(port);
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
    }

    @Test
    void oneOddAnswerClosesTheDoorForNobodyElse() {
        service.answers(500, "");
        HttpLoginSource source = open(remembering(service.url("/"), 100, 2));
        for (int i = 0; i < 10; i++) {
            assertRefused(check(source, "odd" + i), ReasonCode.SERVER_UNAVAILABLE);
        }
        service.answers(204, "");
        assertThat(check(source, "c")).isInstanceOf(LoginAnswer.Accepted.class);
    }

    @Test
    void refusesPasswordsThatCannotBeSentAsText() {
        Credentials binary = new Credentials(
                "c",
                "u",
                new byte[] {(byte) 0xff, 0},
                new ConnectionInfo("tcp", "tcp", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null));
        assertRefused(check(open("/", Method.POST, Map.of()), binary), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(service.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"CN=real,O=x|real", "O=x\\,CN\\=admin,CN=real|real", "CN=a+OU=b|a", "CN=one,CN=other|''", "O=x|''"
            })
    void tellsTheCommonNameThatIsOne(String subject, String expected) {
        Credentials credentials = Made.root("authority").client(subject).credentials("u", "p");
        check(open("/", Method.POST, Map.of("cn", "${cert_common_name}")), credentials);

        assertThat(service.requests())
                .extracting(request -> BackendAnswer.JSON.readValue(request.body(), Object.class))
                .containsExactly(Map.of("cn", expected));
    }
}
