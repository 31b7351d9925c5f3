package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Mosquitto 2.0.11 does was seen there; foreign/mosquitto_acl.py compares both with some hundred random files. */
class AclFileTest {
    private static final String FILE = """
            # anonymous clients
            topic read open/#
            topic deny open/secret

            user bob smith
            topic readwrite bob/ with blanks\s\s
            topic write in
            topic read
            pattern write devices/%c/up
            pattern readwrite users/%u/#
            user bob smith
            topic in
            """;

    @ParameterizedTest
    @CsvSource({
        ", x, open/a, true, false",
        ", x, open, true, false",
        ", x, open/secret, false, false",
        ", x, bob/ with blanks, false, false",
        ", x, devices/x/up, false, true",
        ", x, devices/y/up, false, false",
        ", x, users//a, false, false",
        "bob smith, x, bob/ with blanks, true, true",
        "bob smith, x, in, true, true",
        "bob smith, x, read, true, true",
        "bob smith, x, open/a, false, false",
        "bob smith, x, users/bob smith, true, true",
        "eve, x, devices/x/up, false, true",
        "eve, a/b, devices/a/b/up, false, true",
        "e+e, x, devices/x/up, false, false",
        "eve, #, users/eve/x, false, false",
        "eve, x, $SYS/a, false, false"
    })
    void decidesAsMosquittoDoes(@Nullable String user, String clientId, String topic, boolean reads, boolean writes) {
        AclFile file = AclFile.parse(FILE, "acl");
        Principal principal = new Principal(clientId, user);
        assertThat(allows(file.ask(principal, Action.RECEIVE, topic)))
                .as("read")
                .isEqualTo(reads);
        assertThat(allows(file.ask(principal, Action.PUBLISH_1, topic)))
                .as("write")
                .isEqualTo(writes);
    }

    private static boolean allows(Opinion opinion) {
        return opinion instanceof Opinion.Decided decided && decided.verdict().allowed();
    }

    @Test
    void refusesNoSubscription() {
        AclFile file = AclFile.parse(FILE, "acl");
        Principal anonymous = new Principal("x", null);
        assertThat(file.ask(anonymous, Action.SUBSCRIBE_0, "open/a/#"))
                .isInstanceOfSatisfying(
                        Opinion.Decided.class,
                        said -> assertThat(said.verdict()).isEqualTo(Verdict.ALLOWED));
        for (String filter : new String[] {"open/#", "#", "open/secret", "$SYS/#"}) {
            assertThat(file.ask(anonymous, Action.SUBSCRIBE_0, filter))
                    .isInstanceOfSatisfying(
                            Opinion.Decided.class,
                            said -> assertThat(said.verdict()).isEqualTo(Verdict.ALLOWED_IN_PART));
        }
    }

    @Test
    void takesPercentSignsOfTopicsAsTheyAre() {
        AclFile file = AclFile.parse("topic readwrite a/%c", "acl");
        assertThat(allows(file.ask(new Principal("x", null), Action.PUBLISH_0, "a/x")))
                .isFalse();
        assertThat(allows(file.ask(new Principal("x", null), Action.PUBLISH_0, "a/%c")))
                .isTrue();
    }

    @Test
    void takesWhateverNameIsNoWildcard() {
        AclFile file = AclFile.parse("pattern readwrite %u/#", "acl");
        assertThat(allows(file.ask(new Principal("x", "$x"), Action.PUBLISH_0, "$x/a")))
                .isTrue();
        assertThat(allows(file.ask(new Principal("x", "a/b"), Action.PUBLISH_0, "a/b/c")))
                .isTrue();
    }

    @Test
    void saysWhichLineDecided() {
        AclFile file = AclFile.parse(FILE, "acl");
        assertThat(file.ask(new Principal("x", null), Action.RECEIVE, "open/secret"))
                .isInstanceOfSatisfying(
                        Opinion.Decided.class,
                        said -> assertThat(said.why()).isEqualTo("acl:3: topic deny open/secret"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "topic|acl:2: topic has no topic",
                "topic rw a|acl:2: \"rw\" does not fit: expected is read, write, readwrite or deny",
                "topic read a/#/b|acl:2: \"a/#/b\" is no topic filter",
                "pattern read a%c/%u#|acl:2: \"a%c/%u#\" is no topic filter",
                "user|acl:2: user has no name",
                "topic\tread a|acl:2: \"topic\tread\" does not fit",
                "   # no comment|acl:2: \"#\" does not fit",
                "TOPIC a|acl:2: \"TOPIC\" does not fit"
            })
    void refusesWhatMosquittoRefuses(String line, String message) {
        assertThatThrownBy(() -> AclFile.parse("# one\n" + line + "\n", "acl"))
                .isInstanceOf(InvalidRule.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void readsAFile(@TempDir Path folder) throws IOException {
        Path path = Files.writeString(folder.resolve("acl"), "topic read a\r\n");
        assertThat(allows(AclFile.read(path).ask(new Principal("x", null), Action.RECEIVE, "a")))
                .isTrue();
        Files.write(path, new byte[] {'t', (byte) 0xff});
        assertThatThrownBy(() -> AclFile.read(path)).hasMessageContaining("is not in UTF-8");
        Files.delete(path);
        assertThatThrownBy(() -> AclFile.read(path)).hasMessageContaining("cannot be read");
    }

    /** Whatever a file holds, it is taken or refused with its line. */
    @Test
    void neverFailsInAnyOtherWay() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 5_000; i++) {
            String text = Mutation.of(FILE, random);
            try {
                AclFile file = AclFile.parse(text, "acl");
                file.ask(new Principal("x", "bob smith"), Action.PUBLISH_0, "in");
                file.ask(new Principal("x", "bob smith"), Action.SUBSCRIBE_0, "+/#");
                taken++;
            } catch (InvalidRule e) {
                assertThat(e).hasMessageMatching("(?s)acl:[0-9]+: .+");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ":\n" + text, e);
            }
        }
        assertThat(taken).as("seed %d", seed).isBetween(100, 4_900);
    }
}
