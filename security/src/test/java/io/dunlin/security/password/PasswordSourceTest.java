package io.dunlin.security.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.http.ManualClock;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.password.Hashing.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PasswordSourceTest {
    private static final ConnectionInfo CONNECTION =
            new ConnectionInfo("tcp", "memory", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null);
    private static final HashPolicy CHEAP = new HashPolicy(64, 1);

    private final ManualClock clock = new ManualClock();
    private final Changeable users = new Changeable();
    private final Hashing hashing = new Hashing(limits(10, 60), clock);
    private final PasswordSource source = new PasswordSource("password-file", users, hashing, true);
    private final PasswordEnd end = new PasswordEnd(List.of(source), hashing);

    private static Limits limits(int waitingMax, int rememberedSeconds) {
        return new Limits(1, 64, waitingMax, 8, 10, rememberedSeconds, CHEAP);
    }

    @Test
    void knowsItsUsersAndNoOthers() {
        users.put("alice", "secret");
        LoginAnswer.Accepted accepted = (LoginAnswer.Accepted) ask("alice", "secret");
        assertThat(accepted.username()).isEqualTo("alice");
        assertThat(accepted.login().source()).isEqualTo("password-file");
        assertWrong(ask("alice", "Secret"));
        assertWrong(ask("alice", ""));
        assertWrong(ask("alice", null));
        assertThat(ask("bob", "secret")).isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(ask(null, "secret")).isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(ask(null, null)).isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(ask("", "")).isEqualTo(LoginAnswer.UNKNOWN);
    }

    @Test
    void remembersRightPasswordsForAWhile() {
        users.put("alice", "secret");
        assertThat(isImmediate("alice", "secret")).isFalse();
        assertThat(isImmediate("alice", "secret")).isTrue();
        assertThat(isImmediate("alice", "wrong")).isFalse();
        clock.advance(Duration.ofSeconds(60));
        assertThat(isImmediate("alice", "secret")).isFalse();
        users.put("alice", "changed");
        assertWrong(ask("alice", "secret"));
        assertThat(ask("alice", "changed")).isInstanceOf(LoginAnswer.Accepted.class);
        assertThat(hashing.figures().remembered()).isEqualTo(1);
    }

    @Test
    void remembersABoundedNumber() {
        RecentLogins logins = new RecentLogins(2, 1);
        for (String name : List.of("a", "b", "c")) {
            logins.add(name, bytes(name), 0);
        }
        assertThat(logins.contains("b", bytes("b"), 0)).isTrue();
        assertThat(logins.contains("b", bytes("a"), 0)).isFalse();
        assertThat(logins.contains("c", bytes("c"), 0)).isFalse();
        long later = TimeUnit.SECONDS.toNanos(1);
        logins.add("c", bytes("c"), later);
        assertThat(logins.contains("c", bytes("c"), later)).isTrue();
        assertThat(logins.contains("a", bytes("a"), later)).isFalse();
    }

    @Test
    void aDisabledUserIsOutEvenWithTheRightPassword() {
        users.put("alice", "secret");
        Principal principal = in("alice", "secret");
        users.entries.put("alice", new UserDirectory.Entry(credential("secret"), false));
        assertWrong(ask("alice", "secret"));
        assertThat(source.whyGone(principal, Login.of(principal))).contains("the user was disabled");
    }

    @Test
    void saysWhyAClientMayNotStay() {
        users.put("alice", "secret");
        Principal principal = in("alice", "secret");
        assertThat(source.whyGone(principal, Login.of(principal))).isEmpty();
        users.put("alice", "other");
        assertThat(source.whyGone(principal, Login.of(principal))).contains("the password was changed");
        users.entries.remove("alice");
        assertThat(source.whyGone(principal, Login.of(principal))).contains("the user was removed");
        assertThat(Login.of(principal).toString()).doesNotContain("secret").doesNotContain("$7$");
    }

    @Test
    void aPlainPasswordOfTheConfigurationStaysTheSameAtAReload() {
        PasswordSource before = new PasswordSource("users", ConfiguredUsers.of(Map.of("a", "secret")), hashing, true);
        LoginAnswer answer =
                before.check(credentials("a", "secret")).toCompletableFuture().join();
        Login login = ((LoginAnswer.Accepted) answer).login();
        Principal principal = new Principal("c1", "a", login);
        PasswordSource same = new PasswordSource("users", ConfiguredUsers.of(Map.of("a", "secret")), hashing, true);
        assertThat(same.whyGone(principal, login)).isEmpty();
        PasswordSource other = new PasswordSource("users", ConfiguredUsers.of(Map.of("a", "Secret")), hashing, true);
        assertThat(other.whyGone(principal, login)).isPresent();
        assertThat(same.weak()).singleElement().satisfies(weak -> {
            assertThat(weak.source()).isEqualTo("users");
            assertThat(weak.user()).isEqualTo("a");
            assertThat(weak.toString()).doesNotContain("secret");
        });
    }

    @Test
    void makesWeakHashesStrongerAtALogin() throws InterruptedException {
        users.replacing = true;
        users.put("alice", "secret");
        Credential weak = users.entry("alice").credential();
        Principal principal = in("alice", "secret");
        assertThat(users.replaced.await(10, TimeUnit.SECONDS)).isTrue();
        Credential better = users.entry("alice").credential();
        assertThat(better).isInstanceOf(Argon2Hash.class).isNotSameAs(weak);
        assertThat(better.matches(bytes("secret"))).isTrue();
        assertThat(source.whyGone(principal, Login.of(principal))).isEmpty(); // the password is the same
        Principal next = in("alice", "secret");
        assertThat(Login.of(next).attributes()).isEqualTo(Login.of(principal).attributes());
        users.put("alice", "other");
        assertThat(source.whyGone(principal, Login.of(principal))).isPresent();
        assertThat(source.whyGone(next, Login.of(next))).isPresent();
        assertThat(hashing.figures().rehashed()).isEqualTo(1);
    }

    @Test
    void aWrongPasswordOrASettingMakesNothingStronger() {
        users.replacing = true;
        users.put("alice", "secret");
        assertWrong(ask("alice", "wrong"));
        PasswordSource asItIs = new PasswordSource("password-file", users, hashing, false);
        assertThat(asItIs.check(credentials("alice", "secret"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(LoginAnswer.Accepted.class);
        assertThat(hashing.figures().rehashed()).isZero();
        assertThat(hashing.figures().waiting()).isZero();
    }

    /** Its user gets another password between hashing and answer. */
    @Test
    void aPasswordThatIsChangedWhileItIsCheckedIsWrong() {
        Semaphore turn = new Semaphore(0);
        Hashing held = new Hashing(limits(10, 60), clock, turn);
        PasswordSource slow = new PasswordSource("password-file", users, held, true);
        users.put("alice", "secret");
        CompletableFuture<LoginAnswer> answer =
                slow.check(credentials("alice", "secret")).toCompletableFuture();
        users.put("alice", "other");
        turn.release();
        assertWrong(answer.join());
    }

    @Test
    void refusesWhenTooManyWait() {
        Semaphore turn = new Semaphore(0);
        Hashing held = new Hashing(limits(3, 0), clock, turn);
        PasswordSource slow = new PasswordSource("password-file", users, held, true);
        users.put("alice", "secret");
        List<CompletableFuture<LoginAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(slow.check(credentials("alice", "secret")).toCompletableFuture());
        }
        assertThat(answers.get(3).join()).isEqualTo(PasswordSource.BUSY);
        assertThat(((LoginAnswer.Refused) answers.get(4).join()).reason()).isEqualTo(ReasonCode.SERVER_BUSY);
        assertThat(answers.subList(0, 3)).noneMatch(CompletableFuture::isDone);
        turn.release();
        for (int i = 0; i < 3; i++) {
            assertThat(answers.get(i).join()).isInstanceOf(LoginAnswer.Accepted.class);
        }
        assertThat(held.figures().waiting()).isZero();
        assertThat(held.figures().busy()).isEqualTo(2);
    }

    /** Two hashes that each take more than half of the memory run one after the other. */
    @Test
    void boundsTheMemoryOfHashesUnderWay() {
        Hashing small = new Hashing(new Limits(8, 1, 100, 8, 0, 0, CHEAP), clock);
        users.entries.put("alice", UserDirectory.Entry.of(Argon2Hash.of(bytes("secret"), 4_096, 1)));
        PasswordSource hungry = new PasswordSource("password-file", users, small, false);
        List<CompletableFuture<LoginAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(hungry.check(credentials("alice", "secret")).toCompletableFuture());
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(LoginAnswer.Accepted.class));
        assertThat(small.figures().hashed()).isEqualTo(20);
    }

    @Test
    void unknownUsersAreHashedToo() {
        users.put("alice", "secret");
        users.put("bob", "secret");
        assertThat(end.check(credentials("nobody", "secret"))
                        .toCompletableFuture()
                        .join())
                .isEqualTo(LoginAnswer.UNKNOWN);
        assertThat(hashing.figures().hashed()).isEqualTo(1);
        assertThat(end.check(credentials(null, "secret")).toCompletableFuture()).isDone();
        assertThat(end.check(credentials("nobody", null)).toCompletableFuture()).isDone();
        users.entries.clear();
        assertThat(end.check(credentials("nobody", "secret")).toCompletableFuture())
                .isDone();
    }

    @Test
    void offersScramWhereUsersHaveKeys() {
        users.entries.put("alice", UserDirectory.Entry.of(ScramKeys.of(bytes("secret"))));
        assertThat(end.methods()).containsExactly("SCRAM-SHA-256");
        assertThat(end.begin("SCRAM-SHA-256", credentials(null, null))
                        .next(bytes("n,,n=alice,r=abc"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Continue.class);
        users.put("alice", "secret");
        assertThat(end.methods()).isEmpty();
        PasswordSource builtIn = new PasswordSource(PasswordSource.BUILT_IN, users, hashing, true);
        assertThat(new PasswordEnd(List.of(builtIn), hashing).methods()).isNotEmpty();
    }

    @Test
    void theFirstSourceThatKnowsAUserDecidesAboutScram() {
        users.put("alice", "secret"); // without keys
        PasswordSource later = new PasswordSource("users", ConfiguredUsers.of(Map.of("alice", "x")), hashing, true);
        assertThat(new PasswordEnd(List.of(source, later), hashing).find("alice"))
                .isNull();
        PasswordEnd.Found found = new PasswordEnd(List.of(later, source), hashing).find("alice");
        assertThat(found).isNotNull();
    }

    /** Users that a test changes. */
    private static final class Changeable implements UserDirectory {
        private final Map<String, Entry> entries = new ConcurrentHashMap<>();
        private final CountDownLatch replaced = new CountDownLatch(1);
        private volatile boolean replacing;

        void put(String name, String password) {
            entries.put(name, Entry.of(credential(password)));
        }

        Entry entry(String name) {
            Entry entry = find(name);
            if (entry == null) {
                throw new AssertionError("no user " + name);
            }
            return entry;
        }

        @Override
        public @Nullable Entry find(String name) {
            return entries.get(name);
        }

        @Override
        public List<Credential> credentials() {
            return entries.values().stream().map(Entry::credential).toList();
        }

        @Override
        public List<ScramKeys> scramKeys() {
            return UserDirectory.scramKeys(credentials());
        }

        @Override
        public void replace(String name, Credential old, Credential better) {
            assertThat(entries.replace(name, Entry.of(old), Entry.of(better))).isTrue();
            replaced.countDown();
        }

        @Override
        public boolean isReplacing() {
            return replacing;
        }

        @Override
        public List<WeakCredential> weak(String name) {
            return List.of();
        }
    }

    private static Credential credential(String password) {
        return PasswordHash.of(bytes(password), 1);
    }

    /** Answered from memory: nothing was hashed. */
    private boolean isImmediate(String name, String password) {
        long before = hashing.figures().hashed();
        ask(name, password);
        return hashing.figures().hashed() == before;
    }

    private Principal in(String name, String password) {
        LoginAnswer.Accepted accepted = (LoginAnswer.Accepted) ask(name, password);
        return new Principal("c1", accepted.username(), accepted.login());
    }

    private LoginAnswer ask(@Nullable String name, @Nullable String password) {
        return source.check(credentials(name, password)).toCompletableFuture().join();
    }

    private static Credentials credentials(@Nullable String name, @Nullable String password) {
        return new Credentials("c1", name, password == null ? null : bytes(password), CONNECTION);
    }

    private static void assertWrong(LoginAnswer answer) {
        assertThat(((LoginAnswer.Refused) answer).reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
