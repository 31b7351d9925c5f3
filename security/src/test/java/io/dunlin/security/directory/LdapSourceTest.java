package io.dunlin.security.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.Circuit;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginAnswer.Accepted;
import io.dunlin.security.login.LoginAnswer.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LdapSourceTest {
    private static final String PEOPLE = "ou=people,dc=example,dc=com";
    private static final String DIRECT = "uid=${username}," + PEOPLE;
    private static final ConnectionInfo CONNECTION =
            new ConnectionInfo("tcp", "memory", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null);

    private final ManualClock clock = new ManualClock();

    @TempDir
    private Path folder = Path.of("");

    private @Nullable LdapServer running;

    @BeforeEach
    void start() throws Exception {
        running = new LdapServer(folder);
    }

    @AfterEach
    void stop() {
        server().close();
    }

    private LdapServer server() {
        return java.util.Objects.requireNonNull(running);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, search",
        "plain, direct",
        "tls, search",
        "tls, direct",
        "starttls, search",
        "starttls, direct",
    })
    void decides(String listener, String way) throws Exception {
        try (LdapSource source = source(listener, way.equals("direct"))) {
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            assertThat(ask(source, "o, d+d \"x\"", "0dd")).isInstanceOf(Accepted.class);
            assertThat(ask(source, "w(ei*r\\d)", "we1rd")).isInstanceOf(Accepted.class);
            for (String wrong : List.of("Secret", "secre", "secret ", "*", "b0b", "\0")) {
                assertRefused(ask(source, "alice", wrong));
            }
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            assertThat(ask(source, null, "secret")).isEqualTo(LoginAnswer.UNKNOWN);
            assertThat(ask(source, "", "secret")).isEqualTo(LoginAnswer.UNKNOWN);
            LoginAnswer nobody = ask(source, "nobody", "secret");
            if (way.equals("search")) {
                assertThat(nobody).isEqualTo(LoginAnswer.UNKNOWN);
            } else {
                assertRefused(nobody);
            }
            assertThat(source.figures().failures()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEmptyPasswordNeverReachesTheDirectory(boolean direct) throws Exception {
        try (LdapSource source = source("plain", direct)) {
            assertRefused(ask(source, "alice", ""));
            assertRefused(ask(source, "alice", null));
            assertThat(server().binds).isEmpty();
            assertThat(source.figures().calls()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "a*",
                "alic?",
                "*)(uid=*",
                "alice)(|(uid=*",
                "alice)(objectClass=*",
                "\\2a",
                "alice\0",
                "alice\\00x",
                "alice," + PEOPLE,
                "alice,",
                "alice+cn=x",
                "x)(|(uid=alice)",
                "*)(&",
                "alice\u0000)(uid=*",
                "uid=alice",
                "\\61lice",
                "#616c696365"
            })
    void aNameCannotChangeTheQuestion(String name) throws Exception {
        try (LdapSource searching = source("plain", false);
                LdapSource direct = source("plain", true)) {
            assertThat(ask(searching, name, "secret")).isNotInstanceOf(Accepted.class);
            assertThat(ask(direct, name, "secret")).isNotInstanceOf(Accepted.class);
            assertThat(server().binds).noneMatch(dn -> dn.startsWith("uid=alice,"));
        }
    }

    @Test
    void theNameIsTheOneOfTheDirectory() throws Exception {
        try (LdapSource searching = source("plain", false);
                LdapSource direct = source("plain", true)) {
            for (LdapSource source : List.of(searching, direct)) {
                for (String given : List.of("alice", "ALICE", " alice", "Alice  ")) {
                    assertThat(ask(source, given, "secret"))
                            .isInstanceOfSatisfying(
                                    Accepted.class,
                                    accepted -> assertThat(accepted.username()).isEqualTo("alice"));
                }
            }
        }
    }

    @Test
    void givesGroupsRolesAndAttributes() throws Exception {
        LdapSettings.Groups groups = new LdapSettings.Groups(
                Optional.of("memberOf"),
                Optional.of("ou=groups,dc=example,dc=com"),
                Optional.of("(member=${dn})"),
                Optional.of("mqttRole"),
                Map.of("cn=ops,ou=groups,dc=example,dc=com", List.of("operator"), "all", List.of("reader", "guest")));
        for (boolean direct : List.of(true, false)) {
            LdapSettings settings =
                    settings("plain", direct, Optional.empty(), groups, Set.of("mail", "phone", "none"));
            try (LdapSource source = new LdapSource("ldap", settings, clock)) {
                Login alice = accepted(ask(source, "alice", "secret"));
                assertThat(alice.groups()).containsExactlyInAnyOrder("ops", "all");
                assertThat(alice.roles()).containsExactlyInAnyOrder("operator", "reader", "guest", "publisher");
                assertThat(alice.attributes()).containsExactly(Map.entry("ldap.mail", "alice@example.com"));
                assertThat(alice.source()).isEqualTo("ldap");
                assertThat(alice.superuser()).isFalse();
                assertThat(accepted(ask(source, "w(ei*r\\d)", "we1rd")).groups())
                        .containsExactly("all");
                assertThat(accepted(ask(source, "bob", "b0b")).groups()).isEmpty();
            }
        }
    }

    @Test
    void refusesWhoIsNotActive() throws Exception {
        for (boolean direct : List.of(true, false)) {
            LdapSettings settings =
                    settings("plain", direct, Optional.of("(state=active)"), LdapSettings.Groups.NONE, Set.of());
            try (LdapSource source = new LdapSource("ldap", settings, clock)) {
                assertRefused(ask(source, "carol", "car0l"));
                assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            }
        }
    }

    @Test
    void moreThanOneEntryIsAFailureOfThisUserAlone() throws Exception {
        try (LdapSource source = source("plain", false)) {
            for (int i = 0; i < 10; i++) {
                assertFails(source, "twin", "one", NamingException.class);
            }
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            assertThat(source.figures().failures()).isEqualTo(10);
        }
    }

    @Test
    void aWrongServiceAccountIsAFailure() throws Exception {
        LdapSettings.Search search = new LdapSettings.Search(LdapServer.SERVICE, "wrong", PEOPLE, "(uid=${username})");
        LdapSettings settings = new LdapSettings(
                url("plain"),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.of(search),
                Optional.empty(),
                LdapSettings.Groups.NONE,
                Set.of(),
                Duration.ofSeconds(5),
                4);
        assertThat(settings.toString()).doesNotContain("wrong");
        try (LdapSource source = new LdapSource("ldap", settings, clock)) {
            assertFails(source, "alice", "secret", IOException.class);
        }
    }

    @Test
    void believesNobodyWhoseCertificateIsNotRight() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (LdapServer stranger = new LdapServer(other)) {
            for (String listener : List.of("tls", "starttls")) {
                for (boolean direct : List.of(true, false)) {
                    LdapSettings here =
                            settings(listener, direct, Optional.empty(), LdapSettings.Groups.NONE, Set.of());
                    try (LdapSource unknown = new LdapSource("ldap", with(here, here.url(), stranger.cafile), clock);
                            LdapSource named = new LdapSource(
                                    "ldap",
                                    with(here, here.url().replace("localhost", "127.0.0.1"), server().cafile),
                                    clock)) {
                        assertFails(unknown, "alice", "secret", IOException.class);
                        assertFails(named, "alice", "secret", IOException.class);
                    }
                }
            }
        }
        assertThat(server().binds).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "plain, search",
        "plain, direct",
        "tls, search",
        "tls, direct",
        "starttls, search",
        "starttls, direct",
    })
    void aDirectoryThatDoesNotAnswerIsAFailure(String listener, String way) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            LdapSettings settings =
                    settings(listener, way.equals("direct"), Optional.empty(), LdapSettings.Groups.NONE, Set.of());
            String url = settings.url().replaceAll(":\\d+$", ":" + silent.getLocalPort());
            LdapSettings slow = with(settings, url, server().cafile, Duration.ofMillis(200));
            try (LdapSource source = new LdapSource("ldap", slow, clock)) {
                for (int i = 0; i < 5; i++) {
                    assertFails(source, "alice", "secret", IOException.class);
                }
                assertThat(source.figures().open()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rubbishIsAFailure(boolean direct) throws Exception {
        byte[][] answers = {
            "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8),
            {0x30, 0x0c, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0a, 0x01, 0x77, 0x04, 0x00, 0x04, 0x00
            }, // result 0x77 of nothing known
            {0x30, 0x03, 0x02, 0x01, 0x01},
            {0x30, (byte) 0x84, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x02, 0x01, 0x01},
            {0x30, 0x0c, 0x02, 0x01, 0x01, 0x65, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00
            }, // success, but of a search
            {0x30, 0x0c, 0x02, 0x01, 0x09, 0x61, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00
            }, // success of something else
        };
        for (byte[] answer : answers) {
            try (ServerSocket odd = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> answerAll(odd, answer));
                LdapSettings settings = settings("plain", direct, Optional.empty(), LdapSettings.Groups.NONE, Set.of());
                LdapSettings there = with(
                        settings, "ldap://localhost:" + odd.getLocalPort(), server().cafile, Duration.ofMillis(300));
                try (LdapSource source = new LdapSource("ldap", there, clock)) {
                    CompletableFuture<LoginAnswer> asked = asked(source, "alice", "secret");
                    assertThatThrownBy(() -> asked.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
                }
            }
        }
    }

    private static void answerAll(ServerSocket server, byte[] answer) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                byte[] buffer = new byte[4096];
                while (socket.getInputStream().read(buffer) > 0) {
                    socket.getOutputStream().write(answer);
                    socket.getOutputStream().flush();
                }
            } catch (IOException e) {
                assertThat(e).isNotNull(); // the test is over, or the other side has had enough
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comesBack(boolean direct) throws Exception {
        try (LdapSource source = source("plain", direct)) {
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            server().stop();
            for (int i = 0; i < 5; i++) {
                assertFails(source, "alice", "secret", IOException.class);
            }
            assertThat(source.figures().open()).isTrue();
            server().start();
            assertThatThrownBy(() -> ask(source, "alice", "secret")).hasMessageContaining("does not answer at present");
            clock.advance(Duration.ofSeconds(6));
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            server().stop();
            server().start(); // a connection that was kept has ended, and nobody notices
            assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void keepsConnectionsOfTheServiceAccount() throws Exception {
        try (LdapSource source = source("plain", false)) {
            for (int i = 0; i < 10; i++) {
                assertThat(ask(source, "alice", "secret")).isInstanceOf(Accepted.class);
            }
            assertThat(server().binds.stream().filter(LdapServer.SERVICE::equals))
                    .hasSize(1);
        }
    }

    @Test
    void saysWhatIsWrongWithSettings() {
        assertUnusable(base("http://x", DIRECT, null), "expected is ldap://host");
        assertUnusable(base("ldap://a ldaps://b", DIRECT, null), "several of one kind");
        assertUnusable(base("ldap://a", null, null), "either user-dn, or base-dn and filter");
        assertUnusable(base("ldap://a", DIRECT, "(uid=${username})"), "either user-dn, or base-dn and filter");
        assertUnusable(base("ldap://a", "uid=x,dc=example", null), "authentication.ldap.user-dn");
        assertUnusable(base("ldap://a", null, "uid=${username}"), "in brackets");
        assertUnusable(base("ldap://a", null, "(uid=${username}))(x=y)"), "in brackets");
        assertUnusable(base("ldap://a", null, "(uid=${user})"), "${clientid} or ${username}");
        assertUnusable(with(base("ldap://a", DIRECT, null), "ldap://a", folder.resolve("none")), "none cannot be used");
    }

    private void assertUnusable(LdapSettings settings, String message) {
        assertThatThrownBy(() -> new LdapSource("ldap", settings, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static LdapSettings base(String url, @Nullable String userDn, @Nullable String filter) {
        return new LdapSettings(
                url,
                false,
                Optional.empty(),
                Optional.ofNullable(userDn),
                Optional.ofNullable(filter).map(text -> new LdapSettings.Search("", "", PEOPLE, text)),
                Optional.empty(),
                LdapSettings.Groups.NONE,
                Set.of(),
                Duration.ofSeconds(1),
                1);
    }

    private String url(String listener) {
        return (listener.equals("tls") ? "ldaps" : "ldap") + "://localhost:" + server().port(listener);
    }

    private LdapSource source(String listener, boolean direct) {
        return new LdapSource(
                "ldap", settings(listener, direct, Optional.empty(), LdapSettings.Groups.NONE, Set.of()), clock);
    }

    private LdapSettings settings(
            String listener,
            boolean direct,
            Optional<String> active,
            LdapSettings.Groups groups,
            Set<String> attributes) {
        LdapSettings.Search search = new LdapSettings.Search(
                LdapServer.SERVICE, LdapServer.SERVICE_PASSWORD, PEOPLE, "(&(objectClass=person)(uid=${username}))");
        return new LdapSettings(
                url(listener),
                listener.equals("starttls"),
                Optional.of(server().cafile),
                direct ? Optional.of(DIRECT) : Optional.empty(),
                direct ? Optional.empty() : Optional.of(search),
                active,
                groups,
                attributes,
                Duration.ofSeconds(10),
                4);
    }

    private static LdapSettings with(LdapSettings like, String url, Path cafile) {
        return with(like, url, cafile, like.timeout());
    }

    private static LdapSettings with(LdapSettings like, String url, Path cafile, Duration timeout) {
        return new LdapSettings(
                url,
                like.startTls(),
                Optional.of(cafile),
                like.userDn(),
                like.search(),
                like.activeFilter(),
                like.groups(),
                like.attributes(),
                timeout,
                like.concurrentMax());
    }

    private static CompletableFuture<LoginAnswer> asked(
            LdapSource source, @Nullable String name, @Nullable String password) {
        byte[] bytes = password == null ? null : password.getBytes(UTF_8);
        return source.check(new Credentials("client-1", name, bytes, CONNECTION))
                .toCompletableFuture();
    }

    private static LoginAnswer ask(LdapSource source, @Nullable String name, @Nullable String password)
            throws Exception {
        return asked(source, name, password).get(60, TimeUnit.SECONDS);
    }

    private static Login accepted(LoginAnswer answer) {
        assertThat(answer).isInstanceOf(Accepted.class);
        return ((Accepted) answer).login();
    }

    private static void assertRefused(LoginAnswer answer) {
        assertThat(answer).isInstanceOf(Refused.class);
    }

    private static void assertFails(LdapSource source, String name, String password, Class<? extends Throwable> cause) {
        CompletableFuture<LoginAnswer> asked = asked(source, name, password);
        assertThatThrownBy(() -> asked.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(Circuit.Unavailable.class)
                .cause()
                .isInstanceOf(cause);
    }
}
