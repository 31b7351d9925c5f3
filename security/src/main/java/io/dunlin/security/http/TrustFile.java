package io.dunlin.security.http;

import io.dunlin.security.login.InvalidSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes the authorities of a PEM file the only ones that are trusted. */
final class TrustFile {
    private TrustFile() {}

    /** @throws InvalidSource where the file cannot be read or holds no certificate */
    static SSLContext context(Path cafile) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates(cafile)) {
                trusted.setCertificateEntry("ca" + number, certificate);
                number++;
            }
            if (number == 0) {
                throw new InvalidSource("cafile " + cafile + " holds no certificate: expected is PEM");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidSource("cafile " + cafile + " cannot be used ("
                    + e.getClass().getSimpleName() + "): expected are certificates in PEM");
        }
    }

    private static Collection<? extends Certificate> certificates(Path cafile)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(cafile)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }
}
