package io.dunlin.console.account;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.guard.BanList;
import io.dunlin.security.guard.Guard;
import io.dunlin.security.guard.GuardOptions;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/**
 * Logins with a password, behind the guard that clients of the broker pass, too: who fails often is refused for a time that grows.
 * Thread: any but the shards; waits for the hashing.
 */
public final class Logins {
    private static final int AT_ONCE_MAX = 4;

    private static final String DOOR = "console";
    private static final GuardOptions.Logins FAILURES =
            new GuardOptions.Logins(5, 20, 10, Duration.ofMinutes(10), Duration.ofSeconds(1), Duration.ofMinutes(5));

    private final Accounts accounts;
    private final Guard guard;

    private final Semaphore turns = new Semaphore(AT_ONCE_MAX);

    public Logins(Accounts accounts, Clock clock) {
        this.accounts = accounts;
        GuardOptions none = GuardOptions.NONE;
        guard = new Guard(
                new OfAccounts(),
                BanList.inMemory(clock),
                new GuardOptions(none.connections(), FAILURES, none.flapping(), List.of()),
                clock);
    }

    /** What came of a login. */
    public sealed interface Result {
        /** The right name and password. */
        record Accepted(Identity identity) implements Result {}

        /** Wrong name or password. */
        record Wrong() implements Result {}

        /** Too many have failed, or too many are logging in. */
        record Slowed(String sentence) implements Result {}
    }

    /** As {@link Accounts#holds}. */
    public boolean holds(Identity user) {
        return accounts.holds(user);
    }

    /** At most {@value #AT_ONCE_MAX} at a time: each takes a hash, and clients of the broker wait for the same turns. */
    public Result login(String name, String password, SocketAddress peer) {
        if (!turns.tryAcquire()) {
            return new Result.Slowed("too many are logging in: try again in a moment");
        }
        try {
            return checked(name, password, peer);
        } finally {
            turns.release();
        }
    }

    private Result checked(String name, String password, SocketAddress peer) {
        ConnectionInfo connection = new ConnectionInfo(DOOR, "http", peer, null);
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return switch (guard.authenticate(new Authenticator.Credentials("", name, bytes, connection))
                .toCompletableFuture()
                .join()) {
            case Authenticator.Outcome.Accepted accepted
            when accepted.principal().identity() instanceof Found found -> new Result.Accepted(found.identity());
            case Authenticator.Outcome.Accepted accepted -> new Result.Wrong();
            case Authenticator.Outcome.Continue more -> new Result.Wrong();
            case Authenticator.Outcome.Refused refused ->
                refused.reason() == ReasonCode.BAD_USER_NAME_OR_PASSWORD
                        ? new Result.Wrong()
                        : new Result.Slowed(refused.message());
        };
    }

    /** What the guard carries through. */
    private record Found(Identity identity) implements io.dunlin.broker.port.Identity {
        @Override
        public long endsAtMillis() {
            return NEVER;
        }
    }

    private final class OfAccounts implements Authenticator {
        @Override
        public CompletionStage<Outcome> authenticate(Credentials credentials) {
            String name = String.valueOf(credentials.username());
            byte[] password = credentials.password();
            if (password == null) {
                return wrong();
            }
            try {
                Optional<Identity> who = accounts.check(name, password);
                return who.isEmpty()
                        ? wrong()
                        : CompletableFuture.completedStage(
                                new Outcome.Accepted(new Principal("", name, new Found(who.get())), null));
            } catch (IllegalStateException e) { // too many at once: nobody could say
                return CompletableFuture.completedStage(
                        new Outcome.Refused(ReasonCode.SERVER_BUSY, "too many are logging in: try again"));
            }
        }

        private static CompletionStage<Outcome> wrong() {
            return CompletableFuture.completedStage(
                    new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong name or password"));
        }

        @Override
        public List<String> methods() {
            return List.of();
        }

        @Override
        public Exchange begin(String method, Credentials credentials) {
            return data -> wrong();
        }
    }
}
