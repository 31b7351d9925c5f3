package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class TlsChannelTest {
    private static final Executor EACH = task -> {
        Thread thread = new Thread(task, "test");
        thread.setDaemon(true);
        thread.start();
    };

    private SSLServerSocket listener;

    @BeforeEach
    void listen() throws Exception {
        listener = TestStores.server();
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private Endpoint endpoint() {
        return new Endpoint(Endpoint.Transport.TLS, "localhost", listener.getLocalPort(), "");
    }

    private static NetworkOptions network(TlsOptions tls) {
        return NetworkOptions.DEFAULT.withTls(tls);
    }

    private static TlsOptions version(String version) {
        TlsOptions trusting = TestStores.trusting();
        return new TlsOptions(
                trusting.caFile(),
                null,
                null,
                null,
                null,
                true,
                true,
                List.of(),
                null,
                List.of(version),
                List.of(),
                false);
    }

    /** Accepts, and shakes hands while the client does. */
    private SSLSocket accept() throws Exception {
        SSLSocket socket = (SSLSocket) listener.accept();
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static CompletableFuture<byte[]> read(Socket socket, int count) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return socket.getInputStream().readNBytes(count);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                EACH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void carriesMuchInBothDirections(String version) throws Exception {
        byte[] content = random(3_000_000);
        Probe probe = Probe.open(endpoint(), network(version(version)));
        SSLSocket socket = accept();
        TlsInfo info = Objects.requireNonNull(probe.channel().tls());

        CompletableFuture<byte[]> arrived = read(socket, content.length);
        probe.send(content);
        socket.getOutputStream().write(content);

        assertThat(arrived.get(60, TimeUnit.SECONDS)).isEqualTo(content);
        assertThat(probe.received(content.length)).isEqualTo(content);
        assertThat(info.protocol()).isEqualTo(version);
        assertThat(info.peerCertificates()).hasSize(1);
        probe.channel().finish();
        assertThat(probe.closed()).isEqualTo("null");
        assertThat(socket.getInputStream().read()).as("close_notify").isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void goesOnWhileKeysChange(String version) throws Exception {
        byte[] content = random(400_000);
        Probe probe = Probe.open(endpoint(), network(version(version)));
        SSLSocket socket = accept();
        CompletableFuture<byte[]> arrived = read(socket, 2 * content.length);
        for (int i = 0; i < 2; i++) {
            int expected = (i + 1) * content.length;
            socket.startHandshake(); // new keys in 1.3, a whole handshake in 1.2
            probe.send(content);
            socket.getOutputStream().write(content);
            assertThat(probe.received(expected)).hasSize(expected);
        }
        assertThat(arrived.get(60, TimeUnit.SECONDS)).endsWith(content);
        probe.channel().close();
    }

    @Test
    void bytesMayComeOneByOne() throws Exception {
        try (ServerSocket relay = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Endpoint by = new Endpoint(Endpoint.Transport.TLS, "localhost", relay.getLocalPort(), "");
            Probe probe = Probe.open(by, network(TestStores.trusting()));
            Socket front = relay.accept();
            front.setTcpNoDelay(true);
            Socket back = new Socket(listener.getInetAddress(), listener.getLocalPort());
            EACH.execute(() -> pump(front, back));
            EACH.execute(() -> pump(back, front));
            SSLSocket socket = accept();

            socket.getOutputStream().write(random(3_000));
            probe.send(random(3_000));

            assertThat(probe.received(3_000)).isEqualTo(random(3_000));
            assertThat(read(socket, 3_000).get(20, TimeUnit.SECONDS)).isEqualTo(random(3_000));
            probe.channel().close();
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                to.getOutputStream().write(next);
            }
        } catch (IOException e) {
            assertThat(e).as("the other end closed").isNotNull();
        }
    }

    @Test
    void endOfTheServersHalfIsTheEnd() throws Exception {
        Probe probe = Probe.open(endpoint(), network(TestStores.trusting()));
        SSLSocket socket = accept();
        socket.getOutputStream().write(new byte[] {1, 2, 3});

        socket.shutdownOutput();

        assertThat(probe.closed()).isEqualTo("the server closed the connection");
        assertThat(probe.received(3)).containsExactly(1, 2, 3);
        assertThat(socket.getInputStream().read()).as("close_notify in turn").isEqualTo(-1);
        assertThat(probe.closedCount).hasValue(1);
    }

    @Test
    void resumesItsSessions() throws Exception {
        Set<Long> begun = new HashSet<>(); // a resumed session keeps the time when it was agreed on
        for (int i = 0; i < 3; i++) {
            Probe probe = Probe.open(endpoint(), network(TestStores.trusting()));
            SSLSocket socket = accept();
            begun.add(socket.getSession().getCreationTime());
            socket.getOutputStream().write(1);
            assertThat(probe.received(1)).hasSize(1);
            probe.channel().finish();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(begun).hasSize(1);
    }

    @Test
    void takesStoresForTrustAndForItsOwnCertificate() throws Exception {
        TlsOptions stores = TlsOptions.trusting(TestStores.file("server.p12"))
                .withCaPassword(TestStores.PASSWORD)
                .withCertificate(TestStores.file("client.p12"), null, TestStores.PASSWORD);
        Probe probe = Probe.open(endpoint(), network(stores));

        SSLSocket socket = accept();

        assertThat(socket.getSession().getPeerPrincipal().getName()).isEqualTo("CN=client");
        probe.channel().close();
    }

    @Test
    void takesACertificateInDerForm() throws Exception {
        Probe probe = Probe.open(endpoint(), network(TlsOptions.trusting(TestStores.file("server.der"))));
        accept();
        probe.channel().close();
    }

    @Test
    void saysWhatIsWrongWithAStore() {
        Path store = TestStores.file("client.p12");
        assertThatThrownBy(() -> StoreFiles.identity(store, "wrong"))
                .hasMessage("The password does not open the store " + store + ".");
        assertThatThrownBy(() -> StoreFiles.identity(store, null)).hasMessageContaining("--key-password");
        assertThatThrownBy(() -> StoreFiles.certificates(store, null)).hasMessageContaining("password");
        assertThatThrownBy(() -> StoreFiles.identity(TestStores.file("client.der"), null))
                .hasMessageContaining("neither a PEM file nor a PKCS#12 store");
        assertThatThrownBy(() -> StoreFiles.isBinary(Path.of("nothing.p12")))
                .hasMessage("The file nothing.p12 does not exist.");
    }

    @Test
    void namesAServerThatSpeaksNoTls() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Endpoint wrong = new Endpoint(Endpoint.Transport.TLS, "localhost", plain.getLocalPort(), "");
            for (byte[] answer : List.of(new byte[0], new byte[] {0x20, 2, 0, 0}, random(100))) {
                Probe probe = Probe.open(wrong, network(TestStores.trusting()));
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write(answer);
                    socket.shutdownOutput();
                    assertThat(probe.closed())
                            .as("answer %s", Arrays.toString(answer))
                            .startsWith("TLS to " + wrong + " failed: ");
                }
            }
        }
    }

    @Test
    void contextIsKeptForEqualOptionsOnly() throws Exception {
        TlsOptions options = TestStores.trusting();

        assertThat(TlsContexts.cached(options)).isSameAs(TlsContexts.cached(TestStores.trusting()));
        assertThat(TlsContexts.cached(options)).isNotSameAs(TlsContexts.cached(options.withChecks(false, true)));
    }
}
