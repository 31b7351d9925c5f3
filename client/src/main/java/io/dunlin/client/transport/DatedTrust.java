package io.dunlin.client.transport;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts as another one does, but no server whose own certificate has ended or has not begun: the JDK does not look at the dates of one
 * that is itself among the trusted. Thread: any.
 */
final class DatedTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager paths;

    DatedTrust(X509ExtendedTrustManager paths) {
        this.paths = paths;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        paths.checkServerTrusted(shown, kind);
        shown[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        paths.checkServerTrusted(shown, kind, socket);
        shown[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        paths.checkServerTrusted(shown, kind, engine);
        shown[0].checkValidity();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        paths.checkClientTrusted(shown, kind);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        paths.checkClientTrusted(shown, kind, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        paths.checkClientTrusted(shown, kind, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return paths.getAcceptedIssuers();
    }
}
