package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.transport.TlsOptions;
import io.dunlin.protocol.packet.Connack;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates come from the JDK's keytool, made for this run. */
@Timeout(120)
class TlsTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder = Path.of("");

    @BeforeAll
    static void makeCertificates() throws Exception {
        store("server", "san=dns:localhost");
        store("other", "san=dns:elsewhere");
        store("client", "san=dns:client");
        store("ended", "san=dns:localhost", "-startdate", "-5d");
        store("early", "san=dns:localhost", "-startdate", "+5d");
    }

    private static void store(String name, String extension, String... more) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Path file = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                extension,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-validity",
                "2"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output;
        try (InputStream in = process.getInputStream()) {
            output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(process.waitFor()).as(output).isZero();
        KeyStore store = load(name);
        Files.writeString(
                folder.resolve(name + ".pem"),
                pem("CERTIFICATE", store.getCertificate("x").getEncoded()));
        Key key = store.getKey("x", STORE_PASSWORD);
        Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static KeyStore load(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, STORE_PASSWORD);
        }
        return store;
    }

    private static String pem(String label, byte[] der) {
        return "text before is ignored\n-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    private static ScriptedServer server(String name) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(name), STORE_PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", load("client").getCertificate("x"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"mqtt"});
        parameters.setWantClientAuth(true);
        socket.setSSLParameters(parameters);
        return new ScriptedServer(socket);
    }

    private static CompletableFuture<Connack> connect(ScriptedServer server, TlsOptions options) {
        MqttClient client = MqttClient.builder()
                .url("mqtts://localhost:" + server.port())
                .tls(options)
                .build();
        return Threads.supplyAsync(client::connect);
    }

    @Test
    void trustsTheGivenAuthorityAndShowsItsOwnCertificate() throws Exception {
        try (ScriptedServer server = server("server")) {
            TlsOptions options = new TlsOptions(
                    folder.resolve("server.pem"),
                    null,
                    folder.resolve("client.pem"),
                    folder.resolve("client.key"),
                    null,
                    true,
                    true,
                    List.of("mqtt"),
                    null,
                    List.of("TLSv1.3"),
                    List.of(),
                    false);
            CompletableFuture<Connack> connected = connect(server, options);

            SSLSocket socket = (SSLSocket) server.acceptMqtt().socket();

            connected.get(20, TimeUnit.SECONDS);
            assertThat(socket.getApplicationProtocol()).isEqualTo("mqtt");
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(socket.getSession().getPeerPrincipal().getName()).isEqualTo("CN=client");
        }
    }

    @Test
    void unknownAuthorityIsATlsFailure() throws Exception {
        try (ScriptedServer server = server("server")) {
            CompletableFuture<Connack> connected = connect(server, TlsOptions.trusting(folder.resolve("other.pem")));
            CompletableFuture<Object> handshake = Threads.supplyAsync(() -> {
                try {
                    return server.acceptMqtt();
                } catch (IOException e) {
                    return e;
                }
            });

            assertThatThrownBy(() -> connected.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            ConnectFailed.class, e -> assertThat(e.isTls()).isTrue())
                    .hasMessageContaining("not trusted");
            assertThat(handshake.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"ended, has ended", "early, does not hold yet"})
    void outOfItsTimeIsATlsFailureEvenWhereItIsTrustedItself(String name, String said) throws Exception {
        try (ScriptedServer server = server(name)) {
            CompletableFuture<Connack> refused = connect(server, TlsOptions.trusting(folder.resolve(name + ".pem")));
            Threads.runAsync(() -> assertThatThrownBy(server::acceptMqtt).isInstanceOf(IOException.class))
                    .get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            ConnectFailed.class, e -> assertThat(e.isTls()).isTrue())
                    .hasMessageContaining(said);
        }
    }

    @Test
    void wrongNamePassesOnlyWithoutItsCheck() throws Exception {
        try (ScriptedServer server = server("other")) {
            TlsOptions trusting = TlsOptions.trusting(folder.resolve("other.pem"));
            CompletableFuture<Connack> refused = connect(server, trusting);
            Threads.runAsync(() -> assertThatThrownBy(server::acceptMqtt).isInstanceOf(IOException.class))
                    .get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectFailed.class);

            CompletableFuture<Connack> connected = connect(server, trusting.withChecks(false, true));
            server.acceptMqtt();
            connected.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anyCertificatePassesWithoutChecks() throws Exception {
        try (ScriptedServer server = server("other")) {
            CompletableFuture<Connack> connected = connect(server, TlsOptions.DEFAULT.withChecks(false, false));
            server.acceptMqtt();
            connected.get(20, TimeUnit.SECONDS);
        }
    }
}
