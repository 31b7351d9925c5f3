package io.dunlin.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.AccountProblem;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Identity;
import io.dunlin.console.account.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccountsTest {
    private final AtomicLong millis = new AtomicLong(1_767_225_600_000L);
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return millis.get() * 1_000_000;
        }

        @Override
        public long wallMillis() {
            return millis.get();
        }
    };

    private Accounts open(Path folder) {
        return Accounts.open(Optional.of(folder), TestConsole.cheap(), clock);
    }

    private static boolean isRight(Accounts accounts, String name, String password) {
        return accounts.check(name, password.getBytes(StandardCharsets.UTF_8)).isPresent();
    }

    @Test
    void theyAreThereAfterARestartAndHoldNoSecret(@TempDir Path folder) throws Exception {
        Accounts accounts = open(folder);
        String password = accounts.createFirst().orElseThrow();
        String key =
                accounts.createKey("ci", Role.VIEWER, Optional.empty(), "test").key();
        Path file = folder.resolve("console-users.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file))
                .contains("argon2id")
                .doesNotContain(password)
                .doesNotContain(key.substring(key.lastIndexOf('_') + 1));
        Accounts again = open(folder);
        assertThat(again.createFirst()).isEmpty();
        assertThat(isRight(again, "admin", password)).isTrue();
        assertThat(isRight(again, "admin", password + "x")).isFalse();
        assertThat(isRight(again, "nobody", password)).isFalse();
        assertThat(again.key(key)).get().satisfies(who -> assertThat(who.role()).isEqualTo(Role.VIEWER));
        assertThat(again.key(key + "x")).isEmpty();
        assertThat(again.key("dunlin_")).isEmpty();
    }

    @Test
    void aKeyEndsWithItsTime(@TempDir Path folder) {
        Accounts accounts = open(folder);
        accounts.createFirst();
        String key = accounts.createKey("ci", Role.ADMIN, Optional.of(Duration.ofHours(1)), "test")
                .key();
        assertThat(accounts.key(key)).isPresent();
        millis.addAndGet(3_600_000);
        assertThat(accounts.key(key)).isEmpty();
    }

    @Test
    void somebodyCanAlwaysAdminister(@TempDir Path folder) {
        Accounts accounts = open(folder);
        accounts.createFirst();
        assertThatThrownBy(() -> accounts.delete("admin")).isInstanceOf(AccountProblem.class);
        assertThatThrownBy(() -> accounts.setPassword("admin", "long-enough", Optional.of(Role.VIEWER)))
                .isInstanceOf(AccountProblem.class);
        accounts.setPassword("eve", "long-enough", Optional.of(Role.ADMIN));
        accounts.delete("admin");
        assertThat(accounts.users())
                .singleElement()
                .satisfies(user -> assertThat(user.username()).isEqualTo("eve"));
        assertThatThrownBy(() -> accounts.setPassword("eve", "short", Optional.empty()))
                .isInstanceOf(AccountProblem.class);
        assertThatThrownBy(() -> accounts.setPassword("e v e", "long-enough", Optional.empty()))
                .isInstanceOf(AccountProblem.class);
    }

    /** A password takes long to check: long enough for somebody to change it. */
    @Test
    void aRightPasswordHoldsUntilItIsChanged(@TempDir Path folder) {
        Accounts accounts = open(folder);
        accounts.setPassword("eve", "long-enough", Optional.of(Role.ADMIN));
        Identity eve = accounts.check("eve", "long-enough".getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        assertThat(accounts.holds(eve)).isTrue();
        accounts.setPassword("eve", "another-one", Optional.empty());
        assertThat(accounts.holds(eve)).isFalse();
        assertThatThrownBy(() ->
                        accounts.setPassword("eve", "a-third-one", Optional.empty(), OptionalLong.of(eve.version())))
                .isInstanceOf(AccountProblem.class)
                .hasMessageContaining("meanwhile");
        assertThat(isRight(accounts, "eve", "another-one")).isTrue();
    }

    @Test
    void aDamagedFileLetsNobodyIn(@TempDir Path folder) throws Exception {
        open(folder).createFirst();
        Path file = folder.resolve("console-users.json");
        Files.writeString(file, Files.readString(file).replace("argon2id", "argon3"));
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(AccountProblem.class)
                .hasMessageContaining("admin");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> open(folder)).isInstanceOf(AccountProblem.class);
    }
}
