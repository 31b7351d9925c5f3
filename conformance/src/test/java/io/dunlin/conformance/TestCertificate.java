package io.dunlin.conformance;

import io.dunlin.transport.TlsConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A certificate for localhost, made once for each run of the tests, and clients that trust it. */
final class TestCertificate {
    private static @Nullable TestCertificate shared;

    private final TlsConfig config;
    private final SSLContext client;

    private TestCertificate() throws IOException, GeneralSecurityException {
        Path folder = Files.createTempDirectory("dunlin-conformance");
        X509Bundle bundle;
        try {
            bundle = new CertificateBuilder()
                    .ecp256()
                    .subject("CN=localhost")
                    .addSanDnsName("localhost")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new GeneralSecurityException("no certificate could be made for the tests", e);
        }
        Path certificate = Files.writeString(folder.resolve("server.pem"), bundle.getCertificatePEM());
        Path key = Files.writeString(folder.resolve("server.key"), bundle.getPrivateKeyPEM());
        for (Path path : new Path[] {folder, certificate, key}) {
            path.toFile().deleteOnExit();
        }
        config = TlsConfig.of(certificate, key);
        client = SSLContext.getInstance("TLS");
        client.init(null, bundle.toTrustManagerFactory().getTrustManagers(), null);
    }

    static synchronized TestCertificate shared() {
        TestCertificate known = shared;
        if (known == null) {
            try {
                known = new TestCertificate();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            shared = known;
        }
        return known;
    }

    TlsConfig config() {
        return config;
    }

    Socket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.startHandshake();
        return socket;
    }
}
