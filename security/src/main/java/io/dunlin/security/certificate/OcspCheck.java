package io.dunlin.security.certificate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dunlin.broker.port.Clock;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.LoginAnswer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a responder (OCSP) whether a client's certificate is revoked, before the client is let in. On virtual threads, a bounded number at the
 * same time; answers are remembered for as long as they say; a responder that is down is not asked for a moment. Thread: any.
 */
public final class OcspCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OcspCheck.class);
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int REMEMBERED_MAX = 100_000;
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Settings settings;
    private final Clock clock;
    private final Semaphore permits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final Cache<X509Certificate, OcspAnswer> remembered = Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .executor(Runnable::run)
            .build();
    private final Cache<URI, Long> silentUntil =
            Caffeine.newBuilder().maximumSize(1_000).executor(Runnable::run).build();
    private final AtomicLong lastTold = new AtomicLong();
    private volatile boolean isClosed;
    private final LongAdder asked = new LongAdder();
    private final LongAdder good = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unanswered = new LongAdder();

    /** What becomes of a client where no responder says anything that can be believed. */
    public enum Mode {
        /** It comes in. */
        SOFT,
        /** It is refused. */
        REQUIRED
    }

    /**
     * @param responder asked about all certificates; empty for what each certificate names
     * @param timeout for one answer
     * @param askingMax questions under way at the same time; another one counts as unanswered
     */
    public record Settings(Mode mode, Optional<URI> responder, Duration timeout, int askingMax) {}

    /**
     * @param asked questions that were sent
     * @param good clients whose certificate is good, also by a remembered answer
     * @param refused clients that were refused
     * @param unanswered clients about whom nothing could be found out
     */
    public record Figures(long asked, long good, long refused, long unanswered) {}

    public OcspCheck(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.permits = new Semaphore(settings.askingMax());
        this.http = HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .build();
    }

    public Figures figures() {
        return new Figures(asked.sum(), good.sum(), refused.sum(), unanswered.sum());
    }

    /**
     * Finds out about a client's certificate.
     *
     * @param path from the certificate to its root; asked on a virtual thread
     * @return why the client may not come in, empty where it may
     */
    CompletionStage<Optional<LoginAnswer.Refused>> check(
            X509Certificate certificate, Supplier<List<X509Certificate>> path) {
        OcspAnswer known = remembered.getIfPresent(certificate);
        return known != null && isCurrent(known)
                ? CompletableFuture.completedStage(judge(certificate, known))
                : CompletableFuture.supplyAsync(() -> judge(certificate, ask(certificate, path)), threads);
    }

    private boolean isCurrent(OcspAnswer answer) {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        return switch (answer) {
            case OcspAnswer.Good good -> now.isBefore(good.until());
            case OcspAnswer.Revoked revoked -> now.isBefore(revoked.until());
            case OcspAnswer.Unknown unknown -> now.isBefore(unknown.until());
            case OcspAnswer.None _ -> false;
        };
    }

    private Optional<LoginAnswer.Refused> judge(X509Certificate certificate, OcspAnswer answer) {
        return switch (answer) {
            case OcspAnswer.Good _ -> {
                good.increment();
                yield Optional.empty();
            }
            case OcspAnswer.Revoked revoked -> {
                refused.increment();
                yield Optional.of(CertificateSource.refused("its certificate (serial "
                        + certificate.getSerialNumber().toString(16) + ") was revoked at " + revoked.at()));
            }
            case OcspAnswer.Unknown _ -> {
                refused.increment();
                yield Optional.of(CertificateSource.refused("the responder does not know its certificate"));
            }
            case OcspAnswer.None none -> {
                unanswered.increment();
                // What was broken off says nothing of the responder: it lets nobody in.
                boolean comesIn = settings.mode() == Mode.SOFT && !isClosed;
                yield comesIn
                        ? Optional.empty()
                        : Optional.of(new LoginAnswer.Refused(
                                ReasonCode.SERVER_UNAVAILABLE, "its certificate cannot be checked: " + none.why()));
            }
        };
    }

    private OcspAnswer ask(X509Certificate certificate, Supplier<List<X509Certificate>> path) {
        Optional<URI> responder = settings.responder().or(() -> OcspMessages.responder(certificate));
        if (responder.isEmpty()) {
            return new OcspAnswer.None("its certificate names no responder");
        }
        List<X509Certificate> whole = path.get();
        if (whole.size() < 2) {
            return new OcspAnswer.None("its issuer is not known");
        }
        Long until = silentUntil.getIfPresent(responder.get());
        if (until != null && clock.wallMillis() < until) {
            return new OcspAnswer.None("its responder did not answer a moment ago");
        }
        if (!permits.tryAcquire()) {
            return new OcspAnswer.None("too many certificates are being asked about");
        }
        try {
            OcspAnswer answer = answer(responder.get(), new OcspMessages(certificate, whole.get(1)));
            if (answer instanceof OcspAnswer.None none) {
                useless(responder.get(), none);
            } else {
                remembered.put(certificate, answer);
            }
            return answer;
        } finally {
            permits.release();
        }
    }

    private void useless(URI responder, OcspAnswer.None none) {
        long now = clock.wallMillis();
        if (none.isDown()) {
            silentUntil.put(responder, now + SILENCE.toMillis());
        }
        if (now - lastTold.get() >= SILENCE.toMillis()) {
            lastTold.set(now);
            LOG.warn(
                    "the responder {} is of no use: {}; clients that it should be asked about {}",
                    responder,
                    none.why(),
                    settings.mode() == Mode.SOFT ? "come in" : "are refused");
        }
    }

    private OcspAnswer answer(URI responder, OcspMessages messages) {
        CompletableFuture<HttpResponse<byte[]>> sent = null;
        try {
            HttpRequest request = HttpRequest.newBuilder(responder)
                    .timeout(settings.timeout())
                    .header("Content-Type", "application/ocsp-request")
                    .header("Accept", "application/ocsp-response")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(messages.question()))
                    .build();
            asked.increment();
            sent = http.sendAsync(
                    request,
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
            HttpResponse<byte[]> response = sent.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                return new OcspAnswer.None(
                        "it answers with HTTP status " + response.statusCode(), response.statusCode() >= 500);
            }
            return messages.read(response.body(), Instant.ofEpochMilli(clock.wallMillis()));
        } catch (TimeoutException e) {
            sent.cancel(true);
            return late();
        } catch (ExecutionException e) {
            return e.getCause() instanceof HttpTimeoutException
                    ? late()
                    : new OcspAnswer.None(String.valueOf(e.getCause()), e.getCause() instanceof ConnectException);
        } catch (IOException | IllegalArgumentException e) {
            return new OcspAnswer.None(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new OcspAnswer.None("the broker is ending");
        }
    }

    private OcspAnswer late() {
        return new OcspAnswer.None("no answer in " + settings.timeout().toMillis() + " ms", true);
    }

    /** Breaks off what is under way: those clients are refused. */
    @Override
    public void close() {
        isClosed = true; // first: what is broken off below is refused
        http.shutdownNow();
        threads.shutdownNow();
    }
}
