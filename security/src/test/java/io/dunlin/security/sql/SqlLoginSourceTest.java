package io.dunlin.security.sql;

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
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.PasswordHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlLoginSourceTest {
    private static final String QUERY = "SELECT * FROM users WHERE username = ${username} LIMIT 1";
    private static final ConnectionInfo CONNECTION =
            new ConnectionInfo("tcp", "memory", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null);
    private static final String HASH =
            PasswordHash.of("secret".getBytes(UTF_8), 1).text();

    private final ManualClock clock = new ManualClock();
    private final FakeDatabase database = new FakeDatabase();

    @AfterEach
    void stop() throws SQLException {
        database.close();
    }

    @Test
    void decides() throws Exception {
        table(List.of("password_hash"), Map.of("alice", row(HASH), "nohash", row((Object) null)));
        try (SqlLoginSource source = source(QUERY)) {
            assertThat(ask(source, "alice", "secret"))
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            accepted -> assertThat(accepted.username()).isEqualTo("alice"));
            assertThat(ask(source, "alice", "Secret")).isInstanceOf(Refused.class);
            assertThat(ask(source, "alice", "")).isInstanceOf(Refused.class);
            assertThat(ask(source, "alice", null)).isInstanceOf(Refused.class);
            assertThat(ask(source, "nohash", "secret")).isInstanceOf(Refused.class);
            assertThat(ask(source, "bob", "secret")).isEqualTo(LoginAnswer.UNKNOWN);
            assertThat(ask(source, null, "secret")).isEqualTo(LoginAnswer.UNKNOWN);
            assertThat(source.figures().failures()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"' OR '1'='1", "alice'--", "${username}", "?", "%", "alice'; DROP TABLE users; --", "\\", "$1"})
    void aNameIsNeverAPartOfTheQuery(String name) throws Exception {
        table(List.of("password_hash"), Map.of("alice", row(HASH), name, row("$7$1$AAAA$AAAA")));
        try (SqlLoginSource source = source(QUERY)) {
            assertThat(asked(source, name, "secret"))
                    .failsWithin(Duration.ofSeconds(30)); // that very row, whose hash is damaged
            assertThat(database.asked).containsOnly("SELECT * FROM users WHERE username = ? LIMIT 1");
        }
    }

    @Test
    void givesRolesGroupsAndAttributes() throws Exception {
        List<String> columns =
                List.of("USERNAME", "password_hash", "salt", "is_superuser", "roles", "groups", "site", "empty", "n");
        table(
                columns,
                Map.of(
                        "alice",
                                row(
                                        "Alice",
                                        HASH,
                                        "x",
                                        true,
                                        FakeDatabase.array("a", null, "b"),
                                        "c, d,",
                                        "hh",
                                        null,
                                        7),
                        "bob", row(null, HASH, "x", 0, null, "", null, null, null)));
        try (SqlLoginSource source = source(QUERY)) {
            Accepted alice = (Accepted) ask(source, "alice", "secret");
            assertThat(alice.username()).isEqualTo("Alice");
            Login login = alice.login();
            assertThat(login.roles()).containsExactlyInAnyOrder("a", "b");
            assertThat(login.groups()).containsExactlyInAnyOrder("c", "d");
            assertThat(login.attributes())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("sql.username", "Alice", "sql.site", "hh", "sql.n", "7"));
            assertThat(login.superuser()).isTrue();
            Accepted bob = (Accepted) ask(source, "bob", "secret");
            assertThat(bob.username()).isEqualTo("bob");
            assertThat(bob.login().superuser()).isFalse();
            assertThat(bob.login().groups()).isEmpty();
        }
    }

    @Test
    void onlyAClearYesMakesASuperuser() {
        for (Object yes : List.<Object>of(true, 1, 1L, "t", "TRUE", "1")) {
            assertThat(new Row(java.util.Set.of("x"), Map.of("x", yes)).isTrue("x"))
                    .as("%s", yes)
                    .isTrue();
        }
        for (Object no : List.<Object>of(false, 0, "f", "", "0", "false", "maybe", List.of("t"))) {
            assertThat(new Row(java.util.Set.of("x"), Map.of("x", no)).isTrue("x"))
                    .as("%s", no)
                    .isFalse();
        }
    }

    @Test
    void readsSaltedHashesOfTablesThatExist() throws Exception {
        String hash =
                "f6ba18523c6942ba1e1b54f8256527ab1b8db94496cf6f4a2b6db9695c0fc6f9"; // printf secretabc | sha256sum
        table(
                List.of("password_hash", "salt"),
                Map.of("a", row(hash, "abc"), "b", row(digest("SHA-512", "abcsecret"), "abc")));
        try (SqlLoginSource sha256 =
                        source(QUERY, new SqlLoginSource.Hashes(StoredHash.SHA256, StoredHash.Salt.SUFFIX));
                SqlLoginSource sha512 =
                        source(QUERY, new SqlLoginSource.Hashes(StoredHash.SHA512, StoredHash.Salt.PREFIX))) {
            assertThat(ask(sha256, "a", "secret")).isInstanceOf(Accepted.class);
            assertThat(ask(sha256, "a", "secretabc")).isInstanceOf(Refused.class);
            assertThat(ask(sha256, "b", "secret")).isInstanceOf(Refused.class);
            assertThat(ask(sha512, "b", "secret")).isInstanceOf(Accepted.class);
            assertThat(ask(sha512, "a", "secret")).isInstanceOf(Refused.class);
        }
    }

    private static String digest(String algorithm, String text) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8)));
    }

    @Test
    void whatIsNotClearIsAFailure() throws Exception {
        try (SqlLoginSource source = source(QUERY)) {
            database.answers = parameters -> List.of(row(HASH), row(HASH));
            assertFails(source, SQLException.class);
            database.answers = parameters -> {
                throw new SQLException("invalid input syntax", "22P02");
            };
            assertFails(source, SQLException.class);
            database.answers = parameters -> List.of(row("no hash"));
            CompletableFuture<LoginAnswer> asked = asked(source, "alice", "secret");
            assertThatThrownBy(() -> asked.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(SQLException.class);
            assertThat(source.figures().open()).isFalse();
            database.columns = List.of("hash");
            database.answers = parameters -> List.of(row(HASH));
            for (int i = 0; i < 5; i++) {
                assertFails(source, IOException.class);
            }
            assertThat(source.figures().open()).isTrue();
        }
    }

    @Test
    void comesBack() throws Exception {
        table(List.of("password_hash"), Map.of("alice", row(HASH)));
        database.down = true;
        try (SqlLoginSource source = source(QUERY)) {
            for (int i = 0; i < 5; i++) {
                assertFails(source, IOException.class);
            }
            assertThat(source.figures().open()).isTrue();
            database.down = false;
            assertThatThrownBy(() -> ask(source, "alice", "secret")).hasMessageContaining("does not answer at present");
            // The pool waits longer after each failure before it connects again: up to ten seconds, of the real clock.
            assertThat(firstAnswer(source, 40)).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void asksNoMoreAtATimeThanItHasConnections() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        database.answers = parameters -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of(row(HASH));
        };
        try (SqlLoginSource source = source(QUERY)) {
            List<CompletableFuture<LoginAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(asked(source, "alice", "secret"));
            }
            assertThat(source.figures().underWay()).isEqualTo(2);
            assertThat(source.figures().waiting()).isEqualTo(18);
            go.countDown();
            for (CompletableFuture<LoginAnswer> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
            }
            assertThat(database.open.get()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void saysWhatIsWrongWithSettings() {
        assertUnusable("jdbc:fake:1", "SELECT 1", "is the same for all clients");
        assertUnusable("jdbc:fake:1", "SELECT 1 WHERE a = '${username}'", "leave the quotes out");
        assertUnusable("jdbc:fake:1", "SELECT 1 WHERE a = ${password}", "expected is ${username}, ${clientid}");
        assertUnusable("jdbc:fake:1?password=x", QUERY, "has a password in it");
        assertUnusable("jdbc:fake://me:x@host/db", QUERY, "has a password in it");
        assertUnusable("postgresql://host", QUERY, "expected is one such as jdbc:postgresql://host/name");
        assertThatThrownBy(() -> new SqlLoginSource(
                        "sql",
                        new SqlSettings("jdbc:none:x", "", "", 1, Duration.ofSeconds(1)),
                        QUERY,
                        SqlLoginSource.Hashes.AUTO,
                        Credential::matches,
                        clock))
                .hasMessageContaining("put the jar of their JDBC driver into lib");
        assertThat(database.settings(1).toString()).doesNotContain("s3cret");
    }

    private static void assertUnusable(String url, String query, String message) {
        assertThatThrownBy(() -> SqlLoginSource.check(new SqlSettings(url, "", "", 1, Duration.ofSeconds(1)), query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private void table(List<String> columns, Map<String, List<@Nullable Object>> rows) {
        database.columns = columns;
        database.answers = parameters -> {
            List<@Nullable Object> found = rows.get(String.valueOf(parameters.get(1)));
            return found == null ? List.of() : List.of(found);
        };
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    private SqlLoginSource source(String query) {
        return source(query, SqlLoginSource.Hashes.AUTO);
    }

    private SqlLoginSource source(String query, SqlLoginSource.Hashes hashes) {
        return new SqlLoginSource("sql", database.settings(2), query, hashes, Credential::matches, clock);
    }

    private static CompletableFuture<LoginAnswer> asked(
            SqlLoginSource source, @Nullable String name, @Nullable String password) {
        byte[] bytes = password == null ? null : password.getBytes(UTF_8);
        return source.check(new Credentials("client-1", name, bytes, CONNECTION))
                .toCompletableFuture();
    }

    private static LoginAnswer ask(SqlLoginSource source, @Nullable String name, @Nullable String password)
            throws Exception {
        return asked(source, name, password).get(30, TimeUnit.SECONDS);
    }

    /** Asks again, each time after the pause of the circuit, as long as the data base is away. */
    private LoginAnswer firstAnswer(SqlLoginSource source, int triesMax) throws Exception {
        for (int i = 1; ; i++) {
            clock.advance(Duration.ofSeconds(6));
            try {
                return ask(source, "alice", "secret");
            } catch (ExecutionException e) {
                if (i == triesMax) {
                    throw e;
                }
            }
        }
    }

    private static void assertFails(SqlLoginSource source, Class<? extends Throwable> cause) {
        CompletableFuture<LoginAnswer> asked = asked(source, "alice", "secret");
        assertThatThrownBy(() -> asked.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(Circuit.Unavailable.class)
                .cause()
                .isInstanceOf(cause);
    }
}
