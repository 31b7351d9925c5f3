package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.certificate.AndPassword;
import io.dunlin.security.certificate.CertificateSource;
import io.dunlin.security.certificate.ClientCertificates;
import io.dunlin.security.certificate.OcspCheck;
import io.dunlin.security.login.LoginSource;
import io.dunlin.server.config.CertificateConfig;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Logins by certificate as the configuration has them. Thread: one; what it makes is for any. */
final class CertificateLogins implements AutoCloseable {
    private static final int OCSP_UNDER_WAY_MAX = 256;

    private final boolean andPassword;
    private final @Nullable OcspCheck ocsp;
    private final CertificateSource source;

    private CertificateLogins(
            CertificateSource.Settings settings,
            boolean andPassword,
            @Nullable OcspCheck ocsp,
            ClientCertificates certificates) {
        this.andPassword = andPassword;
        this.ocsp = ocsp;
        this.source = new CertificateSource(settings, certificates, ocsp);
    }

    /** @param told empty for the common name as user name, on listeners that ask for that alone */
    static CertificateLogins of(Optional<CertificateConfig> told, ClientCertificates certificates, Clock clock) {
        if (told.isEmpty()) {
            return new CertificateLogins(CertificateSource.Settings.COMMON_NAME, false, null, certificates);
        }
        CertificateConfig config = told.get();
        OcspCheck ocsp =
                switch (config.ocsp()) {
                    case OFF -> null;
                    case SOFT -> ocsp(config, OcspCheck.Mode.SOFT, clock);
                    case REQUIRED -> ocsp(config, OcspCheck.Mode.REQUIRED, clock);
                };
        Map<String, CertificateSource.User> users = new HashMap<>();
        config.users()
                .forEach((value, user) -> users.put(
                        value,
                        new CertificateSource.User(
                                user.username(), Set.copyOf(user.roles()), Set.copyOf(user.groups()))));
        return new CertificateLogins(
                new CertificateSource.Settings(
                        config.username(), users, config.onlyListed(), config.endWithCertificate()),
                config.andPassword(),
                ocsp,
                certificates);
    }

    private static OcspCheck ocsp(CertificateConfig config, OcspCheck.Mode mode, Clock clock) {
        return new OcspCheck(
                new OcspCheck.Settings(
                        mode, config.ocspUrl().map(URI::create), config.ocspTimeout(), OCSP_UNDER_WAY_MAX),
                clock);
    }

    CertificateSource source() {
        return source;
    }

    /** The chain of a listener, where a certificate alone may not be enough. */
    List<LoginSource> withPasswords(List<LoginSource> chain) {
        if (!andPassword) {
            return chain;
        }
        List<LoginSource> others =
                chain.stream().filter(other -> other != source).toList();
        return chain.stream()
                .map(one -> one == source ? new AndPassword(source, others) : one)
                .toList();
    }

    @Override
    public void close() {
        if (ocsp != null) {
            ocsp.close();
        }
    }
}
