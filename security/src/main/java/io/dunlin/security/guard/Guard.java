package io.dunlin.security.guard;

import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.FailedLogins.Attempt;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the authentication chain, and at the door of the listeners: turns away who is banned, who guesses passwords and who
 * comes too often, without asking anybody. One for the life of the server; chain and options are exchanged. Thread: any.
 */
public final class Guard implements Authenticator {
    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private final BanList bans;
    private final Clock clock;
    private final Figures figures = new Figures();
    private final Notices notices;
    private final Doorkeeper door;
    private final FailedLogins failedLogins = new FailedLogins();
    private final Flapping flapping = new Flapping();
    private final long seed = new SecureRandom().nextLong();
    private volatile Authenticator chain;
    private volatile GuardOptions options;

    public Guard(Authenticator chain, BanList bans, GuardOptions options, Clock clock) {
        this.chain = chain;
        this.bans = bans;
        this.options = options;
        this.clock = clock;
        this.notices = new Notices(clock);
        this.door = new Doorkeeper(bans, () -> this.options, clock, figures, notices);
    }

    /** For the listeners. */
    public Admission admission() {
        return door;
    }

    public BanList bans() {
        return bans;
    }

    /** Its log, for others that refuse clients too. */
    public Notices notices() {
        return notices;
    }

    /** Whom it asks from now on. */
    public void chain(Authenticator other) {
        chain = other;
    }

    /** What counts from now on; what is remembered stays. */
    public void options(GuardOptions other) {
        options = other;
    }

    /** Also told of each line of its log, on the thread that is refused: must not block. */
    public void onNotice(BiConsumer<String, String> listener) {
        notices.listener(listener);
    }

    /** What was refused since the start, by limit, and what there is now. */
    public Map<String, Long> figures() {
        Map<String, Long> all = new LinkedHashMap<>();
        figures.putInto(all);
        door.putInto(all);
        all.put("bans", (long) bans.list().size());
        return all;
    }

    /** Who is at the door; {@code attempt} is null where the limits on addresses do not apply. */
    private record Visitor(
            Credentials shown,
            boolean isExchange,
            @Nullable InetAddress address,
            @Nullable Attempt attempt) {
        SocketAddress peer() {
            return shown.connection().peer();
        }

        /** Where nothing was shown, nothing was guessed; an exchange shows later what it has, its name too. */
        boolean guesses() {
            return isExchange || shown.username() != null || shown.password() != null;
        }

        /** Whether a success says something of who failed before: not where all have the same name, none. */
        boolean isNamed() {
            return !isExchange || shown.username() != null;
        }

        String user() {
            String name = shown.username();
            return name == null ? "a client without a user name" : "user " + Notices.shown(name);
        }

        String client() {
            return "client " + Notices.shown(shown.clientId());
        }

        String from() {
            return address == null ? "from this machine" : "from " + AddressKey.shown(address);
        }
    }

    private Visitor visitor(Credentials shown, boolean isExchange) {
        InetAddress address = Network.addressOf(shown.connection().peer());
        if (address == null || Doorkeeper.isExempt(options, address)) {
            return new Visitor(shown, isExchange, address, null);
        }
        String name = shown.username();
        return new Visitor(
                shown,
                isExchange,
                address,
                new Attempt(AddressKey.of(address), name == null ? 0 : hash(name), hash(shown.clientId())));
    }

    // With a seed, so that nobody can choose names that count as each other's.
    private long hash(String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * HASH_FACTOR;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        Visitor visitor = visitor(credentials, false);
        Outcome.Refused refused = refusal(visitor);
        if (refused != null) {
            return CompletableFuture.completedStage(refused);
        }
        return chain.authenticate(credentials).thenApply(outcome -> judged(visitor, true, outcome));
    }

    @Override
    public List<String> methods() {
        return chain.methods();
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        return begin(method, credentials, true);
    }

    @Override
    public Exchange beginAgain(String method, Credentials credentials) {
        return begin(method, credentials, false);
    }

    private Exchange begin(String method, Credentials credentials, boolean connects) {
        Visitor visitor = visitor(credentials, true);
        Outcome.Refused refused = refusal(visitor);
        if (refused != null) {
            return data -> CompletableFuture.completedStage(refused);
        }
        Authenticator asked = chain;
        Exchange begun = connects ? asked.begin(method, credentials) : asked.beginAgain(method, credentials);
        return data -> begun.next(data).thenApply(outcome -> judged(visitor, connects, outcome));
    }

    /** What speaks against a visitor before anybody is asked, null for nothing. */
    private Outcome.@Nullable Refused refusal(Visitor visitor) {
        Optional<Ban> ban = bans.ofClient(visitor.shown.clientId())
                .or(() -> bans.ofUser(visitor.shown.username()))
                .or(() -> bans.ofAddress(visitor.address));
        if (ban.isPresent()) {
            return banned(visitor, ban.get());
        }
        Attempt attempt = visitor.attempt;
        if (attempt == null) {
            return null;
        }
        long now = clock.nanos();
        GuardOptions limits = options;
        if (flapping.isBanned(attempt.address(), attempt.client(), now, limits.flapping())) {
            return flaps(visitor, attempt, limits);
        }
        return inBackoff(visitor, attempt);
    }

