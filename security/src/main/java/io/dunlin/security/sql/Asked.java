package io.dunlin.security.sql;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.TlsInfo;
import io.dunlin.security.login.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** What of a client is asked about: the values of a query's placeholders. */
record Asked(
        String clientId,
        @Nullable String username,
        @Nullable String commonName,
        @Nullable String peerHost) {

    static final String CLIENT_ID = "clientid";
    static final String USERNAME = "username";
    static final String COMMON_NAME = "cert_common_name";
    static final String PEER_HOST = "peerhost";

    static Asked of(Credentials credentials) {
        TlsInfo tls = credentials.connection().tls();
        X509Certificate certificate = tls == null || tls.certificates().isEmpty()
                ? null
                : tls.certificates().getFirst();
        return new Asked(
                credentials.clientId(),
                credentials.username(),
                certificate == null ? null : commonName(certificate),
                host(credentials.connection().peer()));
    }

    static Asked of(Principal principal) {
        Login login = Login.of(principal);
        return new Asked(
                principal.clientId(), principal.username(), login.attributes().get("cert.cn"), host(login.address()));
    }

    @Nullable
    String value(String placeholder) {
        return switch (placeholder) {
            case CLIENT_ID -> clientId;
            case USERNAME -> username;
            case COMMON_NAME -> commonName;
            case PEER_HOST -> peerHost;
            default -> throw new IllegalArgumentException(placeholder);
        };
    }

    private static @Nullable String host(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress inet)) {
            return null;
        }
        InetAddress address = inet.getAddress();
        if (address == null) {
            return null;
        }
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    /** The only common name of a certificate; null where it has none, or several. */
    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            String found = null;
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    if (found != null || !(rdn.getValue() instanceof String)) {
                        return null;
                    }
                    found = (String) rdn.getValue();
                }
            }
            return found;
        } catch (InvalidNameException e) {
            return null;
        }
    }
}
