package io.dunlin.server.config;

import io.dunlin.security.certificate.UsernameFrom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Clients that log in with a certificate. */
public record CertificateConfig(
        @Setting(
                value = "What of the certificate is the user name; a certificate with several of that kind is refused",
                byDefault = "cn")
        UsernameFrom username,

        @Setting("Users, roles and groups by that value, where it is not the user name itself")
        Map<String, CertificateUser> users,

        @Setting(value = "Whether a certificate that `users` does not list names nobody", byDefault = "false")
        boolean onlyListed,

        @Setting(
                value =
                        "Ask for a password as well: one of the other places of the chain has to take it for the certificate's"
                                + " user",
                byDefault = "false")
        boolean andPassword,

        @Setting(value = "Disconnect a client when its certificate ends", byDefault = "false")
        boolean endWithCertificate,

        @Setting(
                value =
                        "Whether a responder (OCSP) is asked if the certificate is revoked, before the client is let in: `soft`"
                                + " lets the client in where no responder gives an answer, `required` refuses it",
                byDefault = "off")
        Ocsp ocsp,

        @Setting("The responder's address (`http://...`); without it, the one that each certificate names")
        Optional<String> ocspUrl,

        @Setting(value = "Time for a responder to answer", byDefault = "3s", min = "100ms", max = "30s")
        Duration ocspTimeout) {

    /** Whether responders are asked. */
    public enum Ocsp {
        OFF,
        SOFT,
        REQUIRED
    }

    /** Who shows one certificate. */
    public record CertificateUser(
            @Setting("Its user name; without it, the value of the certificate")
            Optional<String> username,

            @Setting("Its roles") List<String> roles,
            @Setting("Its groups") List<String> groups) {}
}
