package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The test is proxy and server in one: it answers as the proxy, and goes on as the server on the same socket. */
@Timeout(60)
class ProxyTest {
    private static final Endpoint SERVER = Endpoint.tcp("no.such.host.example", 1883);

    private final ServerSocket listener = listen();

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private NetworkOptions http() {
        return NetworkOptions.DEFAULT.withProxy(ProxyOptions.http("localhost", listener.getLocalPort()));
    }

    private ProxyOptions socks() {
        return ProxyOptions.socks5("localhost", listener.getLocalPort());
    }

    private NetworkOptions through(ProxyOptions proxy) {
        return NetworkOptions.DEFAULT.withProxy(proxy);
    }

    private static String head(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) socket.getInputStream().read());
        }
        return head.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void httpProxyOpensATunnel() throws Exception {
        ProxyOptions proxy =
                ProxyOptions.http("localhost", listener.getLocalPort()).withLogin("ann", "s:ecret");
        Probe probe = Probe.open(SERVER, through(proxy));
        Socket socket = listener.accept();
        String request = head(socket);
        write(socket, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nfirst");

        assertThat(request)
                .startsWith("CONNECT no.such.host.example:1883 HTTP/1.1\r\nHost: no.such.host.example:1883\r\n")
                .contains("Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString("ann:s:ecret".getBytes(StandardCharsets.UTF_8)));
        assertThat(probe.received(5)).isEqualTo("first".getBytes(StandardCharsets.US_ASCII));
        probe.send(new byte[] {7});
        assertThat(socket.getInputStream().read()).isEqualTo(7);
        probe.channel().close();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 407 Proxy Authentication Required, wants a login",
        "HTTP/1.1 403 Forbidden, it answers: HTTP/1.1 403 Forbidden.",
        "SSH-2.0-x, it answers: SSH-2.0-x.",
    })
    void httpProxyThatRefusesIsNamed(String status, String words) throws Exception {
        Probe probe = Probe.open(SERVER, http());
        Socket socket = listener.accept();
        head(socket);

        write(socket, status + "\r\n\r\n");

        assertThat(probe.closed()).startsWith("The proxy http://localhost:").contains(words);
    }

    @Test
    void socksProxyLooksTheNameUp() throws Exception {
        Probe probe = Probe.open(SERVER, through(socks().withLogin("ann", "secret")));
        Socket socket = listener.accept();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        assertThat(in.readNBytes(4)).containsExactly(5, 2, 0, 2);
        socket.getOutputStream().write(new byte[] {5, 2});
        assertThat(in.readNBytes(12)).isEqualTo("\1\3ann\6secret".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[] {1, 0});
        assertThat(in.readNBytes(5)).containsExactly(5, 1, 0, 3, 20);
        assertThat(in.readNBytes(20)).isEqualTo("no.such.host.example".getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readUnsignedShort()).isEqualTo(1883);
        byte[] answer = {5, 0, 0, 3, 2, 'a', 'b', 1, 1, 42};

        for (byte next : answer) { // the last is the server's first
            socket.getOutputStream().write(next);
        }

        assertThat(probe.received(1)).containsExactly(42);
        probe.channel().close();
    }

    @Test
    void socksProxyGetsAddressesAsSuch() throws Exception {
        Probe probe = Probe.open(Endpoint.tcp("127.0.0.9", 80), through(socks()));
        Socket socket = listener.accept();
        assertThat(socket.getInputStream().readNBytes(3)).containsExactly(5, 1, 0);
        socket.getOutputStream().write(new byte[] {5, 0});
        assertThat(socket.getInputStream().readNBytes(10)).containsExactly(5, 1, 0, 1, 127, 0, 0, 9, 0, 80);
        socket.getOutputStream().write(new byte[] {5, 0, 0, 1, 1, 2, 3, 4, 5, 6});
        probe.channel().close();
    }

    @ParameterizedTest
    @CsvSource({"0405, does not speak SOCKS 5", "05FF, wants a login", "05000505000100000000 0000, refused"})
    void socksProxyThatRefusesIsNamed(String answer, String words) throws Exception {
        Probe probe = Probe.open(SERVER, through(socks()));
        Socket socket = listener.accept();

        socket.getOutputStream().write(java.util.HexFormat.of().parseHex(answer.replace(" ", "")));

        assertThat(probe.closed()).startsWith("The proxy socks5://localhost:").contains(words);
    }

    @Test
    void deadProxyIsNamed() throws Exception {
        listener.close();

        assertThat(Probe.open(SERVER, http()).closed())
                .startsWith("Connection refused by the proxy http://localhost:")
                .endsWith("is it running there?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP", "SOCKS5"})
    void silentProxyIsTooLate(String kind) throws Exception {
        ProxyOptions proxy =
                new ProxyOptions(ProxyOptions.Kind.valueOf(kind), "localhost", listener.getLocalPort(), null, null);

        Probe probe = Probe.open(SERVER, through(proxy), TimeUnit.MILLISECONDS.toNanos(200));

        assertThat(probe.closed()).isEqualTo("The server " + SERVER + " did not answer in time.");
    }

    @Test
    void webSocketAndTlsGoThroughAProxy() throws Exception {
        try (SSLServerSocket behind = TestStores.server();
                Socket back = new Socket("localhost", behind.getLocalPort())) { // open until the client has the answer
            Endpoint secure = Endpoint.parse("wss://localhost:443/mqtt");
            Probe probe = Probe.open(secure, http().withTls(TestStores.trusting()));
            Socket raw = listener.accept();
            head(raw);
            write(raw, "HTTP/1.0 200 OK\r\n\r\n");
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> {
                try {
                    SSLSocket server = (SSLSocket) behind.accept();
                    Thread pump = new Thread(() -> pump(raw, back));
                    pump.setDaemon(true);
                    pump.start();
                    Thread other = new Thread(() -> pump(back, raw));
                    other.setDaemon(true);
                    other.start();
                    String head = head(server);
                    write(server, "HTTP/1.1 500 Oops\r\n\r\n");
                    return head;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(request.get(30, TimeUnit.SECONDS)).startsWith("GET /mqtt HTTP/1.1\r\nHost: localhost\r\n");
            assertThatThrownBy(probe::channel)
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("HTTP/1.1 500 Oops");
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            assertThat(e).as("the other end closed").isNotNull();
        }
    }

    @Test
    void isNamedByAUrl() {
        assertThat(ProxyOptions.parse("http://ann:s%3Aecret@host:1"))
                .isEqualTo(new ProxyOptions(ProxyOptions.Kind.HTTP, "host", 1, "ann", "s:ecret"));
        assertThat(ProxyOptions.parse("socks5h://[::1]").toString()).isEqualTo("socks5://[::1]:1080");
        assertThatThrownBy(() -> ProxyOptions.parse("ftp://host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://");
    }
}
