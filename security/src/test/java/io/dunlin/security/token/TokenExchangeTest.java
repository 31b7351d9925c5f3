package io.dunlin.security.token;

import static io.dunlin.security.token.Tokens.claims;
import static io.dunlin.security.token.Tokens.credentials;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.Login;
import io.dunlin.security.token.JwtSettings.Secret;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TokenExchangeTest {
    private final ManualClock clock = new ManualClock();
    private final JwtSource source = JwtSource.open("jwt", JwtSourceTest.settings(new Secret(Tokens.SECRET)), clock);

    private Exchange begin() {
        assertThat(source.methods()).containsExactly("OAUTH2-JWT");
        return source.begin("OAUTH2-JWT", credentials("c", "u", null));
    }

    private static Outcome next(Exchange exchange, String data) {
        return exchange.next(data.getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .join();
    }

    private static String token(long seconds) {
        return Tokens.hmac(JWSAlgorithm.HS256, Tokens.SECRET, claims("exp", Tokens.NOW + seconds));
    }

    @Test
    void takesTheTokenOfTheConnect() {
        assertThat(next(begin(), token(60))).isInstanceOfSatisfying(Outcome.Accepted.class, accepted -> {
            assertThat(accepted.principal().username()).isEqualTo("ada");
            assertThat(accepted.principal().clientId()).isEqualTo("c");
            assertThat(Login.of(accepted.principal()).endsAtMillis()).isEqualTo(ManualClock.START_MILLIS + 90_000);
        });
    }

    @Test
    void laterTokensEndLater() {
        assertThat(next(begin(), token(600)))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(Login.of(accepted.principal()).endsAtMillis())
                                .isEqualTo(ManualClock.START_MILLIS + 630_000));
    }

    @Test
    void asksOnceForATokenThatIsMissing() {
        Exchange exchange = begin();
        assertThat(next(exchange, "")).isInstanceOf(Outcome.Continue.class);
        assertThat(next(exchange, token(60))).isInstanceOf(Outcome.Accepted.class);

        Exchange silent = begin();
        next(silent, "");
        assertRefused(next(silent, ""));
    }

    @Test
    void refusesWhatIsNoGoodToken() {
        assertRefused(next(begin(), "hello"));
        assertRefused(next(begin(), token(-60)));
        assertRefused(next(begin(), token(60) + "A"));
    }

    private static void assertRefused(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    }
}
