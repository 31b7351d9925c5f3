package io.dunlin.transport;

import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Verifies clients as another one does, and then asks what speaks against their own certificate. Thread: any. */
final class ListedClients extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager paths;
    private final Function<List<X509Certificate>, Optional<String>> whyNot;

    /** @param whyNot of what a client shows, its own certificate first */
    ListedClients(X509ExtendedTrustManager paths, Function<List<X509Certificate>, Optional<String>> whyNot) {
        this.paths = paths;
        this.whyNot = whyNot;
    }

    private void checkOwn(X509Certificate[] shown) throws CertificateException {
        shown[0].checkValidity(); // the JDK does not look at the dates of one that is itself among the trusted
        Optional<String> why = whyNot.apply(List.of(shown));
        if (why.isPresent()) {
            throw new CertificateException(
                    why.get(),
                    new RevocationChecker.Refused(
                            why.get(), CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS));
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        paths.checkClientTrusted(shown, kind);
        checkOwn(shown);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        paths.checkClientTrusted(shown, kind, socket);
        checkOwn(shown);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        paths.checkClientTrusted(shown, kind, engine);
        checkOwn(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        paths.checkServerTrusted(shown, kind);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        paths.checkServerTrusted(shown, kind, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        paths.checkServerTrusted(shown, kind, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return paths.getAcceptedIssuers();
    }
}
