package io.dunlin.console.account;

import io.dunlin.broker.port.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/** The logins that hold. They are gone when the broker ends. Thread: any. */
public final class Sessions {
    private static final int SESSIONS_MAX = 1_000;
    private static final int TOKEN_BYTES = 32;
    private static final int CSRF_BYTES = 18;

    private final Clock clock;
    private final Duration lasting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Session> byDigest = new LinkedHashMap<>(); // the eldest first
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public Sessions(Clock clock, Duration lasting) {
        this.clock = clock;
        this.lasting = lasting;
    }

    /**
     * A login.
     *
     * @param csrf what requests that change something have to show beside the cookie
     */
    public record Session(Identity identity, String csrf, long endsNanos) {
        @Override
        public String toString() {
            return identity.toString();
        }
    }

    /** A session and what it is known by, which is nowhere kept. */
    public record Begun(String token, Session session) {
        @Override
        public String toString() {
            return session.toString();
        }
    }

    /** Is run after sessions were ended, without a lock; not where their time has run out. */
    public void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    public Duration lasting() {
        return lasting;
    }

    public Begun begin(Identity identity) {
        String token = Accounts.random(TOKEN_BYTES);
        Session session = new Session(identity, Accounts.random(CSRF_BYTES), clock.nanos() + lasting.toNanos());
        lock.lock();
        try {
            long now = clock.nanos();
            byDigest.values().removeIf(held -> held.endsNanos() - now <= 0);
            while (byDigest.size() >= SESSIONS_MAX) {
                byDigest.remove(byDigest.keySet().iterator().next());
            }
            byDigest.put(Accounts.digest(token), session);
        } finally {
            lock.unlock();
        }
        return new Begun(token, session);
    }

    public Optional<Session> find(String token) {
        lock.lock();
        try {
            return Optional.ofNullable(byDigest.get(Accounts.digest(token)))
                    .filter(session -> session.endsNanos() - clock.nanos() > 0);
        } finally {
            lock.unlock();
        }
    }

    public void end(String token) {
        lock.lock();
        try {
            byDigest.remove(Accounts.digest(token));
        } finally {
            lock.unlock();
        }
        tell();
    }

    /** Ends all sessions of a user. */
    public void endAll(String user) {
        lock.lock();
        try {
            byDigest.values().removeIf(session -> session.identity().name().equals(user));
        } finally {
            lock.unlock();
        }
        tell();
    }
}
