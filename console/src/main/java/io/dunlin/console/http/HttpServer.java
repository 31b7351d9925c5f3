package io.dunlin.console.http;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The server that carries requests to a {@link Front}: the one place that knows its library. A virtual thread for each request. */
public final class HttpServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 1_024;
    private static final int BACKLOG = 128;
    private static final Duration IDLE_MAX = Duration.ofMinutes(5);
    private static final Duration GRACE = Duration.ofMillis(200);

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** Held, since a level that nobody holds is forgotten. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private final WebServer server;
    private final @Nullable TlsKeys keys;

    private HttpServer(WebServer server, @Nullable TlsKeys keys) {
        this.server = server;
        this.keys = keys;
    }

    /** PEM files. */
    public record PemFiles(Path certfile, Path keyfile) {}

    /**
     * Starts one.
     *
     * @param host "" for all interfaces
     * @param port 0 for any free one
     * @throws IOException with the reason, where it cannot listen there
     */
    public static HttpServer start(String host, int port, Optional<PemFiles> files, Front front) throws IOException {
        LIBRARY.setLevel(Level.OFF); // its complaints come to us as results, too
        InetAddress address =
                host.isEmpty() ? new InetSocketAddress(0).getAddress() : InetAddress.getAllByName(host)[0];
        checkFree(address, port);
        WebServerConfig.Builder config = WebServer.builder()
                .address(address)
                .port(port)
                .backlog(BACKLOG)
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .maxTcpConnections(CONNECTIONS_MAX)
                .idleConnectionTimeout(IDLE_MAX)
                .shutdownGracePeriod(GRACE)
                .directHandlers(DirectHandlers.builder()
                        .addHandler(
                                DirectHandler.EventType.BAD_REQUEST,
                                (request, type, status, headers, message) -> unreadable(type, status, headers))
                        .build())
                .routing((HttpRouting.Builder routing) ->
                        routing.any((request, response) -> serve(front, request, response)));
        TlsKeys keys = files.isPresent()
                ? TlsKeys.read(files.get().certfile(), files.get().keyfile())
                : null;
        if (keys != null) {
            config.tls(Tls.builder().sslContext(keys.context()).build());
        }
        WebServer server = config.build().start();
        if (server.port() <= 0) { // it says so in its log alone
            server.stop();
            throw new IOException("it could not be opened");
        }
        return new HttpServer(server, keys);
    }

    /** @throws IOException with a sentence that says what to do, where the files cannot be used */
    public static void check(PemFiles files) throws IOException {
        PemKeys.read(files.certfile(), files.keyfile());
    }

    /** Takes the files of TLS as they are now for new connections. @throws IOException as {@link #check}; it goes on with what it has */
    public void reloadTls() throws IOException {
        if (keys != null) {
            keys.reload();
        }
    }

    /** The library does not say why it cannot listen. */
    private static void checkFree(InetAddress address, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port), BACKLOG);
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    public boolean isSecure() {
        return keys != null;
    }

    /** What the library itself refuses, in the form of all our errors. */
    private static DirectHandler.TransportResponse unreadable(
            DirectHandler.EventType type, Status status, ServerResponseHeaders headers) {
        Reply reply = Front.unreadable(status.code());
        DirectHandler.TransportResponse.Builder answer = DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, reply.type())
                .keepAlive(type.keepAlive())
                .entity(reply.body());
        reply.headers().forEach((name, value) -> answer.header(HeaderNames.create(name), value));
        return answer.build();
    }

    private static void serve(Front front, ServerRequest request, ServerResponse response) throws IOException {
        Function<String, Optional<String>> header = name -> request.headers().first(HeaderNames.create(name));
        Incoming incoming = new Incoming(
                request.prologue().method().text(),
                request.prologue().uriPath().rawPath(),
                request.prologue().query().rawValue(),
                header,
                bytesMax -> body(request, bytesMax),
                () -> request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream(),
                request.remotePeer().address(),
                request.isSecure());
        Reply reply = front.answer(incoming);
        String method = request.prologue().method().text();
        send(reply, incoming.path(), method.equals("HEAD"), response);
    }

    private static byte[] body(ServerRequest request, int bytesMax) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        if (request.headers().contentLength().orElse(0) > bytesMax) {
            throw tooLarge(bytesMax);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw tooLarge(bytesMax);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Problem tooLarge(int bytesMax) {
        return new Problem(413, "TOO_LARGE", "the body has more than " + (bytesMax >> 10) + " KiB");
    }

    private static void send(Reply reply, String path, boolean head, ServerResponse response) throws IOException {
        response.status(Status.create(reply.status()));
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (!reply.type().isEmpty()) {
            response.header(HeaderNames.CONTENT_TYPE, reply.type());
        }
        Reply.Feed feed = reply.feed();
        if (feed != null && !head) {
            feed(feed, path, response);
        } else if (head || reply.body().length == 0) {
            response.send();
        } else {
            response.send(reply.body());
        }
    }

    /** What fails half-way is not ended as if it were whole: the connection is closed. */
    private static void feed(Reply.Feed feed, String path, ServerResponse response) throws IOException {
        OutputStream out = response.outputStream();
        ToPeer peer = new ToPeer(out);
        try {
            feed.write(peer);
        } catch (IOException | RuntimeException e) {
            if (!peer.hasGone) {
                LOG.warn("{} was not sent as a whole, its connection is closed: {}", path, e.toString());
            }
            throw new CloseConnectionException("the answer is not whole", e);
        }
        out.close();
    }

    /** Knows whether it was the other side that went. */
    private static final class ToPeer extends OutputStream {
        private final OutputStream out;
        private boolean hasGone;

        ToPeer(OutputStream out) {
            this.out = out;
        }

        private interface Writing {
            void run() throws IOException;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            told(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            told(out::flush);
        }

        private void told(Writing writing) throws IOException {
            try {
                writing.run();
            } catch (IOException | RuntimeException e) {
                hasGone = true;
                throw e;
            }
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
