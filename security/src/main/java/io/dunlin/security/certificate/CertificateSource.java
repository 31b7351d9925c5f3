package io.dunlin.security.certificate;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.TlsInfo;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Clients whose certificate the TLS handshake has verified: what their certificate says is who they are, and no password is needed. A
 * client without a certificate is unknown here. Where a responder is to be asked (OCSP), that happens on a virtual thread, before the client is
 * let in. Thread: any.
 */
public final class CertificateSource implements LoginSource {
    /** As the configuration calls it. */
    public static final String NAME = "certificate";

    /** The attribute with the value that named the user. */
    static final String IDENTITY = "cert.identity";

    private final Settings settings;
    private final ClientCertificates certificates;
    private final @Nullable OcspCheck ocsp;

    /** @param ocsp null where no responder is asked */
    public CertificateSource(Settings settings, ClientCertificates certificates, @Nullable OcspCheck ocsp) {
        this.settings = settings;
        this.certificates = certificates;
        this.ocsp = ocsp;
    }

    /**
     * How a certificate becomes a user.
     *
     * @param from what of it counts
     * @param users by that value; a certificate that is not listed is the user of that very value, unless {@code onlyListed}
     * @param onlyListed whether certificates that are not listed are unknown
     * @param endWithCertificate whether the client is disconnected when its certificate ends
     */
    public record Settings(UsernameFrom from, Map<String, User> users, boolean onlyListed, boolean endWithCertificate) {
        public static final Settings COMMON_NAME = new Settings(UsernameFrom.CN, Map.of(), false, false);

        public Settings {
            users = Map.copyOf(users);
        }
    }

    /** @param username empty for the value of the certificate itself */
    public record User(Optional<String> username, Set<String> roles, Set<String> groups) {
        public User {
            roles = Set.copyOf(roles);
            groups = Set.copyOf(groups);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        TlsInfo tls = credentials.connection().tls();
        if (tls == null || tls.certificates().isEmpty()) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        List<X509Certificate> shown = tls.certificates();
        LoginAnswer answer = identify(shown.getFirst());
        if (ocsp == null || answer instanceof LoginAnswer.Refused) {
            return CompletableFuture.completedStage(answer);
        }
        String listener = credentials.connection().listener();
        return ocsp.check(shown.getFirst(), () -> certificates.path(listener, shown))
                .thenApply(
                        finding -> finding.<LoginAnswer>map(refused -> refused).orElse(answer));
    }

    private LoginAnswer identify(X509Certificate certificate) {
        CertificateNames names = CertificateNames.of(certificate);
        if (names.isOdd()) {
            return refused("its certificate has a name with control characters or without text");
        }
        List<String> values = names.values(settings.from());
        List<String> listed =
                values.stream().filter(settings.users()::containsKey).toList();
        List<String> candidates = listed.isEmpty() && !settings.onlyListed() ? values : listed;
        if (candidates.isEmpty()) {
            return LoginAnswer.UNKNOWN;
        }
        if (candidates.size() > 1) {
            return refused("its certificate has " + candidates.size() + " names of the kind that is the user name");
        }
        String value = candidates.getFirst();
        User user = settings.users().getOrDefault(value, new User(Optional.empty(), Set.of(), Set.of()));
        Map<String, String> attributes = new HashMap<>(names.attributes());
        attributes.put(IDENTITY, value);
        Login login = Login.of(NAME).withAttributes(attributes).withRoles(user.roles(), user.groups());
        return new LoginAnswer.Accepted(
                user.username().orElse(value),
                settings.endWithCertificate()
                        ? login.endingAt(certificate.getNotAfter().toInstant().toEpochMilli())
                        : login);
    }

    static LoginAnswer.Refused refused(String message) {
        return new LoginAnswer.Refused(ReasonCode.NOT_AUTHORIZED, message);
    }

    @Override
    public boolean bindsExchanges() {
        return true;
    }

    @Override
    public Optional<String> whyGone(Principal principal, Login login) {
        String value = login.attributes().getOrDefault(IDENTITY, "");
        String same = login.attributes().getOrDefault(settings.from().attribute(), value);
        User user = settings.users().get(value);
        boolean isTaken = !value.isEmpty() && value.equals(same) && (user != null || !settings.onlyListed());
        String now = user == null ? value : user.username().orElse(value);
        if (!isTaken || !now.equals(principal.username())) {
            return Optional.of("its certificate stands for another user now, or for none");
        }
        return certificates.whyUntrusted(
                login.listener(), login.attributes().getOrDefault(UsernameFrom.FINGERPRINT.attribute(), ""));
    }
}
