package io.dunlin.security.http;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.security.http.AnswerCache.Known;
import io.dunlin.security.http.BackendAnswer.Allowed;
import io.dunlin.security.http.BackendAnswer.Denied;
import io.dunlin.security.http.BackendAnswer.Ignored;
import io.dunlin.security.http.RequestTemplate.Question;
import io.dunlin.security.login.Circuit;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One service: asks it, remembers what it said, and asks once where many want to know the same. Questions are remembered as digests
 * under a key of this process, since they may hold passwords. Thread: any; blocks nobody.
 */
final class HttpBackend implements AutoCloseable {
    private static final String HMAC = "HmacSHA256";

    private final RequestTemplate template;
    private final HttpSettings settings;
    private final Clock clock;
    private final WebClient client;
    private final Circuit circuit;
    private final AnswerCache answers;
    private final ConcurrentHashMap<String, CompletableFuture<Known>> underWay = new ConcurrentHashMap<>();
    private final SecretKeySpec digestKey;

    private final LongAdder asked = new LongAdder();
    private final LongAdder allowed = new LongAdder();
    private final LongAdder denied = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder busy = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final ReentrantLock latencyLock = new ReentrantLock(); // the histogram takes one writer at a time
    private final LatencyHistogram latency = new LatencyHistogram();

    /**
     * Opens nothing yet.
     *
     * @param group the name of its settings, for messages
     * @param known the placeholders that have values
     * @throws io.dunlin.security.login.InvalidSource where it cannot be asked so
     */
    HttpBackend(String group, HttpSettings settings, Predicate<String> known, Clock clock) {
        this.template = new RequestTemplate(group, settings, known);
        this.settings = settings;
        this.clock = clock;
        this.client = new WebClient(settings.cafile(), settings.timeout(), settings.responseBytesMax());
        this.circuit = new Circuit(
                group, new Circuit.Limits(settings.concurrentMax(), settings.failuresMax(), settings.pause()), clock);
        this.answers = new AnswerCache(settings.rememberedMax());
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.digestKey = new SecretKeySpec(key, HMAC);
    }

    /** Why there is no answer. */
    enum Failure {
        /** A value of this client cannot be put into the address. */
        UNASKABLE,
        BUSY,
        TIMED_OUT,
        UNREACHABLE,
        BAD_ANSWER
    }

    /** No answer; the client is refused. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        private final Failure failure;

        Failed(Failure failure, String message) {
            super(message, null, false, false);
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }

        /** What a stage failed with, whatever it is. */
        static Failed of(Throwable error) {
            Throwable bare =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return bare instanceof Failed known ? known : new Failed(Failure.BAD_ANSWER, "the service cannot be asked");
        }
    }

    /**
     * Asks, unless the answer is known.
     *
     * @return done where the answer was remembered; fails with {@link Failed}, possibly wrapped
     */
    CompletableFuture<Known> ask(Function<String, String> values) {
        asked.increment();
        Optional<Question> question = template.question(values);
        if (question.isEmpty()) {
            return failure(Failure.UNASKABLE, "a value of this client cannot be put into the service's address");
        }
        String digest = digest(question.get().text());
        Optional<Known> known = answers.find(digest, clock.nanos());
        if (known.isPresent()) {
            cached.increment();
            count(known.get().answer());
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<Known> mine = new CompletableFuture<>();
        CompletableFuture<Known> other = underWay.putIfAbsent(digest, mine);
        if (other != null) {
            cached.increment();
            return other.whenComplete((answer, error) -> tell(answer, error));
        }
        send(question.get()).whenComplete((answer, error) -> {
            underWay.remove(digest, mine);
            if (answer == null) {
                mine.completeExceptionally(Failed.of(error == null ? new IllegalStateException() : error));
            } else {
                if (answer.untilNanos() - clock.nanos() > 0) {
                    answers.keep(digest, answer);
                }
                mine.complete(answer);
            }
        });
        return mine.whenComplete((answer, error) -> tell(answer, error));
    }

    private CompletableFuture<Known> send(Question question) {
        return circuit.follow(() -> {
                    long begin = clock.nanos();
                    return client.send(question.request()).thenApply(reply -> {
                        took(clock.nanos() - begin);
                        return judged(reply);
                    });
                })
                .toCompletableFuture()
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(named(error)));
    }

    private Known judged(WebClient.Reply reply) {
        try {
            if (reply.status() >= 502 && reply.status() <= 504) {
                throw new IOException("status " + reply.status());
            }
            BackendAnswer answer = BackendAnswer.of(reply);
            return new Known(answer, until(answer));
        } catch (IOException | BackendAnswer.Bad e) {
            throw new CompletionException(e);
        }
    }

    private long until(BackendAnswer answer) {
        long now = clock.nanos();
        return switch (answer) {
            case Allowed yes
            when yes.endsAtMillis() != Identity.NEVER -> {
                long left = TimeUnit.MILLISECONDS.toNanos(yes.endsAtMillis() - clock.wallMillis());
                yield now + Math.max(Math.min(settings.rememberAllowed().toNanos(), left), 0);
            }
            case Allowed _ -> now + settings.rememberAllowed().toNanos();
            case Denied _, Ignored _ -> now + settings.rememberDenied().toNanos();
        };
    }

    private Failed named(Throwable error) {
        Throwable bare = error;
        while (bare.getCause() != null
                && (bare instanceof CompletionException || bare instanceof Circuit.Unavailable)) {
            bare = bare.getCause();
        }
        return switch (bare) {
            case Circuit.Unavailable _
            when !circuit.figures().open() -> new Failed(Failure.BUSY, "too many clients are being asked about");
            case Circuit.Unavailable _ -> new Failed(Failure.UNREACHABLE, "the service has just failed");
            case HttpTimeoutException _ -> new Failed(Failure.TIMED_OUT, "the service did not answer in time");
            case IOException _ -> new Failed(Failure.UNREACHABLE, "the service cannot be reached");
            case BackendAnswer.Bad bad -> new Failed(Failure.BAD_ANSWER, String.valueOf(bad.getMessage()));
            default -> new Failed(Failure.BAD_ANSWER, "the service cannot be asked");
        };
    }

    private CompletableFuture<Known> failure(Failure failure, String message) {
        failed.increment();
        return CompletableFuture.failedFuture(new Failed(failure, message));
    }

    private void tell(@Nullable Known answer, @Nullable Throwable error) {
        if (answer != null) {
            count(answer.answer());
        } else if (error != null) {
            failed.increment();
            switch (Failed.of(error).failure()) {
                case BUSY -> busy.increment();
                case TIMED_OUT -> timedOut.increment();
                case UNASKABLE, UNREACHABLE, BAD_ANSWER -> {}
            }
        }
    }

    private void count(BackendAnswer answer) {
        switch (answer) {
            case Allowed _ -> allowed.increment();
            case Denied _ -> denied.increment();
            case Ignored _ -> ignored.increment();
        }
    }

    private void took(long nanos) {
        latencyLock.lock();
        try {
            latency.record(nanos);
        } finally {
            latencyLock.unlock();
        }
    }

    private String digest(String question) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(digestKey);
            return Base64.getEncoder().encodeToString(mac.doFinal(question.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + HMAC, e);
        }
    }

    HttpFigures figures() {
        return new HttpFigures(
                asked.sum(),
                allowed.sum(),
                denied.sum(),
                ignored.sum(),
                failed.sum(),
                timedOut.sum(),
                busy.sum(),
                cached.sum(),
                circuit.figures().underWay(),
                latency.percentile(0.5),
                latency.percentile(0.99));
    }

    @Override
    public void close() {
        client.close();
    }
}
