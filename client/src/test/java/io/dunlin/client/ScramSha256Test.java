package io.dunlin.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.Authentication.Exchange;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramSha256Test {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_FIRST =
            "r=" + NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static Exchange exchange(String user, SecretSource secret) {
        return new ScramSha256(user, secret, () -> NONCE).start();
    }

    private static Exchange exchange() {
        return exchange("user", SecretSource.of("pencil".toCharArray()));
    }

    private static String answer(Exchange exchange, String challenge) {
        return new String(exchange.answer(challenge.getBytes(UTF_8)), UTF_8);
    }

    /** RFC 7677, section 3. */
    @Test
    void speaksAsInTheRfc() {
        Exchange exchange = exchange();

        assertThat(exchange.first()).asString().isEqualTo("n,,n=user,r=" + NONCE);
        assertThat(answer(exchange, SERVER_FIRST))
                .isEqualTo("c=biws,r=" + NONCE
                        + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        exchange.finish(SERVER_FINAL.getBytes(UTF_8));
    }

    @Test
    void serverMustProveThatItKnowsThePassword() {
        for (String last : new String[] {"", "e=other-error", "v=AAAA", "v=%%"}) {
            Exchange exchange = exchange();
            answer(exchange, SERVER_FIRST);
            assertThatThrownBy(() -> exchange.finish(last.getBytes(UTF_8)))
                    .as(last)
                    .isInstanceOf(AuthenticationFailed.class);
        }
    }

    @Test
    void serverMustAskBeforeItAccepts() {
        Exchange exchange = exchange();

        assertThatThrownBy(() -> exchange.finish(SERVER_FINAL.getBytes(UTF_8)))
                .isInstanceOf(AuthenticationFailed.class)
                .hasMessageContaining("without proof");
    }

    @Test
    void asksOnlyOnce() {
        Exchange exchange = exchange();
        answer(exchange, SERVER_FIRST);

        assertThatThrownBy(() -> answer(exchange, SERVER_FIRST)).isInstanceOf(AuthenticationFailed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=" + NONCE + ",s=AAAA,i=4096",
                "r=other,s=AAAA,i=4096",
                "r=" + NONCE + "x,s=%%,i=4096",
                "r=" + NONCE + "x,s=AAAA,i=many",
                "r=" + NONCE + "x,s=AAAA,i=4095",
                "r=" + NONCE + "x,s=AAAA,i=2000000000",
                "m=ext,r=" + NONCE + "x,s=AAAA,i=4096",
                "s=AAAA,r=" + NONCE + "x,i=4096"
            })
    void refusesWhatIsNoChallenge(String challenge) {
        assertThatThrownBy(() -> answer(exchange(), challenge))
                .isInstanceOf(AuthenticationFailed.class)
                .hasMessageStartingWith("The server does not speak SCRAM-SHA-256 as it should: ");
    }

    @Test
    void namesArePreparedAndEscaped() {
        assertThat(exchange("a=b,c\u00A0e\u0301", () -> new byte[0]).first())
                .asString()
                .startsWith("n,,n=a=3Db=2Cc é,r=");
        assertThatThrownBy(() -> exchange("a\u0001", () -> new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> exchange("", () -> new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhereThereIsNoPassword() {
        assertThatThrownBy(() -> answer(exchange("user", () -> new byte[0]), SERVER_FIRST))
                .hasMessage("The password is empty.");
        assertThatThrownBy(() -> answer(
                        exchange("user", () -> {
                            throw new IOException("no such file");
                        }),
                        SERVER_FIRST))
                .isInstanceOf(AuthenticationFailed.class)
                .hasMessage("The password cannot be read: no such file.");
    }

    @Test
    void eachLoginHasItsOwnNonce() {
        Authentication scram = Authentication.scramSha256("user", () -> new byte[0]);

        assertThat(scram.start().first()).isNotEqualTo(scram.start().first());
    }
}
