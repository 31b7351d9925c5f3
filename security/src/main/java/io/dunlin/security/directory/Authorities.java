package io.dunlin.security.directory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Whose signature a directory's certificate must bear. */
final class Authorities {
    private Authorities() {}

    /**
     * @param cafile PEM; without it the authorities of the JDK
     * @throws IllegalArgumentException with a sentence, where the file cannot be used
     */
    static SSLSocketFactory trusting(Optional<Path> cafile) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            if (cafile.isEmpty()) {
                context.init(null, null, null);
            } else {
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(read(cafile.get()));
                context.init(null, trust.getTrustManagers(), null);
            }
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    cafile.map(Path::toString).orElse("the JDK's authorities") + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static KeyStore read(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        Collection<? extends Certificate> found;
        try (InputStream in = Files.newInputStream(file)) {
            found = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        if (found.isEmpty()) {
            throw new GeneralSecurityException("it has no certificate in it");
        }
        int number = 0;
        for (Certificate certificate : found) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        return store;
    }
}
