package io.dunlin.security.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.certificate.CertificateSource.Settings;
import io.dunlin.security.certificate.CertificateSource.User;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

final class CertificateSourceTest {
    private static final Made ROOT = Made.root("Root");
    private static final Made METER = ROOT.client(
            "CN=meter-7,O=Works",
            new GeneralName(GeneralName.dNSName, "meter-7.example"),
            new GeneralName(GeneralName.dNSName, "backup.example"));

    private final Map<String, String> gone = new HashMap<>();
    private final ClientCertificates certificates = new ClientCertificates() {
        @Override
        public List<X509Certificate> path(String listener, List<X509Certificate> shown) {
            return List.of();
        }

        @Override
        public Optional<String> whyUntrusted(String listener, String fingerprint) {
            return Optional.ofNullable(gone.get(fingerprint));
        }
    };

    private CertificateSource source(UsernameFrom from, Map<String, User> users, boolean onlyListed) {
        return new CertificateSource(new Settings(from, users, onlyListed, false), certificates, null);
    }

    private static User user(String name) {
        return new User(Optional.of(name), Set.of("role"), Set.of("group"));
    }

    private static LoginAnswer answer(LoginSource source, Credentials credentials) {
        return source.check(credentials).toCompletableFuture().join();
    }

    private static String username(LoginSource source, Credentials credentials) {
        return answer(source, credentials) instanceof LoginAnswer.Accepted accepted
                ? Objects.requireNonNull(accepted.username())
                : "";
    }

    @Test
    void knowsOnlyClientsWithACertificate() {
        CertificateSource source = source(UsernameFrom.CN, Map.of(), false);
        assertThat(answer(source, Made.credentials(List.of(), "meter-7", "x"))).isSameAs(LoginAnswer.UNKNOWN);
        assertThat(username(source, METER.credentials())).isEqualTo("meter-7");
        assertThat(username(source, METER.credentials("admin", "secret"))).isEqualTo("meter-7");
        assertThat(answer(source, ROOT.client("O=Works").credentials())).isSameAs(LoginAnswer.UNKNOWN);
    }

    @Test
    void namesTheUserByWhatIsSaid() {
        String print = CertificateNames.fingerprint(METER.certificate);
        assertThat(username(source(UsernameFrom.DN, Map.of(), false), METER.credentials()))
                .isEqualTo("O=Works,CN=meter-7");
        assertThat(username(source(UsernameFrom.FINGERPRINT, Map.of(), false), METER.credentials()))
                .isEqualTo(print);
        assertThat(username(source(UsernameFrom.FINGERPRINT, Map.of(print, user("m7")), true), METER.credentials()))
                .isEqualTo("m7");
    }

    @Test
    void severalNamesAreNoneUnlessOneIsListed() {
        assertThat(answer(source(UsernameFrom.SAN_DNS, Map.of(), false), METER.credentials()))
                .isInstanceOf(LoginAnswer.Refused.class);
        assertThat(username(
                        source(UsernameFrom.SAN_DNS, Map.of("backup.example", user("b")), false), METER.credentials()))
                .isEqualTo("b");
        Map<String, User> both = Map.of("backup.example", user("b"), "meter-7.example", user("m"));
        assertThat(answer(source(UsernameFrom.SAN_DNS, both, false), METER.credentials()))
                .isInstanceOf(LoginAnswer.Refused.class);
    }

    @Test
    void listedOnlyMeansWhatItSays() {
        assertThat(answer(source(UsernameFrom.CN, Map.of("other", user("o")), true), METER.credentials()))
                .isSameAs(LoginAnswer.UNKNOWN);
        assertThat(username(source(UsernameFrom.CN, Map.of("other", user("o")), false), METER.credentials()))
                .isEqualTo("meter-7");
    }

