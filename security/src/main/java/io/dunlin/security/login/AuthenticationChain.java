package io.dunlin.security.login;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    private static final Outcome ANOTHER_USER =
            new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "its user name is not that of its certificate");
    private static final Outcome UNKNOWN_METHOD = new Outcome.Refused(
            ReasonCode.BAD_AUTHENTICATION_METHOD, "the authentication method is not offered at this listener");

    /** The attribute with the name of the source that bound an exchange to its user. */
    private static final String BOUND_BY = "login.bound-by";

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
        String boundBy = login.attributes().getOrDefault(BOUND_BY, "");
        List<LoginSource> chain = state.of(login.listener());
        for (LoginSource source : chain) {
            if (source.name().equals(boundBy)) {
                Optional<String> why = source.whyGone(principal, login);
                if (why.isPresent()) {
                    return why;
                }
            }
        }
        for (LoginSource source : chain) {
            if (source.name().equals(login.source())) {
                return source.whyGone(principal, login);
            }
        }
        return Optional.of("its login is no longer taken at listener " + login.listener());
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        State now = state;
        boolean nameless = credentials.username() == null && credentials.password() == null;
        return ask(now, now.of(credentials.connection().listener()), 0, credentials)
                .thenApply(known -> known.orElse(nameless ? NAMELESS : NOBODY));
    }

    /** Empty where none of them knows the client. */
    private CompletionStage<Optional<Outcome>> ask(
            State now, List<LoginSource> chain, int first, Credentials credentials) {
        for (int i = first; i < chain.size(); i++) {
            LoginSource source = chain.get(i);
            SourceFigures figures = now.figures(source);
            if (!figures.begin(now.limits.waitingMax())) {
                return CompletableFuture.completedStage(Optional.of(BUSY));
            }
            CompletableFuture<LoginAnswer> asked = started(() -> source.check(credentials));
            if (!asked.isDone()) {
                int next = i + 1;
                long began = clock.nanos();
                return asked.orTimeout(now.limits.timeout().toMillis(), TimeUnit.MILLISECONDS)
                        .handle((answer, failure) -> outcome(source, figures, began, answer, failure, credentials))
                        .thenCompose(known -> known.isPresent()
                                ? CompletableFuture.completedStage(known)
                                : ask(now, chain, next, credentials));
            }
            Optional<Outcome> known = asked.handle(
                            (answer, failure) -> outcome(source, figures, clock.nanos(), answer, failure, credentials))
                    .join();
            if (known.isPresent()) {
                return CompletableFuture.completedStage(known);
            }
        }
        return CompletableFuture.completedStage(Optional.empty());
    }

    // A copy: a time-out of ours completes nothing that belongs to the source.
    private static <T> CompletableFuture<T> started(Supplier<CompletionStage<T>> question) {
        try {
            return question.get().toCompletableFuture().copy();
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
        State now = state;
        List<LoginSource> binding = new ArrayList<>();
        for (LoginSource source : now.of(credentials.connection().listener())) {
            if (source.methods().contains(method)) {
                return new Chained(now, binding, source, source.begin(method, credentials), credentials);
            }
            if (source.bindsExchanges()) {
                binding.add(source);
            }
        }
        return data -> CompletableFuture.completedStage(UNKNOWN_METHOD);
    }

    /** The exchange of one source, within the chain's limits, and after what the sources before it say of the client. */
    private final class Chained implements Exchange {
        private final State now;
        private final List<LoginSource> binding;
        private final LoginSource source;
        private final Exchange exchange;
        private final Credentials credentials;
        private boolean isBegun;
        private @Nullable Principal bound;

        private Chained(
                State now, List<LoginSource> binding, LoginSource source, Exchange exchange, Credentials credentials) {
            this.now = now;
            this.binding = binding;
            this.source = source;
            this.exchange = exchange;
            this.credentials = credentials;
        }

        @Override
        public CompletionStage<Outcome> next(byte[] data) {
            if (isBegun) {
                return round(data);
            }
            isBegun = true;
            return ask(now, binding, 0, credentials).thenCompose(known -> {
                if (known.isPresent()) {
                    if (!(known.get() instanceof Outcome.Accepted accepted)) {
                        return CompletableFuture.completedStage(known.get());
                    }
                    bound = accepted.principal();
                }
                return round(data);
            });
        }

        private CompletionStage<Outcome> round(byte[] data) {
            SourceFigures figures = now.figures(source);
            if (!figures.begin(now.limits.waitingMax())) {
                return CompletableFuture.completedStage(BUSY);
            }
            long began = clock.nanos();
            CompletableFuture<Outcome> asked = started(() -> exchange.next(data));
            if (!asked.isDone()) {
                asked = asked.orTimeout(now.limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
            }
            return asked.handle((outcome, failure) -> {
                figures.end(clock.nanos() - began);
                if (outcome == null) {
                    failed(source, figures, failure);
                    return UNAVAILABLE;
                }
                return judged(figures, outcome);
            });
        }

        private Outcome judged(SourceFigures figures, Outcome outcome) {
            return switch (outcome) {
                case Outcome.Continue _ -> outcome;
                case Outcome.Refused _ -> {
                    figures.refused();
                    yield outcome;
                }
                case Outcome.Accepted accepted -> {
                    Principal first = bound;
                    if (first != null
                            && !Objects.equals(
                                    first.username(), accepted.principal().username())) {
                        figures.refused();
                        yield ANOTHER_USER;
                    }
                    figures.accepted();
                    yield new Outcome.Accepted(located(accepted.principal(), first), accepted.data());
                }
            };
        }

        private Principal located(Principal principal, @Nullable Principal first) {
            Login login = Login.of(principal)
                    .at(
                            credentials.connection().listener(),
                            credentials.connection().peer());
            if (first != null) {
                Login binder = Login.of(first);
                Map<String, String> attributes = new HashMap<>(login.attributes());
                attributes.putAll(binder.attributes());
                attributes.put(BOUND_BY, binder.source());
                login = login.withAttributes(attributes)
                        .endingAt(Math.min(login.endsAtMillis(), binder.endsAtMillis()));
            }
            return new Principal(credentials.clientId(), principal.username(), login);
        }
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
