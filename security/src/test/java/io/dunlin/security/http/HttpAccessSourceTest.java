package io.dunlin.security.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Opinion;
import io.dunlin.security.http.HttpSettings.Method;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAccessSourceTest {
    private static final Map<String, String> BODY = Map.of(
            "c", "${clientid}", "a", "${action}", "t", "${topic}", "q", "${qos}", "r", "${retain}", "s", "${jwt.site}");
    private static final Principal CLIENT = new Principal(
            "c1",
            "ada",
            Login.of("jwt")
                    .withAttributes(Map.of("jwt.site", "s1"))
                    .at("tls", new InetSocketAddress(InetAddress.getLoopbackAddress(), 99)));

    private final ManualClock clock = new ManualClock();
    private final TestService service = new TestService();
    private HttpAccessSource source = open(false);

    @AfterEach
    void stop() {
        source.close();
        service.close();
    }

    private HttpAccessSource open(boolean checkDelivery) {
        HttpSettings settings = new HttpSettings(
                service.url("/acl"),
                Method.POST,
                Map.of(),
                BODY,
                HttpLoginSourceTest.LONG,
                100,
                1_000,
                Optional.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                100,
                3,
                Duration.ofSeconds(5));
        return new HttpAccessSource("http", settings, checkDelivery, clock);
    }

    private Opinion ask(Action action, String topic) {
        return switch (source.ask(CLIENT, action, topic)) {
            case Opinion.Asking asking -> asking.opinion().toCompletableFuture().join();
            case Opinion.Decided decided -> decided;
            case Opinion.None none -> none;
        };
    }

    private Verdict verdict(Action action, String topic) {
        assertThat(ask(action, topic)).isInstanceOf(Opinion.Decided.class);
        return ((Opinion.Decided) ask(action, topic)).verdict();
    }

    @Test
    void saysWhatIsAskedAbout() {
        ask(Action.publish(QoS.AT_LEAST_ONCE, true), "a/b");
        ask(Action.subscribe(QoS.EXACTLY_ONCE), "a/+/#");
        ask(Action.RECEIVE, "a/b");

        assertThat(service.requests())
                .extracting(request -> BackendAnswer.JSON.readValue(request.body(), Object.class))
                .containsExactly(
                        Map.of("c", "c1", "a", "publish", "t", "a/b", "q", "1", "r", "true", "s", "s1"),
                        Map.of("c", "c1", "a", "subscribe", "t", "a/+/#", "q", "2", "r", "false", "s", "s1"),
                        Map.of("c", "c1", "a", "subscribe", "t", "a/b", "q", "0", "r", "false", "s", "s1"));
    }

    @Test
    void verdictsHoldForTheTimeThatTheyAreRemembered() {
        assertThat(verdict(Action.PUBLISH_0, "a")).isEqualTo(new Verdict(true, true, clock.nanos() + 60_000_000_000L));
        assertThat(source.ask(CLIENT, Action.PUBLISH_0, "a")).isInstanceOf(Opinion.Decided.class); // without waiting
        service.answers(403, "");
        assertThat(verdict(Action.PUBLISH_0, "b")).isEqualTo(new Verdict(false, false, clock.nanos() + 5_000_000_000L));
        assertThat(service.requests()).hasSize(2);
        clock.advance(Duration.ofSeconds(60));
        assertThat(verdict(Action.PUBLISH_0, "a").allowed()).isFalse();
    }

    @Test
    void anAllowedSubscriptionIsWholeUnlessDeliveriesAreChecked() {
        assertThat(verdict(Action.SUBSCRIBE_1, "a/#").whole()).isTrue();
        source.close();
        source = open(true);
        assertThat(verdict(Action.SUBSCRIBE_1, "a/#").allowed()).isTrue();
        assertThat(verdict(Action.SUBSCRIBE_1, "a/#").whole()).isFalse();
        assertThat(verdict(Action.RECEIVE, "a/b").whole()).isTrue();
    }

    @Test
    void leavesToOthersWhatTheServiceIgnores() {
        service.answers(200, "{\"result\":\"ignore\"}");
        long until = clock.nanos() + 5_000_000_000L;
        assertThat(ask(Action.RECEIVE, "a")).isEqualTo(new Opinion.None(false, until));
        assertThat(ask(Action.SUBSCRIBE_0, "a/#")).isEqualTo(new Opinion.None(false, until));
        source.close();
        source = open(true);
        assertThat(ask(Action.SUBSCRIBE_0, "a/#")).isEqualTo(new Opinion.None(true, until));
        assertThat(ask(Action.PUBLISH_0, "a")).isEqualTo(new Opinion.None(false, until));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"500|", "503|", "200|{}", "302|", "404|"})
    void aFailureDeniesForASecond(int status, String body) {
        service.answers(status, body == null ? "" : body);
        Opinion opinion = ask(Action.PUBLISH_0, "a");

        assertThat(opinion).isInstanceOfSatisfying(Opinion.Decided.class, decided -> {
            assertThat(decided.verdict()).isEqualTo(new Verdict(false, false, clock.nanos() + 1_000_000_000L));
            assertThat(decided.why()).startsWith("authorization.http: ");
        });
        assertThat(source.figures().failed()).isEqualTo(1);
    }

    @Test
    void asksNothingOfAServiceThatHasJustFailed() {
        service.close();
        for (int i = 0; i < 10; i++) {
            ask(Action.PUBLISH_0, "a" + i);
        }
        assertThat(source.figures().busy()).isZero();
        assertThat(source.figures().failed()).isEqualTo(10);
        assertThat(verdict(Action.PUBLISH_0, "b").allowed()).isFalse();
    }

    @Test
    void passwordsAreNotKnownHere() {
        HttpSettings settings =
                HttpLoginSourceTest.settings(service.url("/${password}"), Method.GET, Map.of(), Duration.ofSeconds(1));
        assertThatThrownBy(() -> new HttpAccessSource("http", settings, false, clock))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("${password}");
    }
}
