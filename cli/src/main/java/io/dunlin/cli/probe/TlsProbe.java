package io.dunlin.cli.probe;

import io.dunlin.cli.probe.Finding.State;
import io.dunlin.client.transport.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Looks at the TLS of an address: version, cipher, certificate. It trusts anybody, for it sends nothing. */
final class TlsProbe {
    private static final long SOON_DAYS = 30;

    private final Endpoint endpoint;
    private final Duration patience;
    private final Instant now;

    TlsProbe(Endpoint endpoint, Duration patience, Instant now) {
        this.endpoint = endpoint;
        this.patience = patience;
        this.now = now;
    }

    void look(Consumer<Finding> findings) {
        String group = "TLS of " + endpoint;
        try (Socket plain = new Socket()) {
            plain.setSoTimeout((int) patience.toMillis());
            plain.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), (int) patience.toMillis());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            try (SSLSocket socket = (SSLSocket)
                    context.getSocketFactory().createSocket(plain, endpoint.host(), endpoint.port(), true)) {
                socket.startHandshake();
                SSLSession session = socket.getSession();
                findings.accept(new Finding(
                        group, "version", State.INFO, session.getProtocol() + ", " + session.getCipherSuite()));
                if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                    certificate(certificate, group, findings);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            findings.accept(new Finding(group, "handshake", State.INFO, "no certificate to see: " + e.getMessage()));
        }
    }

    private void certificate(X509Certificate certificate, String group, Consumer<Finding> findings) {
        findings.accept(new Finding(
                group,
                "certificate",
                State.INFO,
                certificate.getSubjectX500Principal().getName()));
        Instant end = certificate.getNotAfter().toInstant();
        long days = Duration.between(now, end).toDays();
        String words =
                end + (days < 0 ? ": it has expired" : ", in " + days + " days" + (days < SOON_DAYS ? ": soon" : ""));
        findings.accept(new Finding(group, "certificate ends", days < 0 ? State.FAILED : State.OK, words));
    }

    /** What the real connection trusts is checked there. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
