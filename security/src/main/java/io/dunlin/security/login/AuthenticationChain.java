package io.dunlin.security.login;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the sources of a client's listener one after the other until one knows the client. It fails closed: a source that fails, or is
 * silent for too long, refuses the client, and nobody further is asked; a client that nobody knows is refused. Thread: any.
 */
public final class AuthenticationChain implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(AuthenticationChain.class);
    private static final Outcome NAMELESS =
            new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "a user name and a password are needed");
    private static final Outcome NOBODY =
            new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong user name or password");
    private static final Outcome UNAVAILABLE =
            new Outcome.Refused(ReasonCode.SERVER_UNAVAILABLE, "logins cannot be checked at this time");
    private static final Outcome BUSY = new Outcome.Refused(ReasonCode.SERVER_BUSY, "too many clients are logging in");
    private static final Outcome UNKNOWN_METHOD = new Outcome.Refused(
            ReasonCode.BAD_AUTHENTICATION_METHOD, "the authentication method is not offered at this listener");

    private final Clock clock;
    private volatile State state;

    /** @param chains the sources of each listener in the order in which they are asked */
    public AuthenticationChain(Map<String, List<LoginSource>> chains, Limits limits, Clock clock) {
        this.clock = clock;
        state = new State(chains, limits);
    }

    /**
     * @param timeout for one source to answer
     * @param waitingMax logins that one source is being asked about; more are refused
     */
    public record Limits(Duration timeout, int waitingMax) {
        public static final Limits DEFAULTS = new Limits(Duration.ofSeconds(10), 10_000);
    }

    /** Asks these from now on; logins under way end with those they began with. */
    public void replace(Map<String, List<LoginSource>> chains, Limits limits) {
        state = new State(chains, limits);
    }

    /** What each source has done since it was made, by its name. */
    public Map<String, SourceFigures.Snapshot> figures() {
        Map<String, SourceFigures.Snapshot> all = new TreeMap<>();
        state.asked.forEach(
                (source, figures) -> all.merge(source.name(), figures.snapshot(), SourceFigures.Snapshot::plus));
        return all;
    }

    /** Why a client that was let in may not stay, empty where it may; for {@code Broker.review}. */
    public Optional<String> whyGone(Principal principal) {
        Login login = Login.of(principal);
        for (LoginSource source : state.of(login.listener())) {
            if (source.name().equals(login.source())) {
                return source.whyGone(principal, login);
            }
        }
        return Optional.of("its login is no longer taken at listener " + login.listener());
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        State now = state;
        return ask(now, now.of(credentials.connection().listener()), 0, credentials);
    }

    private CompletionStage<Outcome> ask(State now, List<LoginSource> chain, int first, Credentials credentials) {
        for (int i = first; i < chain.size(); i++) {
            LoginSource source = chain.get(i);
            SourceFigures figures = now.figures(source);
            if (!figures.begin(now.limits.waitingMax())) {
                return CompletableFuture.completedStage(BUSY);
            }
            CompletableFuture<LoginAnswer> asked = check(source, credentials);
            if (!asked.isDone()) {
                int next = i + 1;
                long began = clock.nanos();
                return asked.orTimeout(now.limits.timeout().toMillis(), TimeUnit.MILLISECONDS)
                        .handle((answer, failure) -> outcome(source, figures, began, answer, failure, credentials))
                        .thenCompose(known -> known.<CompletionStage<Outcome>>map(CompletableFuture::completedStage)
                                .orElseGet(() -> ask(now, chain, next, credentials)));
            }
            Optional<Outcome> known = asked.handle(
                            (answer, failure) -> outcome(source, figures, clock.nanos(), answer, failure, credentials))
                    .join();
            if (known.isPresent()) {
                return CompletableFuture.completedStage(known.get());
            }
        }
        boolean nameless = credentials.username() == null && credentials.password() == null;
        return CompletableFuture.completedStage(nameless ? NAMELESS : NOBODY);
    }

    // A copy: a time-out of ours completes nothing that belongs to the source.
    private static CompletableFuture<LoginAnswer> check(LoginSource source, Credentials credentials) {
        try {
            return source.check(credentials).toCompletableFuture().copy();
        } catch (RuntimeException fault) {
            return CompletableFuture.failedFuture(fault);
        }
    }

    /** Empty where the next source is to be asked. */
    private Optional<Outcome> outcome(
            LoginSource source,
            SourceFigures figures,
            long began,
            LoginAnswer answer,
            Throwable failure,
            Credentials credentials) {
        figures.end(clock.nanos() - began);
        if (answer == null) {
            failed(source, figures, failure);
            return Optional.of(UNAVAILABLE);
        }
        return switch (answer) {
            case LoginAnswer.Accepted accepted -> {
                figures.accepted();
                yield Optional.of(new Outcome.Accepted(principal(credentials, accepted), null));
            }
            case LoginAnswer.Refused refused -> {
                figures.refused();
                yield Optional.of(new Outcome.Refused(refused.reason(), refused.message()));
            }
            case LoginAnswer.Unknown _ -> {
                figures.unknown();
                yield Optional.empty();
            }
        };
    }

    private static Principal principal(Credentials credentials, LoginAnswer.Accepted accepted) {
        Login login = accepted.login()
                .at(
                        credentials.connection().listener(),
                        credentials.connection().peer());
        return new Principal(credentials.clientId(), accepted.username(), login);
    }

    private void failed(LoginSource source, SourceFigures figures, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean late = cause instanceof TimeoutException;
        if (figures.failed(late, clock.nanos()) && !(cause instanceof Circuit.Unavailable)) { // which has been logged
            LOG.warn(
                    "logins by {} cannot be checked and are refused: {}",
                    source.name(),
                    late ? "no answer in time" : cause == null ? "no answer" : cause.toString());
        }
    }

    @Override
    public List<String> methods() {
        return state.methods;
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        for (LoginSource source : state.of(credentials.connection().listener())) {
            if (source.methods().contains(method)) {
                Exchange exchange = source.begin(method, credentials);
                return data -> exchange.next(data).thenApply(outcome -> located(outcome, credentials));
            }
        }
        return data -> CompletableFuture.completedStage(UNKNOWN_METHOD);
    }

    private static Outcome located(Outcome outcome, Credentials credentials) {
        if (outcome instanceof Outcome.Accepted accepted) {
            Principal principal = accepted.principal();
            Login login = Login.of(principal)
                    .at(
                            credentials.connection().listener(),
                            credentials.connection().peer());
            return new Outcome.Accepted(
                    new Principal(credentials.clientId(), principal.username(), login), accepted.data());
        }
        return outcome;
    }

    /** What is asked at one time; replaced as a whole. */
    private static final class State {
        private final Map<String, List<LoginSource>> chains;
        private final Limits limits;
        private final IdentityHashMap<LoginSource, SourceFigures> asked;
        private final List<String> methods;

        private State(Map<String, List<LoginSource>> chains, Limits limits) {
            this.chains = Map.copyOf(chains);
            this.limits = limits;
            List<LoginSource> all = new ArrayList<>();
            chains.values().forEach(all::addAll);
            this.asked = SourceFigures.ofEach(all);
            this.methods = all.stream()
                    .flatMap(source -> source.methods().stream())
                    .distinct()
                    .toList();
        }

        private List<LoginSource> of(String listener) {
            return chains.getOrDefault(listener, List.of());
        }

        private SourceFigures figures(LoginSource source) {
            SourceFigures figures = asked.get(source);
            if (figures == null) {
                throw new IllegalStateException("source " + source.name() + " stands in no chain");
            }
            return figures;
        }
    }
}
