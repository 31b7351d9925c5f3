package io.dunlin.server;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.TlsInfo;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** Takes the most specific common name (CN) of a client's certificate as its user name. */
final class CommonNames implements LoginSource {
    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        return CompletableFuture.completedStage(answer(credentials.connection().tls()));
    }

    private LoginAnswer answer(@Nullable TlsInfo tls) {
        if (tls == null || tls.certificates().isEmpty()) {
            return LoginAnswer.UNKNOWN;
        }
        try {
            List<Rdn> parts = new LdapName(tls.certificates()
                            .getFirst()
                            .getSubjectX500Principal()
                            .getName())
                    .getRdns();
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i).getType().equalsIgnoreCase("CN")) {
                    return new LoginAnswer.Accepted(String.valueOf(parts.get(i).getValue()), Login.of(name()));
                }
            }
            return LoginAnswer.UNKNOWN;
        } catch (InvalidNameException unreadable) { // a subject without a readable name names nobody
            return LoginAnswer.UNKNOWN;
        }
    }
}
