package io.dunlin.security;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knows the users of the configuration and of the password file. Whether a client may come without a name at all is decided by
 * its listener, before this is asked.
 *
 * <p>Passwords are hashed on virtual threads, a few at a time, so that a flood of logins takes neither the shards nor all cores;
 * where too many wait, the next are refused with SERVER_BUSY. Right passwords are remembered for a short time. Thread: any.
 */
public final class ConfiguredAuthenticator implements Authenticator {
    private static final Outcome WRONG =
            new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong user name or password");
    private static final Outcome NAMELESS =
            new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "a user name and a password are needed");
    private static final Outcome BUSY = new Outcome.Refused(ReasonCode.SERVER_BUSY, "too many clients are logging in");
    private static final Outcome UNKNOWN_METHOD =
            new Outcome.Refused(ReasonCode.BAD_AUTHENTICATION_METHOD, "the authentication method is not offered");

    private static final Thread.Builder.OfVirtual HASHERS = Thread.ofVirtual().name("authentication");

    private final Clock clock;
    private final Limits limits;
    private final Semaphore hashing;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile State state;

    public ConfiguredAuthenticator(Users users, Limits limits, Clock clock) {
        this(users, limits, clock, new Semaphore(limits.hashingMax()));
    }

    ConfiguredAuthenticator(Users users, Limits limits, Clock clock, Semaphore hashing) {
        this.clock = clock;
        this.limits = limits;
        this.hashing = hashing;
        this.state = new State(users, new RecentLogins(limits.rememberedMax(), limits.rememberedSeconds()));
    }

    /**
     * @param hashingMax passwords hashed at the same time, at least 1
     * @param waitingMax logins that are being hashed or wait for it; more are refused
     * @param rememberedMax users whose right password is remembered, 0 for none
     * @param rememberedSeconds for how long; a changed password file makes it forget at once
     */
    public record Limits(int hashingMax, int waitingMax, int rememberedMax, int rememberedSeconds) {
        public static final Limits DEFAULTS =
                new Limits(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), 10_000, 100_000, 300);
    }

    /** Serves these users from now on; logins under way end with the users they began with. */
    public void users(Users users) {
        state = new State(users, new RecentLogins(limits.rememberedMax(), limits.rememberedSeconds()));
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        String name = credentials.username();
        byte[] password = credentials.password();
        if (name == null) {
            return CompletableFuture.completedStage(NAMELESS);
        }
        if (password == null) {
            return CompletableFuture.completedStage(WRONG);
        }
        State current = state;
        byte[] digest = current.recent.digest(name, password);
        Outcome accepted = new Outcome.Accepted(new Principal(credentials.clientId(), name), null);
        if (current.recent.contains(name, digest, clock.nanos())) {
            return CompletableFuture.completedStage(accepted);
        }
        Credential known = current.users.find(name);
        Credential checked = known != null ? known : current.users.decoy(name);
        if (checked == null) {
            return CompletableFuture.completedStage(WRONG);
        }
        if (waiting.incrementAndGet() > limits.waitingMax()) {
            waiting.decrementAndGet();
            return CompletableFuture.completedStage(BUSY);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        if (!check(checked, password) || known == null) {
                            return WRONG;
                        }
                        current.recent.add(name, digest, clock.nanos());
                        return accepted;
                    } finally {
                        waiting.decrementAndGet();
                    }
                },
                HASHERS::start);
    }

    private boolean check(Credential credential, byte[] password) {
        hashing.acquireUninterruptibly();
        try {
            return credential.matches(password);
        } finally {
            hashing.release();
        }
    }

    @Override
    public List<String> methods() {
        return state.users.hasScram() ? List.of(ScramSha256.METHOD) : List.of();
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        return method.equals(ScramSha256.METHOD)
                ? new ScramSha256(state.users, credentials)
                : data -> CompletableFuture.completedStage(UNKNOWN_METHOD);
    }

    private record State(Users users, RecentLogins recent) {}
}
