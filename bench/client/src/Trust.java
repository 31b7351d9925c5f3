import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** One TLS context of a PEM file, as an application of the other libraries would make it. */
final class Trust {
    private static SSLContext context;
    private static TrustManagerFactory factory;

    private Trust() {}

    static synchronized TrustManagerFactory factory(String caFile) throws Exception {
        if (factory == null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            try (var in = Files.newInputStream(Path.of(caFile))) {
                store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
        }
        return factory;
    }

    static synchronized SSLContext context(String caFile) throws Exception {
        if (context == null) {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(null, factory(caFile).getTrustManagers(), null);
            context = made;
        }
        return context;
    }
}
