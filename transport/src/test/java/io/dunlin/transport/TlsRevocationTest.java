package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.transport.TestServer.Peer;
import io.dunlin.transport.TlsConfig.ClientCertificate;
import io.dunlin.transport.TlsConfig.Engine;
import io.dunlin.transport.TlsConfig.ExpiredList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates of clients over real sockets, with each engine. */
@SuppressWarnings("TimeInStaticInitializer") // the moment of the test
@Timeout(60)
final class TlsRevocationTest {
    private static final Instant HOUR_AGO = Instant.now().minus(Duration.ofHours(1));
    private static final Instant TOMORROW = Instant.now().plus(Duration.ofDays(1));

    @TempDir
    Path directory = Path.of("");

    private @Nullable Pki made;

    private Pki root() {
        return Objects.requireNonNull(made);
    }

    @BeforeEach
    void write() throws Exception {
        made = Pki.root("Root");
        Pki server = root().client("localhost");
        write("ca.pem", root().pem());
        write("server.pem", server.pem());
        write("server.key", Pki.pem("PRIVATE KEY", server.keys.getPrivate().getEncoded()));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private void list(X509CRL... lists) throws Exception {
        StringBuilder text = new StringBuilder();
        for (X509CRL list : lists) {
            text.append(Pki.pem("X509 CRL", list.getEncoded()));
        }
        write("crl.pem", text.toString());
    }

    private TestServer server(Engine engine) {
        TlsConfig tls = TlsConfig.of(directory.resolve("server.pem"), directory.resolve("server.key"))
                .withEngine(engine)
                .withClientCertificates(ClientCertificate.OPTIONAL, directory.resolve("ca.pem"))
                .withRevocationLists(directory.resolve("crl.pem"), ExpiredList.REFUSE);
        return new TestServer(LoopKind.NIO, 1, config -> config.withTls(tls), Peer::new);
    }

    private SSLContext context(Pki... chain) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null);
        trusted.setCertificateEntry("root", root().certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null);
        if (chain.length > 0) {
            Certificate[] shown =
                    Arrays.stream(chain).map(one -> one.certificate).toArray(X509Certificate[]::new);
            own.setKeyEntry("own", chain[0].keys.getPrivate(), new char[0], shown);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    /** Connects, and gets back what it sends; returns the TLS session's identifier. */
    private static byte[] talk(TestServer server, SSLContext context, String protocol) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            if (answer.length < 5) {
                throw new IOException("closed after " + answer.length + " bytes");
            }
            return socket.getSession().getId();
        }
    }

    private static void talks(TestServer server, SSLContext context) throws IOException {
        talk(server, context, "TLSv1.3");
        talk(server, context, "TLSv1.2");
    }

    private static void refuses(TestServer server, SSLContext context) {
        assertThatThrownBy(() -> talk(server, context, "TLSv1.3")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> talk(server, context, "TLSv1.2")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void listsCountInTheHandshakeAndAreReadAnew(Engine engine) throws Exception {
        Pki good = root().client("good");
        Pki bad = root().client("bad");
        list(root().list(HOUR_AGO, TOMORROW, bad.certificate));
        try (TestServer server = server(engine)) {
            talks(server, context(good));
            talks(server, context());
            refuses(server, context(bad));
            refuses(server, context(Pki.root("Root").client("stranger")));
            assertThat(Objects.requireNonNull(server.listener.tlsFigures()).revoked())
                    .isGreaterThanOrEqualTo(2);

            list(root().list(HOUR_AGO.plusSeconds(1), TOMORROW, good.certificate));
            server.listener.reloadTls();
            refuses(server, context(good));
            talks(server, context(bad));
            assertThat(server.listener.whyUntrusted(List.of(good.certificate)).orElse(""))
                    .contains("was revoked");

            list(root().list(HOUR_AGO.plusSeconds(2), HOUR_AGO.plusSeconds(3)));
            server.listener.reloadTls();
            refuses(server, context(good));
            talks(server, context());
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void nobodyResumesASessionOfBeforeAReload(Engine engine) throws Exception {
        Pki client = root().client("client");
        list(root().list(HOUR_AGO, TOMORROW));
        try (TestServer server = server(engine)) {
            SSLContext session = context(client);
            talk(server, session, "TLSv1.3");
            talk(server, session, "TLSv1.3");
            int seen = server.peers.size();
            list(root().list(HOUR_AGO.plusSeconds(1), TOMORROW, client.certificate));
            server.listener.reloadTls();
            assertThatThrownBy(() -> talk(server, session, "TLSv1.3")).isInstanceOf(IOException.class);
            assertThat(server.peers).hasSize(seen);
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aResumedSessionKeepsTheClientsCertificate(Engine engine) throws Exception {
        Pki client = root().client("client");
        list(root().list(HOUR_AGO, TOMORROW));
        try (TestServer server = server(engine)) {
            SSLContext session = context(client);
            byte[] first = talk(server, session, "TLSv1.2");
            byte[] second = talk(server, session, "TLSv1.2");
            assertThat(second).isEqualTo(first);
            talk(server, session, "TLSv1.3");
            talk(server, session, "TLSv1.3");
            assertThat(server.peers)
                    .hasSize(4)
                    .allSatisfy(peer -> assertThat(Objects.requireNonNull(
                                            peer.connection.info().tls())
                                    .certificates())
                            .extracting(X509Certificate::getSerialNumber)
                            .containsExactly(client.certificate.getSerialNumber()));
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void brokenFilesChangeNothing(Engine engine) throws Exception {
        Pki good = root().client("good");
        list(root().list(HOUR_AGO, TOMORROW));
        try (TestServer server = server(engine)) {
            String whole = Files.readString(directory.resolve("crl.pem"));
            for (String broken : List.of("", "nonsense", whole.substring(0, whole.length() / 2))) {
                write("crl.pem", broken);
                assertThatThrownBy(server.listener::reloadTls)
                        .isInstanceOf(TransportException.class)
                        .hasMessageContaining("crl.pem");
                talks(server, context(good));
            }
            list(root().list(HOUR_AGO, TOMORROW, true));
            assertThatThrownBy(server.listener::reloadTls).hasMessageContaining("give whole lists");
            list(Pki.root("Root").list(HOUR_AGO, TOMORROW));
            assertThatThrownBy(server.listener::reloadTls).hasMessageContaining("whose signature is not");
            Files.write(
                    directory.resolve("crl.pem"),
                    root().list(HOUR_AGO, TOMORROW, good.certificate).getEncoded());
            Listener.PreparedTls prepared = server.listener.prepareTls();
            talks(server, context(good));
            prepared.use();
            refuses(server, context(good));
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void endsConnectionsWhoseCertificateIsRevokedWhileTheyLive(Engine engine) throws Exception {
        Pki leaving = root().client("leaving");
        Pki staying = root().client("staying");
        list(root().list(HOUR_AGO, TOMORROW));
        try (TestServer server = server(engine);
                SSLSocket gone = open(server, context(leaving));
                SSLSocket stays = open(server, context(staying));
                SSLSocket nameless = open(server, context())) {
            assertThat(server.listener.untrusted().reasons()).isEmpty();
            list(root().list(HOUR_AGO.plusSeconds(1), TOMORROW, leaving.certificate));
            server.listener.reloadTls();
            Listener.Untrusted untrusted = server.listener.untrusted();
            assertThat(untrusted.reasons()).hasSize(1).containsKey(leaving.certificate);
            assertThat(untrusted.reasons().get(leaving.certificate)).contains("was revoked");
            untrusted.end();
            assertThat(gone.getInputStream().read()).isEqualTo(-1);
            echo(stays);
            echo(nameless);
            await().until(() -> server.listener.untrusted().reasons().isEmpty());
        }
    }

    private static SSLSocket open(TestServer server, SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(20_000);
        echo(socket);
        return socket;
    }

    private static void echo(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(5)).hasSize(5);
    }
}
