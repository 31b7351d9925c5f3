package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.port.TlsInfo;
import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.ClientCertificate;
import io.dunlin.transport.TlsConfig.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class TlsTest {
    @TempDir
    Path directory;

    private static TestServer server(LoopKind kind, TlsConfig tls) {
        return new TestServer(kind, 2, config -> config.withTls(tls), Peer::new);
    }

    private static SSLSocket connect(TestServer server, SSLContext context, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(20_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("broker.example")));
        parameters.setApplicationProtocols(new String[] {"mqtt"});
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static void echo(SSLSocket client, int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Thread writer = Thread.startVirtualThread(() -> {
            try {
                client.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(client.getInputStream().readNBytes(length)).isEqualTo(bytes);
        writer.join();
    }

    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void bytesComeAndGoEncrypted(LoopKind kind) throws Exception {
        Certificates certificates = new Certificates(directory);
        for (Engine engine : List.of(Engine.OPENSSL, Engine.JDK)) {
            for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
                try (TestServer server = server(kind, certificates.config(engine));
                        SSLSocket client = connect(server, certificates.clientContext(false), protocol)) {
                    echo(client, 10);
                    echo(client, 500_000);
                    TlsInfo tls = Objects.requireNonNull(
                            server.peers.getFirst().connection.info().tls());
                    assertThat(server.peers.getFirst().connection.info().transport())
                            .isEqualTo("tls");
                    assertThat(tls.protocol()).isEqualTo(protocol);
                    assertThat(tls.cipher()).startsWith("TLS_");
                    assertThat(tls.serverName()).isEqualTo("broker.example");
                    assertThat(tls.alpn()).isEqualTo("mqtt");
                    assertThat(tls.certificates()).isEmpty();
                    client.shutdownOutput();
                    await().until(() -> server.peers.getFirst().closed);
                    assertThat(server.peers.getFirst().cause).isNull();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void clientCertificatesReachTheCore(Engine engine) throws Exception {
        Certificates certificates = new Certificates(directory);
        TlsConfig required = certificates
                .config(engine)
                .withClientCertificates(ClientCertificate.REQUIRED, certificates.file("ca.pem"));
        try (TestServer server = server(LoopKind.EPOLL, required)) {
            try (SSLSocket client = connect(server, certificates.clientContext(true))) {
                echo(client, 10);
                TlsInfo tls = Objects.requireNonNull(
                        server.peers.getFirst().connection.info().tls());
                X509Certificate first = tls.certificates().getFirst();
                assertThat(first.getSubjectX500Principal().getName()).isEqualTo("CN=thermometer-7");
            }
            try (SSLSocket client = connect(server, certificates.clientContext(false))) {
                assertThatThrownBy(() -> echo(client, 10)).isInstanceOf(IOException.class);
            }
            assertThat(server.peers).hasSize(1);
        }
        TlsConfig optional = required.withClientCertificates(ClientCertificate.OPTIONAL, certificates.file("ca.pem"));
        try (TestServer server = server(LoopKind.EPOLL, optional);
                SSLSocket client = connect(server, certificates.clientContext(false))) {
            echo(client, 10);
        }
    }

    @Test
    void theCoreSeesNoneThatDoesNotShakeHands() throws Exception {
        Certificates certificates = new Certificates(directory);
        try (TestServer server = new TestServer(
                        LoopKind.EPOLL,
                        1,
                        config ->
                                config.withTls(certificates.config(Engine.AUTO)).withHandshakeTimeoutSeconds(1),
                        Peer::new);
                var plain = server.connect();
                var silent = server.connect()) {
            plain.getOutputStream().write(new byte[] {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0});
            assertThat(plain.getInputStream().readAllBytes()).hasSizeLessThan(20);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(server.peers).isEmpty();
        }
    }

    @Test
    void certificatesAreReadAnewOnRequest() throws Exception {
        Certificates certificates = new Certificates(directory);
        try (TestServer server = server(LoopKind.EPOLL, certificates.config(Engine.AUTO));
                SSLSocket early = connect(server, certificates.clientContext(false))) {
            echo(early, 10);
            assertThat(subject(early)).contains("O=first");
            certificates.use(certificates.serverCertificate("second"));
            server.listener.reloadTls();
            try (SSLSocket late = connect(server, certificates.clientContext(false))) {
                echo(late, 10);
                assertThat(subject(late)).contains("O=second");
            }
            echo(early, 10);
            certificates.write("server.pem", "nonsense");
            assertThatThrownBy(server.listener::reloadTls).isInstanceOf(TransportException.class);
            try (SSLSocket late = connect(server, certificates.clientContext(false))) {
                echo(late, 10);
                assertThat(subject(late)).contains("O=second");
            }
        }
    }

    private static String subject(SSLSocket socket) throws IOException {
        X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return certificate.getSubjectX500Principal().getName();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void saysWhichFileIsWrongAndHow(Engine engine) throws Exception {
        Certificates certificates = new Certificates(directory);
        Path chain = certificates.file("server.pem");
        Path key = certificates.file("server.key");
        assertThat(failure(engine, certificates.file("gone.pem"), key, null))
                .isEqualTo("Listener \"test\" cannot use its TLS certificate file: " + certificates.file("gone.pem")
                        + " does not exist.");
        assertThat(failure(engine, chain, certificates.file("gone.key"), null)).contains("gone.key does not exist");
        assertThat(failure(engine, chain, directory, null)).contains(directory + " is no file");
        assertThat(failure(engine, certificates.write("bad.pem", "nonsense"), key, null))
                .contains("TLS certificate file")
                .contains("no certificate in PEM");
        assertThat(failure(engine, chain, certificates.write("bad.key", "nonsense"), null))
                .contains("bad.key is not an unencrypted PKCS#8 key in PEM");
        Path foreign = certificates.write("foreign.key", certificates.client.getPrivateKeyPEM());
        assertThat(failure(engine, chain, foreign, null))
                .contains("foreign.key does not belong to the certificate in " + chain);
        assertThat(failure(engine, chain, key, certificates.file("no-ca.pem"))).contains("client authorities file");
    }

    private static String failure(Engine engine, Path chain, Path key, @Nullable Path authorities) {
        TlsConfig config = TlsConfig.of(chain, key)
                .withEngine(engine)
                .withClientCertificates(
                        authorities == null ? ClientCertificate.NONE : ClientCertificate.REQUIRED, authorities);
        try (TestServer server = server(LoopKind.NIO, config)) {
            throw new AssertionError("started at " + server.address());
        } catch (TransportException e) {
            return Objects.requireNonNull(e.getMessage());
        }
    }
}
