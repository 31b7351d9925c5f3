package io.dunlin.security.token;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.http.WebClient;
import io.dunlin.security.token.JwtSettings.JwksUrl;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys of a JWKS address. Fetched when a login needs them: first, when they are older than the refresh time (the login does not wait
 * for that until they are twice as old), and when a token names a key that is not among them. However many logins want that, one
 * fetch runs at a time, and none within a while after the last. While the service is away the keys serve on, for a time. Thread: any
 * virtual one; blocks for one fetch at most.
 */
final class FetchedKeys implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);
    private static final int BODY_BYTES_MAX = 256 << 10;
    private static final Thread.Builder.OfVirtual REFRESHER = Thread.ofVirtual().name("jwks");

    private final JwksUrl settings;
    private final Clock clock;
    private final WebClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder fetches = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile State state = State.EMPTY; // written under the lock
    private volatile Runnable onDropped = () -> {};

    FetchedKeys(JwksUrl settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        WebClient.address("authentication.jwt.jwks-url", settings.url().toString());
        this.client = new WebClient(settings.cafile(), settings.timeout(), BODY_BYTES_MAX);
    }

    /**
     * The keys, and how they came.
     *
     * @param triedAtNanos when the last fetch ended, null where none was tried
     * @param error why that one brought none, null where it did
     */
    private record State(
            @Nullable KeySet keys,
            long fetchedAtNanos,
            @Nullable Long triedAtNanos,
            @Nullable String error) {
        static final State EMPTY = new State(null, 0, null, null);

        boolean failing() {
            return error != null;
        }
    }

    /** Serves what another fetched from the same address until it has fetched itself. */
    void takeOver(FetchedKeys other) {
        State theirs = other.state;
        if (!other.settings.url().equals(settings.url())) {
            return;
        }
        lock.lock();
        try {
            if (state.keys == null) {
                state = new State(theirs.keys, theirs.fetchedAtNanos, state.triedAtNanos, state.error);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fetches without being asked, so that the first login need not wait. */
    void warm() {
        REFRESHER.start(() -> {
            lock.lock();
            try {
                if (state.triedAtNanos == null) {
                    fetch();
                }
            } finally {
                lock.unlock();
            }
        });
    }

    @Override
    public KeySet current() throws Unavailable {
        State now = state;
        if (now.keys != null && isYoungerThan(1, now)) {
            return now.keys;
        }
        if (now.keys != null && isYoungerThan(2, now)) {
            fetchLater(now);
            return now.keys;
        }
        return usable(newerUnder(now));
    }

    private boolean isYoungerThan(int refreshTimes, State now) {
        return clock.nanos() - now.fetchedAtNanos
                < refreshTimes * settings.refresh().toNanos();
    }

    private void fetchLater(State now) {
        if (mayFetch(now)) {
            REFRESHER.start(() -> newerUnder(now));
        }
    }

    /** Does nothing before the first keys: logins ask for those. */
    @Override
    public void refresh() {
        State now = state;
        if (now.keys != null && !isYoungerThan(1, now)) {
            fetchLater(now);
        }
    }

    @Override
    public void onDropped(Runnable review) {
        onDropped = review;
    }

    @Override
    public KeySet newerThan(KeySet seen) throws Unavailable {
        State now = state;
        return usable(now.keys == seen ? newerUnder(now) : now);
    }

    /** What is there after at most one fetch; somebody else's serves too. */
    private State newerUnder(State seen) {
        lock.lock();
        try {
            if (state.keys == seen.keys && mayFetch(state)) {
                fetch();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayFetch(State now) {
        return now.triedAtNanos == null
                || clock.nanos() - now.triedAtNanos >= settings.between().toNanos();
    }

    private KeySet usable(State now) throws Unavailable {
        if (now.keys == null) {
            throw new Unavailable("the keys could not be fetched yet");
        }
        if (clock.nanos() - now.fetchedAtNanos > settings.keepFor().toNanos()) {
            throw new Unavailable("the keys are too old, and could not be fetched again");
        }
        return now.keys;
    }

    /** Under the lock. */
    private void fetch() {
        State before = state;
        fetches.increment();
        try {
            HttpRequest request = HttpRequest.newBuilder(settings.url())
                    .header("Accept", "application/jwk-set+json, application/json")
                    .build();
            WebClient.Reply reply = client.send(request).join();
            if (reply.status() != 200) {
                throw new IOException("it answered with status " + reply.status());
            }
            KeySet keys = KeySet.ofJwks(KeySet.text(reply.body()), false);
            state = new State(keys, clock.nanos(), clock.nanos(), null);
            if (before.failing()) {
                LOG.info("authentication.jwt.jwks-url answers again with {} keys", keys.size());
            }
            if (before.keys != null && !keys.hasAllOf(before.keys)) {
                LOG.info("authentication.jwt.jwks-url has taken a key out: logins with it end");
                REFRESHER.start(onDropped);
            }
        } catch (IOException
                | RuntimeException e) { // what a service sends must not keep the next fetch from waiting its time
            failures.increment();
            String why = why(e);
            state = new State(before.keys, before.fetchedAtNanos, clock.nanos(), why);
            if (!before.failing()) {
                LOG.warn(
                        "the keys of authentication.jwt.jwks-url cannot be fetched: {}; {}",
                        why,
                        before.keys == null ? "tokens are refused until they can" : "those that are known serve on");
            }
        }
    }

    private static String why(Exception e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public Optional<KeySet> known() {
        return Optional.ofNullable(state.keys);
    }

    @Override
    public Figures figures() {
        State now = state;
        KeySet keys = now.keys;
        return new Figures(
                keys == null ? 0 : keys.size(),
                fetches.sum(),
                failures.sum(),
                keys == null ? Optional.empty() : Optional.of(clock.nanos() - now.fetchedAtNanos),
                Optional.ofNullable(now.error));
    }

    @Override
    public void close() {
        client.close();
    }
}
