package io.dunlin.security.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Opinion;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.Circuit;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlAccessSourceTest {
    private static final String QUERY =
            "SELECT permission, action, topic, qos, retain FROM mqtt_acl WHERE username = ${username} ORDER BY id";
    private static final List<String> COLUMNS = List.of("permission", "action", "topic", "qos", "retain");
    private static final Principal ALICE = new Principal("c1", "alice");
    private static final Duration LIFE = Duration.ofSeconds(60);

    private final ManualClock clock = new ManualClock();
    private final FakeDatabase database = new FakeDatabase();

    @BeforeEach
    void start() {
        database.columns = COLUMNS;
    }

    @AfterEach
    void stop() throws SQLException {
        database.close();
    }

    @Test
    void fetchesOnceAndDecidesInMemory() throws Exception {
        rows(
                row("deny", "publish", "a/secret", null, null),
                row("allow", "all", "a/#", null, null),
                row("allow", "PUBLISH", "q/${username}", "0,1", "0"),
                row("allow", "subscribe", "eq b/#", 1, null));
        try (SqlAccessSource source = source(10)) {
            assertThat(source.ask(ALICE, Action.PUBLISH_0, "a/x")).isInstanceOf(Opinion.Asking.class);
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a/x")).isTrue();
            assertThat(ask(source, ALICE, Action.PUBLISH_2_RETAINED, "a/x")).isTrue();
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a/secret")).isFalse();
            assertThat(ask(source, ALICE, Action.RECEIVE, "a/secret")).isTrue();
            assertThat(ask(source, ALICE, Action.PUBLISH_1, "q/alice")).isTrue();
            assertThat(ask(source, ALICE, Action.PUBLISH_2, "q/alice")).isNull();
            assertThat(ask(source, ALICE, Action.PUBLISH_1_RETAINED, "q/alice")).isNull();
            assertThat(ask(source, ALICE, Action.PUBLISH_1, "q/bob")).isNull();
            assertThat(ask(source, ALICE, Action.SUBSCRIBE_1, "b/#")).isTrue();
            assertThat(ask(source, ALICE, Action.SUBSCRIBE_1, "b/c")).isNull();
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "else")).isNull();
            assertThat(source.ask(ALICE, Action.PUBLISH_0, "a/x")).isInstanceOf(Opinion.Decided.class);
            assertThat(database.asked).hasSize(1);
            assertThat(source.figures().calls().calls()).isEqualTo(1);
            assertThat(source.figures().clients()).isEqualTo(1);
        }
    }

    @Test
    void fetchesAgainBeforeTheRightsAreTooOld() throws Exception {
        rows(row("allow", "all", "#", null, null));
        long start = clock.nanos();
        try (SqlAccessSource source = source(10)) {
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isTrue();
            Opinion.Decided decided = (Opinion.Decided) source.ask(ALICE, Action.PUBLISH_0, "a");
            assertThat(decided.verdict().goodUntilNanos()).isEqualTo(start + LIFE.toNanos() * 3 / 4);
            rows(row("deny", "all", "#", null, null));
            clock.advance(LIFE.multipliedBy(3).dividedBy(4));
            Opinion.Decided old = (Opinion.Decided) source.ask(ALICE, Action.PUBLISH_0, "a");
            assertThat(old.verdict().allowed()).isTrue();
            assertThat(old.verdict().goodUntilNanos()).isEqualTo(start + LIFE.toNanos());
            clock.advance(LIFE.dividedBy(4));
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isFalse();
        }
    }

    @Test
    void aFailureIsNoAnswerAndNothingOldIsBelieved() throws Exception {
        rows(row("allow", "all", "#", null, null));
        try (SqlAccessSource source = source(10)) {
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isTrue();
            database.down = true;
            clock.advance(LIFE);
            assertFails(source, IOException.class);
            database.down = false;
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isTrue();
            source.forget();
            rows(row("deny", "all", "#", null, null));
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isFalse();
        }
    }

    @Test
    void aRowWithoutSenseSpoilsTheWhole() throws Exception {
        List<List<@Nullable Object>> odd = List.of(
                row("forbid", "all", "#", null, null),
                row(null, "all", "#", null, null),
                row("deny", "write", "#", null, null),
                row("deny", "all", null, null, null),
                row("deny", "all", "a/#/b", null, null),
                row("deny", "all", "#", "3", null),
                row("deny", "all", "#", null, "perhaps"));
        for (List<@Nullable Object> each : odd) {
            try (SqlAccessSource source = source(10)) {
                rows(row("allow", "all", "#", null, null), each);
                assertFails(source, SQLException.class);
            }
        }
        try (SqlAccessSource source = source(10)) {
            List<List<@Nullable Object>> many =
                    java.util.Collections.nCopies(101, row("allow", "all", "#", null, null));
            database.answers = parameters -> many;
            assertFails(source, SQLException.class);
            database.columns = List.of("permission", "action", "filter", "qos", "retain");
            rows(row("allow", "all", "#", null, null));
            assertFails(source, IOException.class);
        }
    }

    @Test
    void takesTheColumnsThatSayWhom() throws Exception {
        database.columns = List.of("permission", "action", "topic", "username", "clientid", "ipaddress");
        rows(
                row("deny", "all", "#", "bob", "", ""),
                row("deny", "all", "#", "", "c2", ""),
                row("allow", "all", "#", "$all", "", null));
        try (SqlAccessSource source = source(10)) {
            assertThat(ask(source, ALICE, Action.PUBLISH_0, "a")).isTrue();
            assertThat(ask(source, new Principal("c2", "alice"), Action.PUBLISH_0, "a"))
                    .isFalse();
            assertThat(ask(source, new Principal("c1", "bob"), Action.PUBLISH_0, "a"))
                    .isFalse();
        }
    }

    @Test
    void remembersABoundedNumberOfClients() throws Exception {
        rows(row("allow", "all", "#", null, null));
        try (SqlAccessSource source = source(16)) {
            for (int i = 0; i < 100; i++) {
                assertThat(ask(source, new Principal("c", "user" + i), Action.PUBLISH_0, "a"))
                        .isTrue();
                assertThat(source.figures().clients()).isLessThanOrEqualTo(16);
            }
        }
    }

    private void rows(List<?>... rows) {
        @SuppressWarnings("unchecked")
        List<List<@Nullable Object>> all = (List<List<@Nullable Object>>) (List<?>) List.of(rows);
        database.answers = parameters -> all;
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    private SqlAccessSource source(int clientsMax) {
        return new SqlAccessSource(
                "sql", database.settings(2), QUERY, new SqlAccessSource.Limits(100, clientsMax, LIFE), clock);
    }

    /** Null for no opinion. */
    private static @Nullable Boolean ask(SqlAccessSource source, Principal principal, Action action, String topic)
            throws Exception {
        Opinion opinion = source.ask(principal, action, topic);
        if (opinion instanceof Opinion.Asking asking) {
            opinion = asking.opinion().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        return opinion instanceof Opinion.Decided decided
                ? (Boolean) decided.verdict().allowed()
                : null;
    }

    private static void assertFails(SqlAccessSource source, Class<? extends Throwable> cause) {
        Opinion opinion = source.ask(ALICE, Action.PUBLISH_0, "a");
        assertThat(opinion).isInstanceOf(Opinion.Asking.class);
        CompletableFuture<Opinion> asked = ((Opinion.Asking) opinion).opinion().toCompletableFuture();
        assertThatThrownBy(() -> asked.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(Circuit.Unavailable.class)
                .cause()
                .isInstanceOf(cause);
    }
}
