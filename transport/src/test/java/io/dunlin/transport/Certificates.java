package io.dunlin.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** An authority, a server's and a client's certificate, made for one test. */
final class Certificates {
    final X509Bundle authority;
    final X509Bundle server;
    final X509Bundle client;
    final Path directory;

    Certificates(Path directory) throws Exception {
        this.directory = directory;
        CertificateBuilder builder = new CertificateBuilder().ecp256();
        authority = builder.copy()
                .subject("CN=Test Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        server = serverCertificate("first");
        client = builder.copy().subject("CN=thermometer-7").buildIssuedBy(authority);
        write("ca.pem", authority.getCertificatePEM());
        use(server);
    }

    X509Bundle serverCertificate(String organisation) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost,O=" + organisation)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    /** Writes this certificate where {@link #config} points to. */
    void use(X509Bundle bundle) throws Exception {
        write("server.pem", bundle.getCertificatePathPEM());
        write("server.key", bundle.getPrivateKeyPEM());
    }

    Path write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    TlsConfig config(TlsConfig.Engine engine) {
        return TlsConfig.of(file("server.pem"), file("server.key")).withEngine(engine);
    }

    /** For a client that trusts the authority, and shows its certificate if asked for. */
    SSLContext clientContext(boolean withCertificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = withCertificate ? client.toKeyManagerFactory().getKeyManagers() : null;
        TrustManager[] trusted = authority.toTrustManagerFactory().getTrustManagers();
        context.init(keys, trusted, new SecureRandom());
        return context;
    }
}
