package io.dunlin.security.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthenticationChainTest {
    private static final AuthenticationChain.Limits LIMITS = new AuthenticationChain.Limits(Duration.ofMillis(200), 2);
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 4711);

    private static Credentials client(@Nullable String name, @Nullable String password) {
        ConnectionInfo connection = new ConnectionInfo("main", "tcp", PEER, null);
        return new Credentials("c1", name, password == null ? null : password.getBytes(UTF_8), connection);
    }

    private static AuthenticationChain chain(LoginSource... sources) {
        return new AuthenticationChain(Map.of("main", List.of(sources)), LIMITS, Clock.system());
    }

    private static Outcome ask(AuthenticationChain chain, Credentials credentials) {
        return chain.authenticate(credentials).toCompletableFuture().join();
    }

    private static Scripted accepting(String name, String user) {
        return new Scripted(
                name, () -> CompletableFuture.completedStage(new LoginAnswer.Accepted(user, Login.of(name))));
    }

    private static Scripted unknown(String name) {
        return new Scripted(name, () -> CompletableFuture.completedStage(LoginAnswer.UNKNOWN));
    }

    private static Scripted refusing(String name) {
        return new Scripted(name, () -> CompletableFuture.completedStage(LoginAnswer.Refused.wrong("wrong password")));
    }

    private static void assertRefused(Outcome outcome, ReasonCode reason) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }

    @Test
    void theFirstThatKnowsTheClientDecides() {
        Scripted last = accepting("last", "last");
        Outcome outcome = ask(chain(unknown("first"), accepting("second", "ann"), last), client("x", "y"));
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Accepted.class, it -> {
            assertThat(it.principal().clientId()).isEqualTo("c1");
            assertThat(it.principal().username()).isEqualTo("ann");
            Login login = Login.of(it.principal());
            assertThat(login.source()).isEqualTo("second");
            assertThat(login.listener()).isEqualTo("main");
            assertThat(login.address()).isEqualTo(PEER);
        });
        assertThat(last.asked).isEmpty();
    }

    @Test
    void aRefusalIsNotAskedFurther() {
        Scripted last = accepting("last", "last");
        assertRefused(ask(chain(refusing("first"), last), client("x", "y")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(last.asked).isEmpty();
    }

    @Test
    void whomNobodyKnowsIsRefused() {
        assertRefused(ask(chain(unknown("first")), client("x", "y")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertRefused(ask(chain(unknown("first")), client(null, null)), ReasonCode.NOT_AUTHORIZED);
        assertRefused(ask(chain(), client("x", "y")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    @Test
    void aListenerWithoutAChainLetsNobodyIn() {
        AuthenticationChain chain =
                new AuthenticationChain(Map.of("other", List.of(accepting("first", "ann"))), LIMITS, Clock.system());
        assertRefused(ask(chain, client("x", "y")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    @Test
    void whatFailsRefusesAndIsNotAskedFurther() {
        Scripted last = accepting("last", "last");
        List<Supplier<CompletionStage<LoginAnswer>>> broken = List.of(
                () -> CompletableFuture.failedStage(new IllegalStateException("down")),
                () -> CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException("down, later");
                }),
                () -> {
                    throw new IllegalStateException("down, at once");
                });
        for (Supplier<CompletionStage<LoginAnswer>> each : broken) {
            AuthenticationChain chain = chain(new Scripted("broken", each), last);
            assertRefused(ask(chain, client("x", "y")), ReasonCode.SERVER_UNAVAILABLE);
            assertThat(chain.figures().get("broken")).isNotNull().satisfies(it -> {
                assertThat(it.failed()).isEqualTo(1);
                assertThat(it.underWay()).isZero();
            });
        }
        assertThat(last.asked).isEmpty();
    }

    @Test
    void whatIsSilentRefusesAndItsLateAnswerChangesNothing() {
        CompletableFuture<LoginAnswer> late = new CompletableFuture<>();
        Scripted last = accepting("last", "last");
        AuthenticationChain chain = chain(new Scripted("silent", () -> late), last);
        assertRefused(ask(chain, client("x", "y")), ReasonCode.SERVER_UNAVAILABLE);
        assertThat(late).isNotDone();
        late.complete(new LoginAnswer.Accepted("ann", Login.of("silent")));
        assertThat(chain.figures().get("silent")).isNotNull().satisfies(it -> {
            assertThat(it.late()).isEqualTo(1);
            assertThat(it.accepted()).isZero();
        });
        assertThat(last.asked).isEmpty();
    }

    @Test
    void goesOnAfterALateUnknown() {
        CompletableFuture<LoginAnswer> late = new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = chain(new Scripted("slow", () -> late), accepting("last", "ann"))
                .authenticate(client("x", "y"))
                .toCompletableFuture();
        assertThat(outcome).isNotDone();
        late.complete(LoginAnswer.UNKNOWN);
        assertThat(outcome.join()).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void refusesWhereTooManyAreUnderWay() {
        AuthenticationChain chain = chain(new Scripted("silent", CompletableFuture::new));
        CompletionStage<Outcome> first = chain.authenticate(client("x", "y"));
        CompletionStage<Outcome> second = chain.authenticate(client("x", "y"));
        assertRefused(ask(chain, client("x", "y")), ReasonCode.SERVER_BUSY);
        first.toCompletableFuture().join();
        second.toCompletableFuture().join();
        assertThat(chain.figures().get("silent")).isNotNull().satisfies(it -> {
            assertThat(it.busy()).isEqualTo(1);
            assertThat(it.underWay()).isZero();
        });
    }

    @Test
    void anonymousClientsComeInOnlyWithoutAName() {
        AuthenticationChain closed = chain(unknown("users"), new AnonymousSource(false));
        assertThat(ask(closed, client(null, null)))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        it -> assertThat(it.principal().username()).isNull());
        assertRefused(ask(closed, client("x", "y")), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertRefused(ask(closed, client("x", null)), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        AuthenticationChain open = chain(new AnonymousSource(true));
        assertThat(ask(open, client("x", "y")))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        it -> assertThat(it.principal().username()).isNull());
    }

    @Test
    void knowsWhoMayNotStay() {
        Scripted users = accepting("users", "ann");
        AuthenticationChain chain = chain(users);
        Principal ann = ((Outcome.Accepted) ask(chain, client("ann", "x"))).principal();
        assertThat(chain.whyGone(ann)).isEmpty();
        users.gone = Optional.of("the user was removed");
        assertThat(chain.whyGone(ann)).contains("the user was removed");
        chain.replace(Map.of("main", List.of(accepting("others", "ann"))), LIMITS);
        assertThat(chain.whyGone(ann)).isPresent();
    }

    @Test
    void exchangesTellWhereTheClientIs() {
        Scripted tokens = unknown("tokens");
        tokens.method = "TOKEN";
        AuthenticationChain chain = chain(unknown("users"), tokens);
        assertThat(chain.methods()).containsExactly("TOKEN");
        Outcome outcome = chain.begin("TOKEN", client(null, null))
                .next(new byte[0])
                .toCompletableFuture()
                .join();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        it -> assertThat(Login.of(it.principal()).listener()).isEqualTo("main"));
        assertRefused(
                chain.begin("OTHER", client(null, null))
                        .next(new byte[0])
                        .toCompletableFuture()
                        .join(),
                ReasonCode.BAD_AUTHENTICATION_METHOD);
    }

    private static Outcome exchange(AuthenticationChain chain) {
        return chain.begin("TOKEN", client(null, null))
                .next(new byte[0])
                .toCompletableFuture()
                .join();
    }

    private static Scripted tokens(Supplier<CompletionStage<Outcome>> answer) {
        Scripted tokens = unknown("tokens");
        tokens.method = "TOKEN";
        tokens.exchanged = answer;
        return tokens;
    }

    private static Scripted tokens() {
        Principal ann = new Principal("", "ann", Login.of("tokens"));
        return tokens(() -> CompletableFuture.completedStage(new Outcome.Accepted(ann, null)));
    }

    @Test
    void whatBindsExchangesIsAskedBeforeThem() {
        Scripted refusing = refusing("certificate");
        refusing.binds = true;
        assertRefused(exchange(chain(refusing, tokens())), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        Scripted down =
                new Scripted("certificate", () -> CompletableFuture.failedStage(new IllegalStateException("down")));
        down.binds = true;
        assertRefused(exchange(chain(down, tokens())), ReasonCode.SERVER_UNAVAILABLE);
        Scripted other = accepting("certificate", "bob");
        other.binds = true;
        assertRefused(exchange(chain(other, tokens())), ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        Scripted nothing = unknown("certificate");
        nothing.binds = true;
        assertThat(exchange(chain(nothing, tokens()))).isInstanceOf(Outcome.Accepted.class);
        assertThat(exchange(chain(refusing("users"), tokens()))).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void anExchangeStaysBoundToWhatWasAskedBefore() {
        Login until = Login.of("certificate").endingAt(99).withAttributes(Map.of("cert.cn", "ann"));
        Scripted same = new Scripted(
                "certificate", () -> CompletableFuture.completedStage(new LoginAnswer.Accepted("ann", until)));
        same.binds = true;
        AuthenticationChain chain = chain(same, tokens());
        assertThat(exchange(chain)).isInstanceOfSatisfying(Outcome.Accepted.class, it -> {
            Login login = Login.of(it.principal());
            assertThat(login.source()).isEqualTo("tokens");
            assertThat(login.endsAtMillis()).isEqualTo(99);
            assertThat(login.attributes()).containsEntry("cert.cn", "ann");
            assertThat(chain.whyGone(it.principal())).isEmpty();
            same.gone = Optional.of("revoked");
            assertThat(chain.whyGone(it.principal())).contains("revoked");
        });
    }

    @Test
    void exchangesKeepToTheLimitsAndAreCounted() {
        AuthenticationChain silent = chain(tokens(CompletableFuture::new));
        CompletionStage<Outcome> first =
                silent.begin("TOKEN", client(null, null)).next(new byte[0]);
        CompletionStage<Outcome> second =
                silent.begin("TOKEN", client(null, null)).next(new byte[0]);
        assertRefused(exchange(silent), ReasonCode.SERVER_BUSY);
        assertRefused(first.toCompletableFuture().join(), ReasonCode.SERVER_UNAVAILABLE);
        assertRefused(second.toCompletableFuture().join(), ReasonCode.SERVER_UNAVAILABLE);
        assertThat(silent.figures().get("tokens")).isNotNull().satisfies(it -> {
            assertThat(it.late()).isEqualTo(2);
            assertThat(it.busy()).isEqualTo(1);
            assertThat(it.underWay()).isZero();
        });
        AuthenticationChain quick = chain(tokens());
        exchange(quick);
        assertThat(quick.figures().get("tokens"))
                .isNotNull()
                .satisfies(it -> assertThat(it.accepted()).isEqualTo(1));
    }

    @Test
    void rememberedLoginsAreAskedOnceForTheSameClientAndPassword() {
        Scripted users = accepting("users", "ann");
        AuthenticationChain chain = chain(new RememberedLogins(users, Duration.ofMinutes(1), 10, Clock.system()));
        for (int i = 0; i < 3; i++) {
            assertThat(ask(chain, client("ann", "right"))).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(users.asked).hasSize(1);
        ask(chain, client("ann", "other"));
        ask(chain, client("bob", "right"));
        ask(chain, client("ann", null));
        assertThat(users.asked).hasSize(4);
    }

    @Test
    void refusalsAndEndedLoginsAreNotRemembered() {
        Scripted refusing = refusing("users");
        LoginSource remembered = new RememberedLogins(refusing, Duration.ofMinutes(1), 10, Clock.system());
        ask(chain(remembered), client("ann", "wrong"));
        ask(chain(remembered), client("ann", "wrong"));
        assertThat(refusing.asked).hasSize(2);
        Scripted ended = new Scripted(
                "tokens",
                () -> CompletableFuture.completedStage(
                        new LoginAnswer.Accepted("ann", Login.of("tokens").endingAt(1))));
        LoginSource tokens = new RememberedLogins(ended, Duration.ofMinutes(1), 10, Clock.system());
        ask(chain(tokens), client("ann", "t"));
        ask(chain(tokens), client("ann", "t"));
        assertThat(ended.asked).hasSize(2);
        assertThat(Login.of("x").endsAtMillis()).isEqualTo(Identity.NEVER);
    }

    /** Answers as the test says, and notes who asked. */
    private static final class Scripted implements LoginSource {
        private final String name;
        private final Supplier<CompletionStage<LoginAnswer>> answer;
        private final List<Credentials> asked = new ArrayList<>();
        private Optional<String> gone = Optional.empty();
        private String method = "";
        private boolean binds;
        private @Nullable Supplier<CompletionStage<Outcome>> exchanged;

        private Scripted(String name, Supplier<CompletionStage<LoginAnswer>> answer) {
            this.name = name;
            this.answer = answer;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CompletionStage<LoginAnswer> check(Credentials credentials) {
            asked.add(credentials);
            return answer.get();
        }

        @Override
        public List<String> methods() {
            return method.isEmpty() ? List.of() : List.of(method);
        }

        @Override
        public Exchange begin(String begun, Credentials credentials) {
            Supplier<CompletionStage<Outcome>> scripted = exchanged;
            Principal ann = new Principal("", "ann", Login.of(name));
            return data -> scripted == null
                    ? CompletableFuture.completedStage(new Outcome.Accepted(ann, null))
                    : scripted.get();
        }

        @Override
        public boolean bindsExchanges() {
            return binds;
        }

        @Override
        public Optional<String> whyGone(Principal principal, Login login) {
            return gone;
        }
    }
}
