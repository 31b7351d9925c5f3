package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners with TLS, as the configuration describes them. */
class TlsListenerTest {
    @TempDir
    Path folder = Path.of("");

    private X509Bundle authority = bundle("Test Authority", null);

    @BeforeEach
    void writeCertificates() throws Exception {
        authority = bundle("Test Authority", null);
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        serverCertificate("first");
    }

    private static X509Bundle bundle(String name, @Nullable X509Bundle issuer) {
        try {
            CertificateBuilder builder = new CertificateBuilder().ecp256().subject("CN=" + name);
            return issuer == null
                    ? builder.setIsCertificateAuthority(true).buildSelfSigned()
                    : builder.buildIssuedBy(issuer);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void serverCertificate(String name) throws Exception {
        X509Bundle server = bundle(name, authority);
        Files.writeString(folder.resolve("cert.pem"), server.getCertificatePathPEM());
        Files.writeString(folder.resolve("key.pem"), server.getPrivateKeyPEM());
    }

    private ServerConfig config(String more) throws Exception {
        Path file = folder.resolve("dunlin.conf");
        Files.writeString(
                file,
                "shards = 1, store.enabled = false, listeners.secure { type = tls, bind = \"127.0.0.1:0\"\n"
                        + "tls { certfile = cert.pem, keyfile = key.pem, cafile = ca.pem }\n" + more + " }\n");
        try {
            return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()))
                    .value();
        } catch (InvalidConfig e) {
            throw new AssertionError(e);
        }
    }

    private SSLSocket connect(Server server, boolean withCertificate) throws Exception {
        KeyManager[] keys = withCertificate
                ? bundle("thermometer-7", authority).toKeyManagerFactory().getKeyManagers()
                : null;
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, authority.toTrustManagerFactory().getTrustManagers(), new SecureRandom());
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port("secure"));
        socket.startHandshake();
        return socket;
    }

    private static String nameOf(SSLSocket socket) throws Exception {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    @Test
    void aCertificateTakesThePlaceOfALogin() throws Exception {
        ServerConfig config = config("tls.require-certificate = true, use-identity-as-username = true");
        try (Server server = Server.start(config);
                RawClient client = new RawClient(connect(server, true))) {
            assertThat(server.listeners().getFirst().url()).startsWith("mqtts://127.0.0.1:");
            assertThat(client.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
        }
    }

    @Test
    void aBrokenFileLeavesAListenerThatDiffersAsItWas() throws Exception {
        try (Server server = Server.start(config(""))) {
            int port = server.port("secure");
            ServerConfig differs = config("backlog = 7, tls.require-certificate = true");
            Files.writeString(folder.resolve("cert.pem"), "no certificate");
            assertThat(server.reload(differs).failures())
                    .singleElement()
                    .asString()
                    .contains("cert.pem");
            assertThat(server.port("secure")).isEqualTo(port);
            try (RawClient client = new RawClient(connect(server, false))) {
                assertThat(client.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
        }
    }

    @Test
    void connectionsEndWhereTheirListenerDemandsMore() throws Exception {
        try (Server server = Server.start(config(""));
                RawClient client = new RawClient(connect(server, false))) {
            client.connect("a");
            assertThat(server.reload(config("tls.require-certificate = true")).failures())
                    .isEmpty();
            assertThat(client.receive())
                    .isInstanceOfSatisfying(
                            Disconnect.class,
                            goodbye -> assertThat(goodbye.reason()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION));
        }
    }

    @Test
    void reloadReadsCertificatesAgainAndKeepsTheOldOnesWhereItCannot() throws Exception {
        ServerConfig config = config("");
        try (Server server = Server.start(config)) {
            try (SSLSocket socket = connect(server, false)) {
                assertThat(nameOf(socket)).isEqualTo("CN=first");
            }
            serverCertificate("second");
            assertThat(server.reload(config).failures()).isEmpty();
            try (SSLSocket socket = connect(server, false)) {
                assertThat(nameOf(socket)).isEqualTo("CN=second");
            }
            Files.writeString(folder.resolve("cert.pem"), "no certificate");
            assertThat(server.reload(config).failures())
                    .singleElement()
                    .asString()
                    .contains("cert.pem");
            try (SSLSocket socket = connect(server, false)) {
                assertThat(nameOf(socket)).isEqualTo("CN=second");
            }
        }
    }

    @Test
    void newFilesAreTakenWithoutAReloadAndTheAuditLogSaysSo() throws Exception {
        Files.copy(folder.resolve("cert.pem"), folder.resolve("other.pem"));
        Files.copy(folder.resolve("key.pem"), folder.resolve("other-key.pem"));
        Path audit = folder.resolve("audit.jsonl");
        ServerConfig config = config("""
                }
                audit-log.file = audit.jsonl
                listeners.other {
                  type = tls, bind = "127.0.0.1:0", tls { certfile = other.pem, keyfile = other-key.pem }
                """);
        try (Server server = Server.start(config)) {
            serverCertificate("second");
            Files.writeString(folder.resolve("other.pem"), "no certificate");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(Files.readString(audit))
                            .contains(
                                    "\"event\":\"certificates.changed\",\"through\":\"broker\",\"listener\":\"secure\",\"done\":true}",
                                    "\"listener\":\"other\",\"done\":false,\"problems\":["));
            try (SSLSocket socket = connect(server, false)) {
                assertThat(nameOf(socket)).isEqualTo("CN=second");
            }
        }
    }
}
