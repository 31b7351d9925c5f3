package io.dunlin.security.token;

import static io.dunlin.security.token.Tokens.claims;
import static io.dunlin.security.token.Tokens.credentials;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.http.TestService;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.token.JwtSettings.JwksUrl;
import java.net.URI;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real JWKS server that rotates its keys, goes away, and comes back. */
class FetchedKeysTest {
    private static final Duration REFRESH = Duration.ofMinutes(5);
    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final Duration KEEP = Duration.ofHours(1);

    private final ManualClock clock = new ManualClock();
    private TestService service;
    private JwtSource source;

    @BeforeEach
    void start() {
        service = new TestService().answers(200, jwks(key("old", Tokens.RSA)));
        source = open();
        await().until(() -> source.figures().keys() == 1);
    }

    @AfterEach
    void stop() {
        source.close();
        service.close();
    }

    private JwtSource open() {
        return JwtSource.open("jwt", settings(Duration.ofSeconds(5)), clock);
    }

    private JwtSettings settings(Duration timeout) {
        return JwtSourceTest.settings(
                new JwksUrl(URI.create(service.url("/jwks")), REFRESH, BETWEEN, KEEP, timeout, Optional.empty()));
    }

    private static JWK key(String kid, KeyPair pair) {
        return pair.getPublic() instanceof RSAPublicKey rsa
                ? new RSAKey.Builder(rsa).keyID(kid).keyUse(KeyUse.SIGNATURE).build()
                : new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                        .keyID(kid)
                        .build();
    }

    private static String jwks(JWK... keys) {
        return new JWKSet(List.of(keys)).toString(false);
    }

    private LoginAnswer login(String token) {
        return source.check(credentials("c", "u", token)).toCompletableFuture().join();
    }

    private void assertIn(String token) {
        assertThat(login(token)).isInstanceOf(LoginAnswer.Accepted.class);
    }

