package io.dunlin.security.certificate;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and a password, both: the certificate says who the client is, and one of the other sources has to take the client's
 * password for that very user. Thread: any.
 */
public final class AndPassword implements LoginSource {
    /** The attribute with the name of the source that took the password. */
    static final String SECOND = "cert.password-from";

    private final LoginSource certificate;
    private final List<LoginSource> passwords;

    /** @param passwords asked in this order; without one that lets clients in without a password */
    public AndPassword(LoginSource certificate, List<LoginSource> passwords) {
        this.certificate = certificate;
        this.passwords = List.copyOf(passwords);
    }

    @Override
    public String name() {
        return certificate.name();
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        return certificate.check(credentials).thenCompose(answer -> switch (answer) {
            case LoginAnswer.Accepted first -> second(first, credentials);
            case LoginAnswer.Refused _, LoginAnswer.Unknown _ -> CompletableFuture.completedStage(answer);
        });
    }

    private CompletionStage<LoginAnswer> second(LoginAnswer.Accepted first, Credentials credentials) {
        String username = first.username();
        boolean other =
                credentials.username() != null && !credentials.username().equals(username);
        if (username == null || other || credentials.password() == null) {
            return CompletableFuture.completedStage(
                    LoginAnswer.Refused.wrong(other ? "its user name is not that of its certificate" : "no password"));
        }
        return ask(
                0,
                first,
                new Credentials(credentials.clientId(), username, credentials.password(), credentials.connection()));
    }

    private CompletionStage<LoginAnswer> ask(int at, LoginAnswer.Accepted first, Credentials credentials) {
        if (at == passwords.size()) {
            return CompletableFuture.completedStage(
                    LoginAnswer.Refused.wrong("nobody knows the user of its certificate"));
        }
        return passwords.get(at).check(credentials).thenCompose(answer -> switch (answer) {
            case LoginAnswer.Accepted accepted -> CompletableFuture.completedStage(both(first, accepted));
            case LoginAnswer.Refused _ -> CompletableFuture.completedStage(answer);
            case LoginAnswer.Unknown _ -> ask(at + 1, first, credentials);
        });
    }

    private static LoginAnswer both(LoginAnswer.Accepted first, LoginAnswer.Accepted second) {
        if (first.username() == null || !first.username().equals(second.username())) {
            return LoginAnswer.Refused.wrong("its password is that of another user");
        }
        Login one = first.login();
        Login other = second.login();
        Map<String, String> attributes = new HashMap<>(other.attributes());
        attributes.putAll(one.attributes());
        attributes.put(SECOND, other.source());
        Login login = Login.of(one.source())
                .withAttributes(attributes)
                .withRoles(union(one.roles(), other.roles()), union(one.groups(), other.groups()))
                .withRules(other.rules())
                .endingAt(Math.min(one.endsAtMillis(), other.endsAtMillis()));
        return new LoginAnswer.Accepted(first.username(), other.superuser() ? login.asSuperuser() : login);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> all = new HashSet<>(one);
        all.addAll(other);
        return all;
    }

    @Override
    public boolean bindsExchanges() {
        return true;
    }

    @Override
    public Optional<String> whyGone(Principal principal, Login login) {
        Optional<String> why = certificate.whyGone(principal, login);
        if (why.isPresent()) {
            return why;
        }
        LoginSource second = named(login.attributes().getOrDefault(SECOND, ""));
        return second == null
                ? Optional.of("its password is not asked for any more")
                : second.whyGone(principal, login);
    }

    private @Nullable LoginSource named(String name) {
        return passwords.stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