    private Outcome.@Nullable Refused inBackoff(Visitor visitor, Attempt attempt) {
        Limit limit = visitor.guesses() ? failedLogins.refusal(attempt, clock.nanos(), options.logins()) : null;
        if (limit == null) {
            return null;
        }
        figures.refused(limit);
        return backoff(limit, visitor, attempt);
    }

    private Outcome.Refused banned(Visitor visitor, Ban ban) {
        Limit limit =
                switch (ban.kind()) {
                    case CLIENT -> Limit.BANNED_CLIENT;
                    case USER -> Limit.BANNED_USER;
                    case ADDRESS -> Limit.BANNED_ADDRESS;
                };
        figures.refused(limit);
        notices.tell(
                limit.text(),
                ban.subject(),
                () -> visitor.client() + " " + visitor.from() + " is refused: " + ban.sentence());
        return new Outcome.Refused(ReasonCode.BANNED, ban.sentence());
    }

    private Outcome.Refused flaps(Visitor visitor, Attempt attempt, GuardOptions limits) {
        figures.refused(Limit.FLAPPING);
        notices.tell(
                Limit.FLAPPING.text(),
                attempt,
                () -> visitor.client() + " of " + visitor.user() + " " + visitor.from() + " has connected more than "
                        + limits.flapping().connects() + " times in "
                        + limits.flapping().window().toSeconds() + " s and is kept out for "
                        + limits.flapping().ban().toSeconds()
                        + " s; two devices with the same client id look like this");
        return new Outcome.Refused(ReasonCode.CONNECTION_RATE_EXCEEDED, "connects too often");
    }

    private Outcome.Refused backoff(Limit limit, Visitor visitor, Attempt attempt) {
        boolean ofAddress = limit == Limit.ADDRESS_BACKOFF;
        notices.tell(
                limit.text(),
                ofAddress ? attempt.address() : new Attempt(attempt.address(), attempt.user(), 0),
                () -> (ofAddress ? "logins " : "logins of " + visitor.user() + " ") + visitor.from()
                        + " are refused for a while after failed ones; last " + visitor.user() + ", "
                        + visitor.client());
        return new Outcome.Refused(ReasonCode.CONNECTION_RATE_EXCEEDED, "too many failed logins: wait before the next");
    }

    /** What becomes of the chain's answer. */
    private Outcome judged(Visitor visitor, boolean connects, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> {
                Outcome late = late(visitor);
                yield late == null ? accepted(visitor, connects, accepted) : late;
            }
            case Outcome.Continue more -> more;
            case Outcome.Refused refused -> {
                if (!isWrong(refused)) { // nobody could say
                    yield refused;
                }
                Outcome late = late(visitor);
                if (late == null) {
                    failed(visitor);
                    yield refused;
                }
                yield late;
            }
        };
    }

    // Guesses that were under way together learn no more than those that come one after the other: what is answered in
    // the back-off
    // is refused, right or wrong.
    private Outcome.@Nullable Refused late(Visitor visitor) {
        Attempt attempt = visitor.attempt;
        return attempt == null ? null : inBackoff(visitor, attempt);
    }

    private Outcome accepted(Visitor visitor, boolean connects, Outcome.Accepted accepted) {
        Principal principal = accepted.principal();
        Optional<Ban> ban = bans.ofUser(principal.username()); // a certificate or token may say another name
        if (ban.isPresent()) {
            return banned(visitor, ban.get());
        }
        Attempt attempt = visitor.attempt;
        if (attempt != null) {
            long now = clock.nanos();
            GuardOptions limits = options;
            if (visitor.guesses() && visitor.isNamed()) {
                failedLogins.succeeded(attempt, now, limits.logins());
            }
            if (connects && !flapping.admits(attempt.address(), attempt.client(), now, limits.flapping())) {
                return flaps(visitor, attempt, limits);
            }
        }
        door.loggedIn(visitor.peer());
        return accepted;
    }

    private static boolean isWrong(Outcome.Refused refused) {
        return refused.reason() == ReasonCode.BAD_USER_NAME_OR_PASSWORD
                || refused.reason() == ReasonCode.NOT_AUTHORIZED;
    }

    private void failed(Visitor visitor) {
        figures.loginFailed();
        Attempt attempt = visitor.attempt;
        if (attempt != null && visitor.guesses()) {
            Limit limit = failedLogins.failed(attempt, clock.nanos(), options.logins());
            if (limit != null) {
                backoff(limit, visitor, attempt);
            }
        }
    }
}
