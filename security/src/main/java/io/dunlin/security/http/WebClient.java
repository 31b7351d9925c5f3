package io.dunlin.security.http;

import io.dunlin.security.login.InvalidSource;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Asks one service over HTTP: follows no redirects, checks the certificate and the name of an https service, reads answers up to a
 * size, and waits up to a time for the whole answer. Thread: any; blocks nobody.
 */
public final class WebClient implements AutoCloseable {
    private final HttpClient client;
    private final BodyHandler<byte[]> body;
    private final Duration timeout;

    /**
     * Opens nothing yet.
     *
     * @param cafile the authorities that are trusted instead of the machine's, in PEM
     * @param timeout from the connection's beginning to the answer's end
     * @param bodyBytesMax a longer answer is a failure
     * @throws InvalidSource where the file cannot be used
     */
    public WebClient(Optional<Path> cafile, Duration timeout, int bodyBytesMax) {
        // No executor of ours: a slow look-up of the host's name would hold the carrier of a virtual thread, and there
        // are few.
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout);
        cafile.map(TrustFile::context).ifPresent(builder::sslContext);
        this.client = builder.build();
        this.body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), bodyBytesMax);
        this.timeout = timeout;
    }

    /** What came back. */
    public record Reply(int status, byte[] body) {}

    /**
     * Checks that an address can be asked.
     *
     * @param setting its name, for the message
     * @throws InvalidSource where it is no http or https address with a host, or holds a user name or password
     */
    public static URI address(String setting, String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSource(setting + " is no address: expected is https://host/path");
        }
        String scheme = uri.getScheme();
        boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!web || uri.getHost() == null) {
            throw new InvalidSource(setting + " is no address that can be asked: expected is https://host/path");
        }
        if (uri.getRawUserInfo() != null) {
            throw new InvalidSource(setting + " holds a user name: give it as a header Authorization instead");
        }
        return uri;
    }

    /**
     * Sends a request. A question whose connection the service closed before it said anything is asked once more, since that happens to
     * connections that were kept.
     *
     * @return fails with {@link IOException}, {@link HttpTimeoutException} among them, not wrapped
     */
    public CompletableFuture<Reply> send(HttpRequest request) {
        CompletableFuture<Reply> open = new CompletableFuture<>();
        CompletableFuture<Reply> answer = open.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(plain(error)));
        attempt(request, open, true);
        return answer;
    }

    private void attempt(HttpRequest request, CompletableFuture<Reply> open, boolean again) {
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, body);
        exchange.whenComplete((response, error) -> {
            if (error == null) {
                open.complete(new Reply(response.statusCode(), response.body()));
            } else if (again && !open.isDone() && closedSilently(request, error)) {
                attempt(request, open, false);
            } else {
                open.completeExceptionally(error);
            }
        });
        open.whenComplete((reply, error) -> {
            if (error != null) {
                exchange.cancel(true); // closes its connection; no effect where it is over
            }
        });
    }

    /** The client itself asks a GET again. */
    private static boolean closedSilently(HttpRequest request, Throwable error) {
        Throwable bare = bare(error);
        return request.method().equals("POST")
                && bare instanceof IOException
                && bare.getCause() instanceof EOFException;
    }

    private static Throwable bare(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Says what happened and nothing of what the service sent. */
    private static Throwable plain(Throwable error) {
        return switch (bare(error)) {
            case HttpTimeoutException _ -> new HttpTimeoutException("no answer in time");
            case TimeoutException _ -> new HttpTimeoutException("no answer in time");
            case ConnectException _ -> new ConnectException("it cannot be reached");
            case SSLException _ -> new SSLException("its certificate is not trusted, or TLS failed");
            case IOException _ -> new IOException("its answer broke off or is too long");
            case Throwable other -> other;
        };
    }

    /** Lets requests under way end, and takes no more. */
    @Override
    public void close() {
        client.shutdown();
    }
}
