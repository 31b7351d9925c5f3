package io.dunlin.security.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramSha256Test {
    private static final ConnectionInfo CONNECTION =
            new ConnectionInfo("tcp", "memory", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null);
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    private final PasswordEnd users = end(Map.of(
            "user",
            ScramKeys.of(bytes("pencil"), SALT, 4096).text(),
            "hashed",
            PasswordHash.of(bytes("x"), 1).text()));

    /** RFC 7677, section 3. */
    @Test
    void speaksAsInTheRfc() {
        ScramSha256 exchange = exchange(null);
        assertThat(answer(exchange, "n,,n=user,r=" + CLIENT_NONCE))
                .isEqualTo("r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        Outcome.Accepted accepted = (Outcome.Accepted) next(
                exchange,
                "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThat(accepted.principal().clientId()).isEqualTo("c1");
        assertThat(accepted.principal().username()).isEqualTo("user");
        assertThat(Login.of(accepted.principal()).source()).isEqualTo("users");
        assertThat(accepted.data()).isEqualTo(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    }

    @Test
    void acceptsTheFlagYAndRefusesChannelBinding() {
        assertThat(login("y,,", "user", "pencil", null)).isInstanceOf(Outcome.Accepted.class);
        assertThat(login("n,a=user,", "user", "pencil", "user")).isInstanceOf(Outcome.Accepted.class);
        assertThat(next(exchange(null), "p=tls-exporter,,n=user,r=abc"))
                .isEqualTo(new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "channel binding is not offered"));
    }

    @Test
    void aLaterMessageMustRepeatTheHeaderAndTheNonce() {
        ScramSha256 downgraded = exchange(null);
        next(downgraded, "y,,n=user,r=abc");
        assertMalformed(next(downgraded, "c=biws,r=abc" + SERVER_NONCE + ",p=AAAA"));
        ScramSha256 other = exchange(null);
        next(other, "n,,n=user,r=abc");
        assertMalformed(next(other, "c=biws,r=abc" + SERVER_NONCE + "x,p=AAAA"));
        assertMalformed(next(other, "c=biws,r=abc" + SERVER_NONCE + ",p=AAAA")); // it is over after a refusal
    }

    @Test
    void unknownUsersLookLikeWrongPasswords() {
        for (String user : new String[] {"user", "nobody", "hashed"}) {
            assertThat(login("n,,", user, "wrong", null))
                    .as(user)
                    .isEqualTo(
                            new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong user name or password"));
        }
        String first = answer(exchange(null), "n,,n=nobody,r=abc");
        assertThat(answer(exchange(null), "n,,n=nobody,r=abc")).isEqualTo(first); // a salt that changes would tell
        assertThat(answer(exchange(null), "n,,n=nobody2,r=abc")).isNotEqualTo(first);
        assertThat(first).endsWith(",i=4096").hasSameSizeAs(answer(exchange(null), "n,,n=user,r=abc"));
    }

    @Test
    void namesAreUnescapedAndPrepared() {
        PasswordEnd odd =
                end(Map.of("a=b,c é", ScramKeys.of(bytes("p\u00ADw"), SALT, 2).text()));
        ScramSha256 exchange = new ScramSha256(odd, credentials(null), SERVER_NONCE);
        Outcome outcome = finish(exchange, "n,,", "a=3Db=2Cc\u00A0e\u0301", "pw");
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        assertThat(((Outcome.Accepted) outcome).principal().username()).isEqualTo("a=b,c é");
    }

    @Test
    void aClientLogsInByTheNameOfItsConnect() {
        assertThat(next(exchange("other"), "n,,n=user,r=abc")).isInstanceOf(Outcome.Refused.class);
        assertThat(next(exchange(null), "n,a=other,n=user,r=abc")).isInstanceOf(Outcome.Refused.class);
        assertThat(login("n,,", "user", "pencil", "user")).isInstanceOf(Outcome.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,,",
                "n,,n=user",
                "x,,n=user,r=abc",
                "n,,n=,r=abc",
                "n,,n=user,r=",
                "n,,n=us=er,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,b=user,n=user,r=abc",
                "n,,r=abc,n=user",
                "n,,n=us\u0001er,r=abc",
                "n,,n=user,r=a b"
            })
    void refusesMalformedFirstMessages(String message) {
        assertMalformed(next(exchange(null), message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "c=biws", "c=biws,r=@", "c=biws,r=@,p=%%", "r=@,c=biws,p=AAAA", "c=%%,r=@,p=AAAA", "p=AAAA"})
    void refusesMalformedLastMessages(String message) {
        ScramSha256 exchange = exchange(null);
        next(exchange, "n,,n=user,r=abc");
        assertMalformed(next(exchange, message.replace("@", "abc" + SERVER_NONCE)));
    }

    @Test
    void refusesBytesThatAreNoTextAndMessagesWithoutMeasure() {
        assertMalformed(outcome(exchange(null), new byte[] {'n', ',', ',', 'n', '=', -1, ',', 'r', '=', 'a'}));
        assertMalformed(next(exchange(null), "n,,n=user,r=" + "a".repeat(5_000)));
        ScramSha256 exchange = exchange(null);
        next(exchange, "n,,n=user,r=abc");
        assertThat(next(exchange, "c=biws,r=abc" + SERVER_NONCE + ",p=AAAA")).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void keysHaveATextForm() {
        ScramKeys keys = ScramKeys.of(bytes("pencil"), SALT, 4096);
        assertThat(keys.text())
                .isEqualTo("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                        + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
        ScramKeys read = ScramKeys.parse(keys.text());
        assertThat(read.text()).isEqualTo(keys.text());
        assertThat(read.matches(bytes("pencil"))).isTrue();
        assertThat(read.matches(bytes("pencils"))).isFalse();
        assertThat(read.matches(new byte[] {-1})).isFalse();
    }

    private Outcome login(String header, String user, String password, @Nullable String connectName) {
        return finish(exchange(connectName), header, user, password);
    }

    /** The client's side, with the keys that the server's salt gives. */
    private static Outcome finish(ScramSha256 exchange, String header, String user, String password) {
        String bare = "n=" + user + ",r=abc";
        String challenge = answer(exchange, header + bare);
        String[] parts = challenge.split(",", -1);
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        byte[] salted =
                Pbkdf2.derive(Pbkdf2.HMAC_SHA_256, bytes(password), salt, Integer.parseInt(parts[2].substring(2)), 32);
        byte[] clientKey = Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, salted, bytes("Client Key"));
        String last = "c=" + Base64.getEncoder().encodeToString(bytes(header)) + "," + parts[0];
        byte[] signature =
                Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, sha256(clientKey), bytes(bare + "," + challenge + "," + last));
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= signature[i];
        }
        return next(exchange, last + ",p=" + Base64.getEncoder().encodeToString(clientKey));
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertMalformed(Outcome outcome) {
        assertThat(outcome).isEqualTo(new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "not a SCRAM-SHA-256 message"));
    }

    private static PasswordEnd end(Map<String, String> secrets) {
        Hashing hashing = new Hashing(Hashing.Limits.DEFAULT, Clock.system());
        return new PasswordEnd(
                List.of(new PasswordSource(PasswordSource.USERS, ConfiguredUsers.of(secrets), hashing, true)), hashing);
    }

    private ScramSha256 exchange(@Nullable String connectName) {
        return new ScramSha256(users, credentials(connectName), SERVER_NONCE);
    }

    private static Credentials credentials(@Nullable String name) {
        return new Credentials("c1", name, null, CONNECTION);
    }

    private static String answer(ScramSha256 exchange, String message) {
        return new String(((Outcome.Continue) next(exchange, message)).data(), UTF_8);
    }

    private static Outcome next(ScramSha256 exchange, String message) {
        return outcome(exchange, bytes(message));
    }

    private static Outcome outcome(ScramSha256 exchange, byte[] data) {
        return exchange.next(data).toCompletableFuture().join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
