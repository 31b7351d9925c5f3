package io.dunlin.security.users;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.security.acl.RuleText;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.PasswordHash;
import io.dunlin.security.users.UserChange.AddGroupRole;
import io.dunlin.security.users.UserChange.AddRule;
import io.dunlin.security.users.UserChange.AddUserGroup;
import io.dunlin.security.users.UserChange.AddUserRole;
import io.dunlin.security.users.UserChange.CreateGroup;
import io.dunlin.security.users.UserChange.CreateRole;
import io.dunlin.security.users.UserChange.CreateUser;
import io.dunlin.security.users.UserChange.DeleteGroup;
import io.dunlin.security.users.UserChange.DeleteRole;
import io.dunlin.security.users.UserChange.DeleteUser;
import io.dunlin.security.users.UserChange.EnableUser;
import io.dunlin.security.users.UserChange.RemoveGroupRole;
import io.dunlin.security.users.UserChange.RemoveRule;
import io.dunlin.security.users.UserChange.RemoveUserGroup;
import io.dunlin.security.users.UserChange.RemoveUserRole;
import io.dunlin.security.users.UserChange.SetPassword;
import io.dunlin.security.users.UserStore.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserStoreTest {
    private static final Credential SECRET = credential("secret");

    @TempDir
    Path folder;

    @Test
    void keepsUsersGroupsAndRoles() throws IOException {
        UserStore store = UserStore.open(folder.resolve("security"));
        assertThat(store.snapshot().users()).isEmpty();
        assertThat(folder.resolve("security")).doesNotExist();
        done(
                store,
                new CreateRole("reader \"x\"", List.of(RuleText.parse("allow subscribe a/#", "x"))),
                new CreateGroup("stäff", List.of("reader \"x\"")),
                new CreateUser("al:ice", SECRET, List.of("reader \"x\""), List.of("stäff")),
                new AddRule("reader \"x\"", 0, RuleText.parse("deny all a/b", "y")),
                new EnableUser("al:ice", false));
        Path file = folder.resolve("security/users.json");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        UserStore again = UserStore.open(folder.resolve("security"));
        assertThat(again.snapshot()).isEqualTo(store.snapshot());
        UserBase base = again.snapshot();
        assertThat(base.users().get("al:ice"))
                .isEqualTo(new UserBase.User(
                        "al:ice", false, List.of("reader \"x\""), List.of("stäff"), SECRET.kind(), true));
        assertThat(Objects.requireNonNull(base.roles().get("reader \"x\"")).rules())
                .extracting(rule -> rule.origin() + ": " + RuleText.print(rule))
                .containsExactly(
                        "role reader \"x\" rule 1: deny all a/b", "role reader \"x\" rule 2: allow subscribe a/#");
        assertThat(base.toString()).doesNotContain("$7$");
        assertThat(Objects.requireNonNull(again.find("al:ice")).credential().matches("secret".getBytes(UTF_8)))
                .isTrue();
        assertThat(Objects.requireNonNull(again.find("al:ice")).enabled()).isFalse();
        assertThat(Objects.requireNonNull(again.current().users().get("al:ice")).roles())
                .containsExactly("reader \"x\"");
        assertThat(again.current().groups()).containsEntry("stäff", Set.of("reader \"x\""));
        assertThat(again.weak("built-in")).hasSize(1);
    }

    @Test
    void changesWhatIsSaidAndTellsOfIt() {
        UserStore store = UserStore.inMemory();
        List<Long> told = new ArrayList<>();
        store.onChange(base -> told.add(base.version()));
        done(store, new CreateRole("r", List.of()), new CreateGroup("g", List.of()));
        done(store, new CreateUser("u", SECRET, List.of(), List.of()));
        done(store, new AddUserRole("u", "r"), new AddUserGroup("u", "g"), new AddGroupRole("g", "r"));
        assertThat(Objects.requireNonNull(store.snapshot().users().get("u")).roles())
                .containsExactly("r");
        done(store, new RemoveUserRole("u", "r"), new RemoveUserGroup("u", "g"), new RemoveGroupRole("g", "r"));
        done(store, new AddRule("r", 99, RuleText.parse("allow all #", "x")), new RemoveRule("r", 0));
        Credential other = credential("other");
        done(store, new SetPassword("u", other));
        assertThat(Objects.requireNonNull(store.find("u")).credential()).isSameAs(other);
        done(store, new DeleteUser("u"), new DeleteGroup("g"), new DeleteRole("r"));
        assertThat(store.snapshot().users()).isEmpty();
        assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void refusesWhatMakesNoSenseAsAWhole() {
        UserStore store = UserStore.inMemory();
        done(store, new CreateRole("r", List.of()), new CreateGroup("g", List.of("r")));
        done(store, new CreateUser("u", SECRET, List.of("r"), List.of("g")));
        UserBase before = store.snapshot();
        refuses(store, "there is a user u already", new CreateUser("u", SECRET, List.of(), List.of()));
        refuses(store, "there is no role x", new CreateUser("v", SECRET, List.of("x"), List.of()));
        refuses(store, "there is no group x", new CreateUser("v", SECRET, List.of(), List.of("x")));
        refuses(store, "twice", new CreateUser("v", SECRET, List.of("r", "r"), List.of()));
        refuses(store, "control characters", new CreateUser("v\n", SECRET, List.of(), List.of()));
        refuses(store, "characters", new CreateUser(" ", SECRET, List.of(), List.of()));
        refuses(store, "there is no user v", new DeleteUser("v"));
        refuses(store, "there is no user v", new SetPassword("v", SECRET));
        refuses(store, "there is no user v", new EnableUser("v", true));
        refuses(store, "has role r already", new AddUserRole("u", "r"));
        refuses(store, "has no role x", new RemoveUserRole("u", "x"));
        refuses(store, "is not in group x", new RemoveUserGroup("u", "x"));
        refuses(store, "there is no role x", new AddGroupRole("g", "x"));
        refuses(store, "has members, such as u", new DeleteGroup("g"));
        refuses(store, "given to user u", new DeleteRole("r"));
        refuses(store, "there is a role r already", new CreateRole("r", List.of()));
        refuses(store, "has 0 rules", new RemoveRule("r", 0));
        refuses(store, "there is no role x", new AddRule("x", 0, RuleText.parse("allow all #", "x")));
        refuses(
                store,
                "there is no user v", // the last of several: the first is not made either
                new CreateUser("w", SECRET, List.of(), List.of()),
                new DeleteUser("v"));
        assertThat(store.snapshot()).isEqualTo(before);
        store.knownElsewhere(Set.of("x"), Set.of("y"));
        done(store, new AddUserRole("u", "x"), new AddUserGroup("u", "y"));
    }

    @Test
    void keepsAStrongerHashOnlyInPlaceOfTheOldOne() {
        UserStore store = UserStore.open(folder);
        done(store, new CreateUser("a", SECRET, List.of(), List.of()));
        done(store, new CreateUser("b", SECRET, List.of(), List.of()));
        Object book = store.current();
        Credential better = PasswordHash.of("secret".getBytes(UTF_8), 2);
        Credential other = credential("other");
        store.replace("a", SECRET, better);
        store.replace("b", SECRET, better);
        store.replace("c", SECRET, better);
        done(store, new SetPassword("b", other));
        store.flush();
        assertThat(Objects.requireNonNull(store.find("a")).credential()).isSameAs(better);
        assertThat(Objects.requireNonNull(store.find("b")).credential()).isSameAs(other);
        assertThat(store.current()).isSameAs(book); // nobody's rights have changed
        assertThat(UserStore.open(folder).snapshot()).isEqualTo(store.snapshot());
    }

    @Test
    void neverStartsWithLessThanThereWas() throws IOException {
        UserStore store = UserStore.open(folder);
        done(store, new CreateUser("a", SECRET, List.of(), List.of()));
        Path file = folder.resolve("users.json");
        Path previous = folder.resolve("users.json.previous");
        byte[] first = Files.readAllBytes(file);
        Files.write(file, new byte[0]);
        damaged("bring it back from a backup");
        Files.write(file, first);
        done(store, new CreateUser("b", SECRET, List.of(), List.of()));
        assertThat(previous).hasBinaryContent(first);
        byte[] second = Files.readAllBytes(file);
        Files.delete(file);
        damaged("is missing").contains("with 1 users").contains("cp " + previous + " " + file);
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = second.clone();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, random.nextBoolean() ? bytes : Arrays.copyOf(second, at));
            assertThatThrownBy(() -> UserStore.open(folder))
                    .as("seed %d turn %d", seed, i)
                    .isInstanceOf(UsersDamaged.class)
                    .hasMessageContaining(previous.toString())
                    .hasMessageNotContaining(SECRET.text());
        }
        Files.copy(previous, file, StandardCopyOption.REPLACE_EXISTING); // as the message says
        assertThat(UserStore.open(folder).snapshot().users()).containsOnlyKeys("a");
        Files.writeString(file, "{\"format\":\"dunlin-users\",\"version\":2,\"sha256\":\"\"}\n");
        damaged("newer");
    }

    private AbstractStringAssert<?> damaged(String part) {
        String message = "";
        try {
            UserStore.open(folder);
        } catch (UsersDamaged e) {
            message = String.valueOf(e.getMessage());
        }
        return assertThat(message).contains(part);
    }

    /** The process dies, or the disk fails, at each step of each change: what is read then is one of the two states. */
    @Test
    void whateverFailsTheOldOrTheNewStateIsThere() {
        for (int failing = 0; ; failing++) {
            Path here = folder.resolve("at-" + failing);
            FailingDisk disk = new FailingDisk(failing);
            UserStore store = UserStore.open(here, disk);
            List<String> stored = new ArrayList<>();
            boolean failed = false;
            for (String name : List.of("a", "b", "c")) {
                Outcome outcome = store.apply(new CreateUser(name, SECRET, List.of(), List.of()));
                UserStore after = open(here);
                List<String> found = List.copyOf(after.snapshot().users().keySet());
                if (outcome instanceof Outcome.Done) {
                    stored.add(name);
                    assertThat(found).isEqualTo(stored);
                } else {
                    failed = true;
                    assertThat(((Outcome.Rejected) outcome).sentence()).contains("could not be stored");
                    assertThat(found).isEqualTo(stored);
                    assertThat(store.snapshot().users().keySet()).containsExactlyElementsOf(stored);
                    done(store, new CreateUser(name, SECRET, List.of(), List.of())); // the disk works again
                    stored.add(name);
                }
            }
            assertThat(open(here).snapshot().users().keySet()).containsExactly("a", "b", "c");
            if (!failed && disk.steps() <= failing) {
                return;
            }
        }
    }

    private static UserStore open(Path here) {
        return UserStore.open(here);
    }

    /** Fails once, at one step, after half of it is done. */
    private static final class FailingDisk implements Disk {
        private final Disk real = new Real();
        private final int failing;
        private int steps;

        FailingDisk(int failing) {
            this.failing = failing;
        }

        int steps() {
            return steps;
        }

        private boolean fails() {
            return steps++ == failing;
        }

        @Override
        public boolean exists(Path file) {
            return real.exists(file);
        }

        @Override
        public byte[] read(Path file) throws IOException {
            return real.read(file);
        }

        @Override
        public void write(Path file, byte[] content) throws IOException {
            if (fails()) {
                real.write(file, Arrays.copyOf(content, content.length / 2));
                throw new IOException("the disk is full");
            }
            real.write(file, content);
        }

        @Override
        public void link(Path file, Path copy) throws IOException {
            if (fails()) {
                throw new IOException("no link");
            }
            real.link(file, copy);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            if (fails()) {
                throw new IOException("not moved");
            }
            real.move(from, to);
        }

        @Override
        public void syncFolder(Path path) throws IOException {
            if (fails()) {
                throw new IOException("not synced");
            }
            real.syncFolder(path);
        }
    }

    private static void done(UserStore store, UserChange... changes) {
        assertThat(store.apply(changes)).isInstanceOf(Outcome.Done.class);
    }

    private static void refuses(UserStore store, String sentence, UserChange... changes) {
        assertThat(store.apply(changes))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.sentence()).contains(sentence));
    }

    private static Credential credential(String password) {
        return PasswordHash.of(password.getBytes(UTF_8), 1);
    }
}
