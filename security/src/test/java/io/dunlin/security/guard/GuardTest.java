package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.GuardOptions.Logins;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardTest {
    private static final String HERE = "192.0.2.1";
    private static final String THERE = "198.51.100.1";

    private final TestClock clock = new TestClock();
    private final BanList bans = BanList.inMemory(clock);
    private final Chain chain = new Chain();
    private final Guard guard = new Guard(chain, bans, GuardOptions.NONE, clock);
    private final List<String> lines = new ArrayList<>();

    GuardTest() {
        guard.onNotice((limit, line) -> lines.add(limit + ": " + line));
    }

    /** Knows everybody whose password is "right"; says how often it was asked. */
    private static final class Chain implements Authenticator {
        private int asked;
        private @Nullable Outcome answer;
        private @Nullable CompletableFuture<Outcome> later;

        @Override
        public CompletionStage<Outcome> authenticate(Credentials credentials) {
            asked++;
            CompletableFuture<Outcome> open = later;
            if (open != null) {
                return open;
            }
            Outcome fixed = answer;
            if (fixed != null) {
                return CompletableFuture.completedStage(fixed);
            }
            byte[] password = credentials.password();
            boolean right = password == null || new String(password, StandardCharsets.UTF_8).equals("right");
            return CompletableFuture.completedStage(
                    right
                            ? new Outcome.Accepted(new Principal(credentials.clientId(), credentials.username()), null)
                            : new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong"));
        }

        @Override
        public List<String> methods() {
            return List.of("ECHO");
        }

        @Override
        public Exchange begin(String method, Credentials credentials) {
            return data -> data.length == 0
                    ? CompletableFuture.completedStage(new Outcome.Continue(data))
                    : authenticate(credentials);
        }
    }

    private void logins(int failures, int perAddress, int users) {
        Logins logins = new Logins(
                failures, perAddress, users, Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(1));
        guard.options(new GuardOptions(
                GuardOptions.NONE.connections(),
                logins,
                GuardOptions.NONE.flapping(),
                List.of(Network.of("127.0.0.0/8"))));
    }

    private void flapping(int connects) {
        guard.options(new GuardOptions(
                GuardOptions.NONE.connections(),
                GuardOptions.NONE.logins(),
                new GuardOptions.Flapping(connects, Duration.ofMinutes(1), Duration.ofMinutes(2)),
                List.of(Network.of("127.0.0.0/8"))));
    }

    private static Authenticator.Credentials credentials(
            SocketAddress peer, String client, @Nullable String user, @Nullable String password) {
        return new Authenticator.Credentials(
                client,
                user,
                password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                new ConnectionInfo("tcp", "tcp", peer, null));
    }

    private static SocketAddress peer(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 40_000);
    }

    private Authenticator.Outcome ask(Authenticator.Credentials credentials) {
        return guard.authenticate(credentials).toCompletableFuture().join();
    }

    private Optional<ReasonCode> refusal(Authenticator.Credentials credentials) {
        return ask(credentials) instanceof Authenticator.Outcome.Refused refused
                ? Optional.of(refused.reason())
                : Optional.empty();
    }

    private Optional<ReasonCode> login(String address, String user, String password) {
        return refusal(credentials(peer(address), "client-of-" + user, user, password));
    }

    private long figure(String name) {
        return guard.figures().getOrDefault(name, -1L);
    }

    @Test
    void withoutLimitsEverythingGoesThrough() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(login(HERE, "alice", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        }
        assertThat(login(HERE, "alice", "right")).isEmpty();
        assertThat(chain.asked).isEqualTo(1_001);
        assertThat(figure("logins-failed")).isEqualTo(1_000);
    }

    @Test
    void aGuesserWaitsLongerAndLonger() {
        logins(3, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(login(HERE, "alice", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        }
        for (long waitMillis : List.of(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L)) {
            clock.pass(Duration.ofMillis(waitMillis - 1));
            assertThat(login(HERE, "alice", "right")).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
            clock.pass(Duration.ofMillis(1));
            assertThat(login(HERE, "alice", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        }
        assertThat(chain.asked).isEqualTo(10);
        assertThat(figure("refused/login-backoff")).isEqualTo(7);
        assertThat(lines.getFirst()).contains("login-backoff", "\"alice\"", HERE, "\"client-of-alice\"");
    }

    @Test
    void refusedAttemptsDoNotLengthenTheWait() {
        logins(3, 0, 0);
        for (int i = 0; i < 3; i++) {
            login(HERE, "alice", "wrong");
        }
        for (int i = 0; i < 99; i++) {
            clock.pass(Duration.ofMillis(10));
            assertThat(login(HERE, "alice", "right")).isPresent();
        }
        clock.pass(Duration.ofMillis(10));
        assertThat(login(HERE, "alice", "right")).isEmpty();
    }

    @Test
    void theUserIsNotLockedOutElsewhereNorOthersHere() {
        logins(3, 0, 0);
        for (int i = 0; i < 10; i++) {
            login(HERE, "alice", "wrong");
        }
        assertThat(login(HERE, "alice", "right")).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(login(THERE, "alice", "right")).isEmpty();
        assertThat(login(HERE, "bob", "right")).isEmpty();
    }

    @Test
    void aSuccessForgetsTheFailures() {
        logins(3, 0, 0);
        for (int i = 0; i < 20; i++) {
            login(HERE, "alice", "wrong");
            login(HERE, "alice", "wrong");
            assertThat(login(HERE, "alice", "right")).isEmpty();
        }
    }

    @Test
    void timeForgetsThem() {
        logins(3, 0, 0);
        for (int i = 0; i < 20; i++) {
            assertThat(login(HERE, "alice", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            clock.pass(Duration.ofSeconds(100)); // three in five minutes are allowed
        }
        clock.pass(Duration.ofMinutes(5));
        assertThat(figure("refused/login-backoff")).isZero();
    }

    @Test
    void oneBadDeviceDoesNotLockOutThoseThatShareItsUser() {
        logins(3, 5, 0);
        assertThat(refusal(credentials(peer(HERE), "good", "line", "right"))).isEmpty();
        for (int i = 0; i < 50; i++) {
            refusal(credentials(peer(HERE), "bad", "line", "wrong"));
        }
        assertThat(refusal(credentials(peer(HERE), "bad", "line", "right")))
                .contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(refusal(credentials(peer(HERE), "new", "line", "right")))
                .contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(refusal(credentials(peer(HERE), "good", "line", "right"))).isEmpty();
        // Nobody guesses for free under its name: one wrong one, and it is as good as new.
        clock.pass(Duration.ofMinutes(10));
        for (int i = 0; i < 3; i++) {
            refusal(credentials(peer(HERE), "bad", "line", "wrong"));
        }
        assertThat(refusal(credentials(peer(HERE), "good", "line", "wrong")))
                .contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(refusal(credentials(peer(HERE), "good", "line", "right")))
                .contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
    }

    @Test
    void failuresOfAnAddressAddUp() {
        logins(0, 20, 0);
        for (int i = 0; i < 20; i++) {
            assertThat(login(HERE, "user-" + i % 4, "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        }
        assertThat(login(HERE, "somebody", "right")).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(login(THERE, "somebody", "right")).isEmpty();
        assertThat(figure("refused/address-backoff")).isEqualTo(1);
        assertThat(lines.getFirst()).contains("address-backoff", HERE);
    }

    @Test
    void sprayingIsFoundByTheNumberOfUsers() {
        logins(0, 0, 5);
        for (int i = 0; i < 100; i++) {
            login(HERE, "user-" + i % 4, "wrong");
        }
        assertThat(chain.asked).isEqualTo(100); // four users are not five
        login(HERE, "user-5", "wrong");
        assertThat(login(HERE, "somebody", "right")).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        clock.pass(Duration.ofMinutes(6));
        assertThat(login(HERE, "somebody", "right")).isEmpty();
        assertThat(login(HERE, "user-6", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(login(HERE, "user-7", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    @Test
    void whereNobodyCouldSayNobodyGuessed() {
        logins(1, 1, 1);
        chain.answer = new Authenticator.Outcome.Refused(ReasonCode.SERVER_UNAVAILABLE, "the directory is down");
        for (int i = 0; i < 10; i++) {
            assertThat(login(HERE, "alice", "right")).contains(ReasonCode.SERVER_UNAVAILABLE);
        }
        chain.answer = new Authenticator.Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "no anonymous clients here");
        for (int i = 0; i < 10; i++) {
            assertThat(refusal(credentials(peer(HERE), "c", null, null))).contains(ReasonCode.NOT_AUTHORIZED);
        }
        chain.answer = null;
        assertThat(login(HERE, "alice", "right")).isEmpty();
    }

    @Test
    void exemptAddressesAndLocalProcessesMayGuess() {
        logins(1, 1, 1);
        for (int i = 0; i < 10; i++) {
            assertThat(login("127.0.0.1", "alice", "wrong")).contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            assertThat(refusal(credentials(UnixDomainSocketAddress.of("/run/x"), "c", "alice", "wrong")))
                    .contains(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        }
    }

    @Test
    void enhancedLoginsAreGuardedToo() {
        logins(2, 0, 0);
        Authenticator.Credentials wrong = credentials(peer(HERE), "c", "alice", "wrong");
        for (int i = 0; i < 2; i++) {
            Authenticator.Exchange exchange = guard.begin("ECHO", wrong);
            assertThat(exchange.next(new byte[0]).toCompletableFuture().join())
                    .isInstanceOf(Authenticator.Outcome.Continue.class);
            assertThat(exchange.next(new byte[1]).toCompletableFuture().join())
                    .isInstanceOf(Authenticator.Outcome.Refused.class);
        }
        assertThat(guard.begin("ECHO", wrong)
                        .next(new byte[0])
                        .toCompletableFuture()
                        .join())
                .isInstanceOfSatisfying(
                        Authenticator.Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.CONNECTION_RATE_EXCEEDED));
        assertThat(chain.asked).isEqualTo(2);
        assertThat(guard.methods()).containsExactly("ECHO");
    }

    private Optional<ReasonCode> exchange(Authenticator.Credentials credentials, boolean again) {
        Authenticator.Exchange exchange =
                again ? guard.beginAgain("ECHO", credentials) : guard.begin("ECHO", credentials);
        return exchange.next(new byte[1]).toCompletableFuture().join() instanceof Authenticator.Outcome.Refused refused
                ? Optional.of(refused.reason())
                : Optional.empty();
    }

    @Test
    void exchangesThatSayTheirNameLaterGuessToo() {
        for (boolean perAddress : List.of(true, false)) {
            String from = perAddress ? HERE : THERE;
            logins(perAddress ? 0 : 3, perAddress ? 3 : 0, 0);
            chain.answer = new Authenticator.Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "wrong proof");
            for (int i = 0; i < 3; i++) {
                assertThat(exchange(credentials(peer(from), "c" + i, null, null), false))
                        .contains(ReasonCode.NOT_AUTHORIZED);
            }
            chain.answer = null;
            assertThat(exchange(credentials(peer(from), "c", null, null), false))
                    .contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        }
    }

    @Test
    void oneNamelessSuccessDoesNotForgetTheFailuresOfOthers() {
        logins(3, 0, 0);
        Authenticator.Credentials nameless = credentials(peer(HERE), "c", null, null);
        for (int i = 0; i < 3; i++) {
            chain.answer = null;
            assertThat(exchange(nameless, false)).isEmpty();
            chain.answer = new Authenticator.Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "wrong proof");
            assertThat(exchange(nameless, false)).contains(ReasonCode.NOT_AUTHORIZED);
        }
        assertThat(exchange(nameless, false)).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
    }

    @Test
    void guessesUnderWayTogetherLearnNoMore() {
        logins(3, 0, 0);
        List<CompletableFuture<Authenticator.Outcome>> answers = new ArrayList<>();
        List<CompletableFuture<Authenticator.Outcome>> heard = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            CompletableFuture<Authenticator.Outcome> answer = new CompletableFuture<>();
            answers.add(answer);
            chain.later = answer;
            heard.add(guard.authenticate(credentials(peer(HERE), "c" + i, "alice", "guess-" + i))
                    .toCompletableFuture());
        }
        for (int i = 0; i < 9; i++) {
            answers.get(i).complete(new Authenticator.Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong"));
        }
        answers.get(9).complete(new Authenticator.Outcome.Accepted(new Principal("c9", "alice"), null));
        assertThat(heard.stream().map(CompletableFuture::join))
                .extracting(outcome -> ((Authenticator.Outcome.Refused) outcome).reason())
                .containsExactlyElementsOf(Stream.concat(
                                Collections.nCopies(3, ReasonCode.BAD_USER_NAME_OR_PASSWORD).stream(),
                                Collections.nCopies(7, ReasonCode.CONNECTION_RATE_EXCEEDED).stream())
                        .toList());
    }

    @Test
    void reauthenticationIsNoConnect() {
        flapping(5);
        Authenticator.Credentials client = credentials(peer(HERE), "press-7", "alice", "right");
        for (int i = 0; i < 50; i++) {
            assertThat(exchange(client, true)).isEmpty();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(exchange(client, false)).isEmpty();
        }
        assertThat(exchange(client, false)).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
    }

    @Test
    void bannedOnesAreRefusedUnasked() {
        bans.add(Ban.Kind.CLIENT, "press-7", "", "me", Optional.empty());
        bans.add(Ban.Kind.USER, "mallory", "", "me", Optional.of(Duration.ofSeconds(5)));
        bans.add(Ban.Kind.ADDRESS, "192.0.2.0/24", "", "me", Optional.empty());
        assertThat(refusal(credentials(peer(THERE), "press-7", "alice", "right")))
                .contains(ReasonCode.BANNED);
        assertThat(login(THERE, "mallory", "right")).contains(ReasonCode.BANNED);
        assertThat(login(HERE, "alice", "right")).contains(ReasonCode.BANNED);
        assertThat(chain.asked).isZero();
        assertThat(login(THERE, "alice", "right")).isEmpty();
        clock.pass(Duration.ofSeconds(5));
        assertThat(login(THERE, "mallory", "right")).isEmpty();
        assertThat(figure("refused/banned-client")).isEqualTo(1);
        assertThat(figure("refused/banned-user")).isEqualTo(1);
        assertThat(figure("refused/banned-address")).isEqualTo(1);
        assertThat(figure("bans")).isEqualTo(2);
    }

    @Test
    void aBannedUserDoesNotComeInUnderAnotherName() {
        bans.add(Ban.Kind.USER, "line-7", "", "me", Optional.empty());
        chain.answer = new Authenticator.Outcome.Accepted(new Principal("c", "line-7"), null);
        assertThat(login(HERE, "alice", "right")).contains(ReasonCode.BANNED);
    }

    @Test
    void oneThatComesAgainAndAgainIsKeptOut() {
        flapping(5);
        Authenticator.Credentials flapper = credentials(peer(HERE), "press-7", null, null);
        for (int i = 0; i < 5; i++) {
            assertThat(refusal(flapper)).isEmpty();
        }
        assertThat(refusal(flapper)).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(lines.getFirst()).contains("flapping", "\"press-7\"", HERE, "same client id");
        // The client id is free elsewhere, and others are free here.
        assertThat(refusal(credentials(peer(THERE), "press-7", null, null))).isEmpty();
        assertThat(refusal(credentials(peer(HERE), "press-8", null, null))).isEmpty();
        clock.pass(Duration.ofSeconds(119));
        int asked = chain.asked;
        assertThat(refusal(flapper)).contains(ReasonCode.CONNECTION_RATE_EXCEEDED);
        assertThat(chain.asked).isEqualTo(asked);
        clock.pass(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            assertThat(refusal(flapper)).isEmpty();
        }
    }

    @Test
    void whoComesNowAndThenDoesNotFlap() {
        flapping(5);
        Authenticator.Credentials client = credentials(peer(HERE), "press-7", null, null);
        for (int i = 0; i < 100; i++) {
            assertThat(refusal(client)).isEmpty();
            clock.pass(Duration.ofSeconds(13));
        }
    }

    @Test
    void aLoginCountsTheConnectionOut() {
        SocketAddress peer = peer(HERE);
        assertThat(guard.admission().admits("tcp", peer)).isTrue();
        assertThat(figure("unauthenticated")).isEqualTo(1);
        assertThat(refusal(credentials(peer, "c", "alice", "wrong"))).isPresent();
        assertThat(figure("unauthenticated")).isEqualTo(1);
        assertThat(refusal(credentials(peer, "c", "alice", "right"))).isEmpty();
        assertThat(figure("unauthenticated")).isZero();
        guard.admission().left("tcp", peer);
        assertThat(figure("addresses")).isZero();
    }

    @Test
    void aMillionAddressesAreRememberedInBounds() throws Exception {
        FailedLogins failed = new FailedLogins();
        Flapping flapping = new Flapping();
        Logins logins = new Logins(3, 5, 5, Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(1));
        GuardOptions.Flapping flaps = new GuardOptions.Flapping(5, Duration.ofMinutes(1), Duration.ofMinutes(1));
        for (int i = 0; i < 1_000_000; i++) {
            InetAddress address =
                    InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(i).array());
            FailedLogins.Attempt attempt = new FailedLogins.Attempt(AddressKey.of(address), i, i);
            failed.failed(attempt, 0, logins);
            failed.succeeded(new FailedLogins.Attempt(attempt.address(), i + 1L, i), 0, logins);
            flapping.admits(attempt.address(), i, 0, flaps);
        }
        assertThat(failed.size()).isLessThanOrEqualTo(131_072);
        assertThat(flapping.size()).isLessThanOrEqualTo(65_536);
    }
}
