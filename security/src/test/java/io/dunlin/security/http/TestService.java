package io.dunlin.security.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server on loopback that answers as a test says, and remembers what it was asked. */
public final class TestService implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Reply reply = new Reply(204, "");
    private volatile boolean hanging;

    /** On any free port. */
    public TestService() {
        this(0);
    }

    /** On the port that another had. */
    public TestService(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** What it was asked. */
    public record Request(String method, String target, String body, List<String> contentType) {}

    private record Reply(int status, String body) {}

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    body,
                    exchange.getRequestHeaders().getOrDefault("Content-Type", List.of())));
            if (hanging) {
                released.await();
            }
            Reply now = reply;
            byte[] bytes = now.body.getBytes(StandardCharsets.UTF_8);
            if (now.status >= 300 && now.status < 400) {
                exchange.getResponseHeaders().add("Location", url("/elsewhere"));
            }
            exchange.sendResponseHeaders(now.status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on. */
    public TestService answers(int status, String body) {
        reply = new Reply(status, body);
        hanging = false;
        return this;
    }

    /** Takes requests and says nothing, until it is closed or {@link #release} is called. */
    public TestService hangs() {
        hanging = true;
        return this;
    }

    /** Lets the requests go on that hang, and those to come. */
    public void release() {
        hanging = false;
        released.countDown();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