    private void assertOut(String token, ReasonCode reason) {
        assertThat(login(token))
                .isInstanceOfSatisfying(
                        LoginAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static String old() {
        return Tokens.signed("old", Tokens.RSA, claims("exp", Tokens.NOW + 1_000_000));
    }

    private static String fresh() {
        return Tokens.signed("new", Tokens.OTHER_RSA, claims("exp", Tokens.NOW + 1_000_000));
    }

    @Test
    void takesANewKeyAfterOneFetch() {
        assertIn(old());
        service.answers(200, jwks(key("old", Tokens.RSA), key("new", Tokens.OTHER_RSA)));
        clock.advance(BETWEEN);

        assertIn(fresh());
        assertIn(old());
        assertIn(fresh());
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void refusesAKeyThatWasTakenOutAfterTwoRefreshTimesAtTheLatest() {
        service.answers(200, jwks(key("new", Tokens.OTHER_RSA)));

        assertIn(old());
        clock.advance(REFRESH.multipliedBy(2));
        assertOut(old(), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertIn(fresh());
    }

    @Test
    void findsOutAndTellsThatAKeyWasTakenOutThoughNobodyLogsIn() {
        AtomicInteger told = new AtomicInteger();
        source.onDropped(told::incrementAndGet);
        service.answers(200, jwks(key("old", Tokens.RSA), key("new", Tokens.OTHER_RSA)));
        source.refresh();
        clock.advance(REFRESH);
        source.refresh();
        await().until(() -> source.figures().keys() == 2);

        service.answers(503, "");
        clock.advance(REFRESH);
        source.refresh();
        await().until(() -> source.figures().failedFetches() == 1);
        assertThat(told).hasValue(0);

        service.answers(200, jwks(key("new", Tokens.OTHER_RSA)));
        clock.advance(BETWEEN);
        source.refresh();
        await().until(() -> told.get() == 1);
        assertThat(service.requests()).hasSize(4);
    }

    @Test
    void refreshesWithoutLettingALoginWait() {
        service.hangs();
        clock.advance(REFRESH);

        assertIn(old()); // while the fetch hangs
        await().until(() -> service.requests().size() == 2);
        assertIn(old());
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void refusesAKidThatIsNotTheKeys() {
        assertOut(Tokens.signed("old", Tokens.OTHER_RSA, claims()), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertOut(Tokens.signed("other", Tokens.RSA, claims()), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        JWSHeader nameless = new JWSHeader(JWSAlgorithm.RS256);
        assertIn(Tokens.signed(nameless, Tokens.RSA, claims()));
    }

    @Test
    void fetchesOnceForAFloodOfUnknownKeys() {
        for (int round = 1; round <= 3; round++) {
            clock.advance(BETWEEN);
            List<CompletableFuture<LoginAnswer>> flood = IntStream.range(0, 200)
                    .mapToObj(i -> source.check(credentials("c", "u", Tokens.signed("k" + i, Tokens.RSA, claims())))
                            .toCompletableFuture())
                    .toList();
            assertThat(flood).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(LoginAnswer.Refused.class));
            assertThat(service.requests()).hasSize(1 + round);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500|",
                "200|<html>",
                "200|{\"keys\":[]}",
                "200|{\"keys\":[7]}",
                "200|{\"keys\":{\"a\":7}}",
                "302|",
                "204|"
            })
    void keepsItsKeysWhileTheServiceAnswersNothingUseful(int status, String body) {
        service.answers(status, body == null ? "" : body);
        clock.advance(REFRESH.multipliedBy(2));

        assertIn(old());
        assertThat(source.figures().failedFetches()).isEqualTo(1);
        assertOut(fresh(), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void keepsItsKeysForATimeWhileTheServiceIsDownAndFindsItAgain() {
        int port = service.port();
        service.close();
        clock.advance(REFRESH.multipliedBy(2));
        assertIn(old());
        clock.advance(KEEP);
        assertOut(old(), ReasonCode.SERVER_UNAVAILABLE);
        assertThat(source.figures().unavailable()).isEqualTo(1);

        service = new TestService(port).answers(200, jwks(key("new", Tokens.OTHER_RSA)));
        assertOut(old(), ReasonCode.SERVER_UNAVAILABLE); // it tried a moment ago
        clock.advance(BETWEEN);
        assertIn(fresh());
        assertOut(old(), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    @Test
    void tellsWhenItHasFetchedAndWhyItCouldNot() {
        Instant before = Instant.ofEpochMilli(clock.wallMillis());
        assertThat(source.trusted().fetched()).contains(before);
        assertThat(source.trusted().keyIds()).containsExactly("old");
        assertThat(source.trusted().kind()).isEqualTo("jwks-url");
        assertThat(source.trusted().source()).isEqualTo(service.url("/jwks"));
        assertThat(source.trusted().error()).isEmpty();

        service.answers(503, "");
        clock.advance(REFRESH);
        source.refresh();
        await().until(() -> source.trusted().error().isPresent());
        assertThat(source.trusted().error()).contains("it answered with status 503");
        assertThat(source.trusted().fetched()).contains(before);
        assertThat(source.trusted().failedFetches()).isEqualTo(1);

        service.answers(200, jwks(key("new", Tokens.OTHER_RSA)));
        clock.advance(BETWEEN);
        source.refresh();
        await().until(() -> source.trusted().error().isEmpty());
        assertThat(source.trusted().fetched()).contains(before.plus(REFRESH).plus(BETWEEN));
        assertThat(source.trusted().keyIds()).containsExactly("new");
    }

    @Test
    void refusesAllWhileThereWereNeverKeys() {
        source.close();
        service.answers(503, "");
        source = open();
        await().until(() -> source.figures().failedFetches() == 1);

        assertOut(old(), ReasonCode.SERVER_UNAVAILABLE);
        service.answers(200, jwks(key("old", Tokens.RSA)));
        assertOut(old(), ReasonCode.SERVER_UNAVAILABLE);
        clock.advance(BETWEEN);
        assertIn(old());
    }

    @Test
    void givesUpOnAServiceThatHangs() {
        source.close();
        service.hangs();
        source = JwtSource.open("jwt", settings(Duration.ofMillis(50)), clock);

        assertOut(old(), ReasonCode.SERVER_UNAVAILABLE);
    }

    @Test
    void takesKeysOverAtAReload() {
        service.answers(503, "");
        JwtSource before = source;
        source = open();
        source.takeOver(before);
        before.close();

        assertIn(old());
        await().until(() -> source.figures().failedFetches() == 1);
        assertIn(old());
    }

    @Test
    void aLoginEndsWithTheAddressOfItsKeys() {
        LoginAnswer.Accepted answer = (LoginAnswer.Accepted) login(old());
        Principal principal = new Principal("c", answer.username(), answer.login());
        JwtSource before = source;
        assertThat(before.whyGone(principal, answer.login())).isEmpty();
        service.hangs();
        source = open();
        source.takeOver(before);
        assertThat(source.whyGone(principal, answer.login())).isEmpty();
        source.close();
        JwksUrl other = new JwksUrl(
                URI.create(service.url("/other")), REFRESH, BETWEEN, KEEP, Duration.ofSeconds(5), Optional.empty());
        source = JwtSource.open("jwt", JwtSourceTest.settings(other), clock);
        source.takeOver(before);
        assertThat(source.whyGone(principal, answer.login())).isPresent();
        before.close();
    }

    @Test
    void leavesOutSecretsAndKeysForOtherUses() {
        JWK encrypts = new RSAKey.Builder((RSAPublicKey) Tokens.OTHER_RSA.getPublic())
                .keyID("enc")
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        JWK other = new RSAKey.Builder((RSAPublicKey) Tokens.OTHER_RSA.getPublic())
                .keyID("ps")
                .algorithm(JWSAlgorithm.PS256)
                .build();
        JWK secret = new OctetSequenceKey.Builder(Tokens.SECRET).keyID("oct").build();
        String set = "{\"keys\":[{\"kty\":\"new\"},"
                + String.join(
                        ",",
                        encrypts.toJSONString(),
                        other.toJSONString(),
                        secret.toJSONString(),
                        key("ec", Tokens.P256).toJSONString())
                + "]}";
        service.answers(200, set);
        clock.advance(REFRESH.multipliedBy(2));

        assertIn(signed(JWSAlgorithm.ES256, "ec", Tokens.P256));
        assertIn(signed(JWSAlgorithm.PS256, "ps", Tokens.OTHER_RSA));
        assertOut(signed(JWSAlgorithm.RS256, "ps", Tokens.OTHER_RSA), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertOut(signed(JWSAlgorithm.RS256, "enc", Tokens.OTHER_RSA), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertOut(Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims()), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    private static String signed(JWSAlgorithm algorithm, String kid, KeyPair pair) {
        return Tokens.signed(
                new JWSHeader.Builder(algorithm).keyID(kid).build(), pair, claims("exp", Tokens.NOW + 1_000_000));
    }

    @ParameterizedTest
    @CsvSource({"ftp://h/x", "file:///etc/passwd", "http:///x", "jwks", "https://u:p@h/x"})
    void refusesAddressesThatCannotBeAsked(String url) {
        JwtSettings settings = JwtSourceTest.settings(
                new JwksUrl(URI.create(url), REFRESH, BETWEEN, KEEP, Duration.ofSeconds(1), Optional.empty()));

        assertThatThrownBy(() -> JwtSource.open("jwt", settings, clock))
                .isInstanceOf(InvalidSource.class)
                .hasMessageContaining("jwks-url")
                .hasMessageNotContaining("u:p");
    }
}
