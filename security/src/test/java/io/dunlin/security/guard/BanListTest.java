package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Principal;
import io.dunlin.security.login.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BanListTest {
    private static final Optional<Duration> FOR_EVER = Optional.empty();

    private final TestClock clock = new TestClock();

    @TempDir
    Path folder;

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @Test
    void bansClientsUsersAndAddressesEachByItself() {
        BanList bans = BanList.inMemory(clock);
        bans.add(Ban.Kind.CLIENT, "x", "", "admin", FOR_EVER);
        assertThat(bans.ofClient("x")).isPresent();
        assertThat(bans.ofUser("x")).isEmpty();
        bans.add(Ban.Kind.USER, "y", "", "admin", FOR_EVER);
        assertThat(bans.ofUser("y")).isPresent();
        assertThat(bans.ofUser(null)).isEmpty();
        assertThat(bans.ofClient("y")).isEmpty();
        assertThat(bans.ofAddress(address("192.0.2.1"))).isEmpty();
        assertThat(bans.ofAddress(null)).isEmpty();
    }

    @Test
    void endsWhenItsTimeHasCome() {
        BanList bans = BanList.inMemory(clock);
        bans.add(Ban.Kind.CLIENT, "x", "", "admin", Optional.of(Duration.ofSeconds(10)));
        clock.pass(Duration.ofMillis(9_999));
        assertThat(bans.ofClient("x")).isPresent();
        assertThat(bans.list()).hasSize(1);
        clock.pass(Duration.ofMillis(1));
        assertThat(bans.ofClient("x")).isEmpty();
        assertThat(bans.list()).isEmpty();
    }

    @Test
    void theSmallestNetworkThatStillHoldsDecides() {
        BanList bans = BanList.inMemory(clock);
        bans.add(Ban.Kind.ADDRESS, "10.0.0.0/8", "wide", "admin", FOR_EVER);
        bans.add(Ban.Kind.ADDRESS, "10.1.0.0/16", "narrow", "admin", Optional.of(Duration.ofSeconds(1)));
        bans.add(Ban.Kind.ADDRESS, "2001:db8::/32", "six", "admin", FOR_EVER);
        assertThat(bans.ofAddress(address("10.1.2.3")).map(Ban::reason)).contains("narrow");
        assertThat(bans.ofAddress(address("10.2.2.3")).map(Ban::reason)).contains("wide");
        assertThat(bans.ofAddress(address("11.2.2.3"))).isEmpty();
        assertThat(bans.ofAddress(address("2001:db8:7::1")).map(Ban::reason)).contains("six");
        clock.pass(Duration.ofSeconds(1));
        assertThat(bans.ofAddress(address("10.1.2.3")).map(Ban::reason)).contains("wide");
    }

    @Test
    void anAddressHasOneName() {
        BanList bans = BanList.inMemory(clock);
        bans.add(Ban.Kind.ADDRESS, "10.1.2.3/8", "", "admin", FOR_EVER);
        bans.add(Ban.Kind.ADDRESS, "10.0.0.0/8", "again", "admin", FOR_EVER);
        assertThat(bans.list()).extracting(Ban::reason).containsExactly("again");
        assertThat(bans.remove(Ban.Kind.ADDRESS, "10.9.9.9/8")).isTrue();
        assertThat(bans.remove(Ban.Kind.ADDRESS, "10.9.9.9/8")).isFalse();
        assertThat(bans.ofAddress(address("10.1.2.3"))).isEmpty();
        assertThatThrownBy(() -> bans.add(Ban.Kind.ADDRESS, "press", "", "admin", FOR_EVER))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bans.add(Ban.Kind.USER, "", "", "admin", FOR_EVER))
                .hasMessageContaining("who is to be banned");
    }

    @Test
    void outlivesTheProcess() throws IOException {
        Path file = folder.resolve("security").resolve("bans.json");
        BanList bans = BanList.open(file, clock);
        assertThat(file).doesNotExist();
        bans.add(Ban.Kind.CLIENT, "a \"b\" \n \u00e4", "why \u20ac", "me", FOR_EVER);
        bans.add(Ban.Kind.ADDRESS, "2001:db8::/32", "", "me", Optional.of(Duration.ofHours(1)));
        bans.add(Ban.Kind.USER, "gone", "", "me", FOR_EVER);
        bans.remove(Ban.Kind.USER, "gone");
        assertThat(BanList.open(file, clock).list()).isEqualTo(bans.list()).hasSize(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        clock.pass(Duration.ofHours(2));
        assertThat(BanList.open(file, clock).list()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"format\":2,\"bans\":[]}",
                "{\"format\":1}",
                "{\"format\":1,\"bans\":[{}]}",
                "{\"format\":1,\"bans\":[{\"kind\":\"cat\",\"subject\":\"x\",\"reason\":\"\",\"by\":\"\",\"since\":\"2026-01-01T00:00:00Z\"}]}",
                "{\"format\":1,\"bans\":[{\"kind\":\"address\",\"subject\":\"x\",\"reason\":\"\",\"by\":\"\",\"since\":\"2026-01-01T00:00:00Z\"}]}",
                "{\"format\":1,\"bans\":[{\"kind\":\"user\",\"subject\":\"x\",\"reason\":\"\",\"by\":\"\",\"since\":\"yesterday\"}]}",
            })
    void aFileThatIsNotUnderstoodLetsNobodyIn(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("bans.json"), content);
        assertThatThrownBy(() -> BanList.open(file, clock))
                .isInstanceOf(InvalidBanList.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("mend it");
    }

    @Test
    void whatCannotBeStoredDoesNotCount() throws IOException {
        Path file = folder.resolve("security").resolve("bans.json");
        BanList bans = BanList.open(file, clock);
        bans.add(Ban.Kind.CLIENT, "a", "", "me", FOR_EVER);
        Path aside = Files.move(folder.resolve("security"), folder.resolve("aside"));
        Path inTheWay = Files.createFile(folder.resolve("security"));
        assertThatThrownBy(() -> bans.add(Ban.Kind.CLIENT, "b", "", "me", FOR_EVER))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(bans.list()).hasSize(1);
        assertThat(bans.ofClient("b")).isEmpty();
        Files.delete(inTheWay);
        Files.move(aside, inTheWay);
        assertThat(BanList.open(file, clock).list()).hasSize(1);
    }

    @Test
    void tellsOfEachChange() {
        BanList bans = BanList.inMemory(clock);
        List<Integer> sizes = new ArrayList<>();
        bans.onChange(() -> sizes.add(bans.list().size()));
        bans.add(Ban.Kind.CLIENT, "a", "", "me", FOR_EVER);
        bans.remove(Ban.Kind.CLIENT, "nobody");
        bans.remove(Ban.Kind.CLIENT, "a");
        assertThat(sizes).containsExactly(1, 0);
    }

    @Test
    void liveClientsHaveToGo() {
        BanList bans = BanList.inMemory(clock);
        Login login = Login.of("users").at("tcp", new InetSocketAddress(address("192.0.2.7"), 4711));
        Principal principal = new Principal("press-7", "alice", login);
        assertThat(bans.whyGone(principal)).isEmpty();
        bans.add(Ban.Kind.ADDRESS, "192.0.2.0/24", "scanner", "me", FOR_EVER);
        assertThat(bans.whyGone(principal))
                .hasValueSatisfying(why -> assertThat(why).contains("192.0.2.0/24", "scanner"));
        bans.remove(Ban.Kind.ADDRESS, "192.0.2.0/24");
        bans.add(Ban.Kind.USER, "alice", "", "me", FOR_EVER);
        assertThat(bans.whyGone(principal))
                .hasValueSatisfying(why -> assertThat(why).contains("user \"alice\""));
        bans.remove(Ban.Kind.USER, "alice");
        bans.add(Ban.Kind.CLIENT, "press-7", "", "me", FOR_EVER);
        assertThat(bans.whyGone(principal)).isPresent();
        assertThat(bans.whyGone(new Principal("press-8", null))).isEmpty();
    }
}
