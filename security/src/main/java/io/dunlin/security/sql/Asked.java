package io.dunlin.security.sql;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.certificate.CertificateNames;
import io.dunlin.security.certificate.UsernameFrom;
import io.dunlin.security.login.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
        return new Asked(
                credentials.clientId(),
                credentials.username(),
                CertificateNames.attributes(credentials.connection().tls()).get(UsernameFrom.CN.attribute()),
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
}