    @Test
    void aNameWithControlCharactersIsRefused() {
        LoginAnswer answer = answer(
                source(UsernameFrom.FINGERPRINT, Map.of(), false),
                ROOT.client("CN=meter,OU=x", new GeneralName(GeneralName.dNSName, "a\u0000b"))
                        .credentials());
        assertThat(answer)
                .isInstanceOfSatisfying(
                        LoginAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    }

    @Test
    void theLoginSaysWhatTheCertificateSays() {
        LoginAnswer.Accepted accepted = (LoginAnswer.Accepted)
                answer(source(UsernameFrom.CN, Map.of("meter-7", user("m7")), false), METER.credentials());
        assertThat(accepted.login().source()).isEqualTo("certificate");
        assertThat(accepted.login().roles()).containsExactly("role");
        assertThat(accepted.login().groups()).containsExactly("group");
        assertThat(accepted.login().attributes())
                .containsEntry("cert.cn", "meter-7")
                .containsEntry("cert.identity", "meter-7")
                .doesNotContainKey("cert.san.dns");
        assertThat(accepted.login().endsAtMillis()).isEqualTo(Identity.NEVER);
        CertificateSource ending =
                new CertificateSource(new Settings(UsernameFrom.CN, Map.of(), false, true), certificates, null);
        assertThat(((LoginAnswer.Accepted) answer(ending, METER.credentials()))
                        .login()
                        .endsAtMillis())
                .isEqualTo(METER.certificate.getNotAfter().toInstant().toEpochMilli());
    }

    private static Principal principal(LoginSource source, Credentials credentials) {
        LoginAnswer.Accepted accepted = (LoginAnswer.Accepted) answer(source, credentials);
        return new Principal("client", accepted.username(), accepted.login());
    }

    @Test
    void aClientIsGoneWhenItsCertificateIsOrStandsForAnother() {
        CertificateSource source = source(UsernameFrom.CN, Map.of("meter-7", user("m7")), false);
        Principal client = principal(source, METER.credentials());
        Login login = Login.of(client);
        assertThat(source.whyGone(client, login)).isEmpty();
        assertThat(source(UsernameFrom.CN, Map.of(), false).whyGone(client, login))
                .isPresent();
        assertThat(source(UsernameFrom.CN, Map.of(), true).whyGone(client, login))
                .isPresent();
        assertThat(source(UsernameFrom.DN, Map.of("meter-7", user("m7")), false).whyGone(client, login))
                .isPresent();
        assertThat(source(UsernameFrom.CN, Map.of("meter-7", user("other")), false)
                        .whyGone(client, login))
                .isPresent();
        gone.put(CertificateNames.fingerprint(METER.certificate), "revoked");
        assertThat(source.whyGone(client, login)).contains("revoked");
    }

    /** A source that takes one password for one user. */
    private record OnePassword(String user, String password) implements LoginSource {
        @Override
        public String name() {
            return "passwords-of-" + user;
        }

        @Override
        public CompletionStage<LoginAnswer> check(Credentials credentials) {
            if (!user.equals(credentials.username())) {
                return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
            }
            String given = new String(Objects.requireNonNull(credentials.password()), StandardCharsets.UTF_8);
            return CompletableFuture.completedStage(
                    given.equals(password)
                            ? new LoginAnswer.Accepted(user, Login.of(name()).withRoles(Set.of("second"), Set.of()))
                            : LoginAnswer.Refused.wrong("wrong"));
        }

        @Override
        public Optional<String> whyGone(Principal principal, Login login) {
            return password.equals("locked") ? Optional.of("locked") : Optional.empty();
        }
    }

    @Test
    void withAPasswordTooBothMustBeRight() {
        CertificateSource first = source(UsernameFrom.CN, Map.of("meter-7", user("m7")), false);
        AndPassword both =
                new AndPassword(first, List.of(new OnePassword("eve", "eve"), new OnePassword("m7", "secret")));
        assertThat(answer(both, Made.credentials(List.of(), "m7", "secret"))).isSameAs(LoginAnswer.UNKNOWN);
        assertThat(answer(both, METER.credentials())).isInstanceOf(LoginAnswer.Refused.class);
        assertThat(answer(both, METER.credentials("m7", "wrong"))).isInstanceOf(LoginAnswer.Refused.class);
        assertThat(answer(both, METER.credentials("eve", "eve"))).isInstanceOf(LoginAnswer.Refused.class);
        assertThat(answer(new AndPassword(first, List.of(new OnePassword("eve", "eve"))), METER.credentials("m7", "x")))
                .isInstanceOf(LoginAnswer.Refused.class);
        LoginAnswer.Accepted accepted = (LoginAnswer.Accepted) answer(both, METER.credentials("m7", "secret"));
        assertThat(accepted.username()).isEqualTo("m7");
        assertThat(accepted.login().roles()).containsExactlyInAnyOrder("role", "second");
        assertThat(accepted.login().attributes()).containsEntry("cert.cn", "meter-7");
        assertThat(answer(both, METER.credentials(null, "secret"))).isInstanceOf(LoginAnswer.Accepted.class);

        Principal client = principal(both, METER.credentials("m7", "secret"));
        assertThat(both.whyGone(client, Login.of(client))).isEmpty();
        assertThat(new AndPassword(first, List.of(new OnePassword("m7", "locked"))).whyGone(client, Login.of(client)))
                .contains("locked");
        assertThat(new AndPassword(first, List.of()).whyGone(client, Login.of(client)))
                .isPresent();
    }
}
