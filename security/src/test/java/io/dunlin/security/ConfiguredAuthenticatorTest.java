package io.dunlin.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.ConfiguredAuthenticator.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfiguredAuthenticatorTest {
    private static final ConnectionInfo CONNECTION =
            new ConnectionInfo("tcp", "memory", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null);

    private final AtomicLong now = new AtomicLong();
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };

    @Test
    void knowsItsUsers() {
        ConfiguredAuthenticator authenticator = authenticator(Map.of("alice", "secret"), Limits.DEFAULTS);
        assertThat(ask(authenticator, "alice", "secret"))
                .isEqualTo(new Outcome.Accepted(new Principal("c1", "alice"), null));
        assertRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ask(authenticator, "alice", "Secret"));
        assertRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ask(authenticator, "alice", null));
        assertRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ask(authenticator, "bob", "secret"));
        assertRefused(ReasonCode.NOT_AUTHORIZED, ask(authenticator, null, null));
        ConfiguredAuthenticator empty = authenticator(Map.of(), Limits.DEFAULTS);
        assertRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ask(empty, "alice", "secret"));
    }

    @Test
    void remembersRightPasswordsForAWhile() {
        ConfiguredAuthenticator authenticator = authenticator(Map.of("alice", "secret"), new Limits(1, 10, 10, 60));
        assertThat(isImmediate(authenticator, "alice", "secret")).isFalse();
        assertThat(isImmediate(authenticator, "alice", "secret")).isTrue();
        assertThat(isImmediate(authenticator, "alice", "wrong")).isFalse();
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        assertThat(isImmediate(authenticator, "alice", "secret")).isFalse();
        authenticator.users(Users.of(Map.of("alice", "changed"), null));
        assertRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, ask(authenticator, "alice", "secret"));
        assertThat(ask(authenticator, "alice", "changed")).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void remembersABoundedNumber() {
        RecentLogins logins = new RecentLogins(2, 1);
        for (String name : List.of("a", "b", "c")) {
            logins.add(name, logins.digest(name, new byte[1]), 0);
        }
        assertThat(logins.contains("b", logins.digest("b", new byte[1]), 0)).isTrue();
        assertThat(logins.contains("b", logins.digest("a", new byte[1]), 0)).isFalse();
        assertThat(logins.contains("c", logins.digest("c", new byte[1]), 0)).isFalse();
        long later = TimeUnit.SECONDS.toNanos(1);
        logins.add("c", logins.digest("c", new byte[1]), later);
        assertThat(logins.contains("c", logins.digest("c", new byte[1]), later)).isTrue();
        assertThat(logins.contains("a", logins.digest("a", new byte[1]), later)).isFalse();
    }

    @Test
    void refusesWhenTooManyWait() {
        Semaphore hashing = new Semaphore(0);
        ConfiguredAuthenticator authenticator =
                new ConfiguredAuthenticator(users(Map.of("alice", "secret")), new Limits(1, 3, 0, 0), clock, hashing);
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(start(authenticator, "alice", "secret"));
        }
        assertRefused(ReasonCode.SERVER_BUSY, answers.get(3).join());
        assertRefused(ReasonCode.SERVER_BUSY, answers.get(4).join());
        assertThat(answers.subList(0, 3)).noneMatch(CompletableFuture::isDone);
        hashing.release();
        for (int i = 0; i < 3; i++) {
            assertThat(answers.get(i).join()).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(hashing.availablePermits()).isEqualTo(1);
        assertThat(ask(authenticator, "alice", "secret")).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void offersScramWhereUsersHaveKeys() {
        ConfiguredAuthenticator authenticator = authenticator(Map.of("alice", "secret"), Limits.DEFAULTS);
        assertThat(authenticator.methods()).containsExactly("SCRAM-SHA-256");
        assertThat(authenticator
                        .begin("SCRAM-SHA-256", credentials(null, null))
                        .next("n,,n=alice,r=abc".getBytes(UTF_8))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Continue.class);
        assertRefused(
                ReasonCode.BAD_AUTHENTICATION_METHOD,
                authenticator
                        .begin("PLAIN", credentials(null, null))
                        .next(new byte[0])
                        .toCompletableFuture()
                        .join());
        String hash = PasswordHash.of(new byte[1], 1).text();
        assertThat(authenticator(Map.of("alice", hash), Limits.DEFAULTS).methods())
                .isEmpty();
    }

    private ConfiguredAuthenticator authenticator(Map<String, String> users, Limits limits) {
        return new ConfiguredAuthenticator(users(users), limits, clock);
    }

    private static Users users(Map<String, String> users) {
        return Users.of(users, null);
    }

    /** Answered from memory: not even a thread was started. */
    private static boolean isImmediate(ConfiguredAuthenticator authenticator, String name, String password) {
        CompletableFuture<Outcome> answer = start(authenticator, name, password);
        boolean immediate = answer.isDone();
        answer.join();
        return immediate;
    }

    private static Outcome ask(
            ConfiguredAuthenticator authenticator, @Nullable String name, @Nullable String password) {
        return start(authenticator, name, password).join();
    }

    private static CompletableFuture<Outcome> start(
            ConfiguredAuthenticator authenticator, @Nullable String name, @Nullable String password) {
        return authenticator.authenticate(credentials(name, password)).toCompletableFuture();
    }

    private static Credentials credentials(@Nullable String name, @Nullable String password) {
        return new Credentials("c1", name, password == null ? null : password.getBytes(UTF_8), CONNECTION);
    }

    private static void assertRefused(ReasonCode reason, Outcome outcome) {
        assertThat(((Outcome.Refused) outcome).reason()).isEqualTo(reason);
    }
}
