package io.dunlin.console.account;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.AccountFile.Content;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The people and programs that may use the console. Thread: any but the shards; passwords are hashed and files written in it. */
public final class Accounts {
    /** The name of the account that is made first. */
    public static final String FIRST = "admin";

    /** The file in the data folder. */
    public static final String FILE = "console-users.json";

    /** The file beside it with the first password, as long as that one holds. */
    public static final String FIRST_PASSWORD_FILE = "console-first-password";

    /** Shorter passwords are refused. */
    public static final int PASSWORD_CHARS_MIN = 8;

    private static final int PASSWORD_CHARS_MAX = 1_024;
    private static final int ENTRIES_MAX = 1_000;
    private static final String KEY_PREFIX = "dunlin_";
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final int FIRST_PASSWORD_BYTES = 15;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final @Nullable Path file;
    private final Hashing hashing;
    private final Clock clock;
    private final ReentrantLock change = new ReentrantLock();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> keyListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong versions = new AtomicLong();
    private volatile Content content;
    private volatile @Nullable Credential decoy;

    private Accounts(@Nullable Path file, Content content, Hashing hashing, Clock clock) {
        this.file = file;
        this.content = content;
        this.hashing = hashing;
        this.clock = clock;
    }

    /**
     * Opens them.
     *
     * @param folder where {@link #FILE} is, empty to keep nothing
     * @throws AccountProblem where the file is damaged
     */
    public static Accounts open(Optional<Path> folder, Hashing hashing, Clock clock) {
        Path file = folder.map(in -> in.resolve(FILE)).orElse(null);
        Content content = file == null ? new Content(List.of(), List.of()) : AccountFile.read(file);
        return new Accounts(file, content, hashing, clock);
    }

    /** Somebody who may log in. */
    public record User(String username, String role) {}

    /**
     * A key, without its secret.
     *
     * @param expires null for never
     */
    public record Key(
            String name,
            String role,
            String id,
            Instant created,
            String by,
            @Nullable Instant expires) {}

    /** A key that was made: {@code key} is shown this once. */
    public record NewKey(
            String name, String role, String key, @Nullable Instant expires) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Is told the name of each user whose password, role or account has changed: its logins hold no longer. */
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** Is run after a key was deleted. */
    public void onKeyDeleted(Runnable listener) {
        keyListeners.add(listener);
    }

    public List<User> users() {
        return content.accounts().stream()
                .map(account -> new User(account.name(), account.role().text()))
                .toList();
    }

    public List<Key> keys() {
        return content.keys().stream()
                .map(key -> new Key(key.name(), key.role().text(), key.id(), key.created(), key.by(), key.expires()))
                .toList();
    }

    /** Makes the first account where there is none, and gives its password: the only time that anybody sees it. */
    public Optional<String> createFirst() {
        if (!content.accounts().isEmpty()) {
            return Optional.empty();
        }
        String password = random(FIRST_PASSWORD_BYTES);
        setPassword(FIRST, password, Optional.of(Role.ADMIN));
        return Optional.of(password);
    }

    /**
     * The same where nobody looks: the password is put into a file for its owner alone, which goes when another password is set.
     *
     * @return the file; empty where there is an account already, or nothing is kept
     * @throws AccountProblem where it cannot be written
     */
    public Optional<Path> createFirstInFile() {
        Path in = firstPasswordFile();
        if (in == null || !content.accounts().isEmpty()) {
            return Optional.empty();
        }
        String password = random(FIRST_PASSWORD_BYTES);
        AccountFile.writePassword(
                in, password); // first: an account whose password nobody knows is worse than a file too many
        put(FIRST, password, Optional.of(Role.ADMIN), OptionalLong.empty());
        return Optional.of(in);
    }

    private @Nullable Path firstPasswordFile() {
        return file == null ? null : file.resolveSibling(FIRST_PASSWORD_FILE);
    }

    /** Whether accounts outlive this process. */
    public boolean areKept() {
        return file != null;
    }

    /**
     * Whose password it is. Takes the same time for a name that nobody has.
     *
     * @throws IllegalStateException where too many are logging in
     */
    public Optional<Identity> check(String name, byte[] password) {
        Optional<Account> account = account(name);
        boolean right = hashing.matches(account.map(Account::credential).orElseGet(this::decoy), password);
        return right ? account.map(Identity::of) : Optional.empty();
    }

    /** Whether this user's account is still as it was when the password was found right: a check takes long enough for a change. */
    public boolean holds(Identity user) {
        return account(user.name())
                .filter(account -> account.version() == user.version())
                .isPresent();
    }

    private Optional<Account> account(String name) {
        return content.accounts().stream()
                .filter(account -> account.name().equals(name))
                .findFirst();
    }

    private Credential decoy() {
        Credential made = decoy;
        if (made == null) {
            made = hash(random(SECRET_BYTES));
            decoy = made;
        }
        return made;
    }

    private Credential hash(String password) {
        return hashing.policy().hash(password.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets the password of an account, which is made where it is not there.
     *
     * @param role the one it has from now on; without it the one that it has, or viewer
     * @throws AccountProblem where the name or the password cannot be taken, or nobody could administer the console any more
     */
    public void setPassword(String name, String password, Optional<Role> role) {
        setPassword(name, password, role, OptionalLong.empty());
    }

    /**
     * The same, for who has shown the old password.
     *
     * @param version of the account that the old password was right for; another one meanwhile is a problem, too
     */
    public void setPassword(String name, String password, Optional<Role> role, OptionalLong version) {
        put(name, password, role, version);
        forgetFirst(name);
    }

    private void put(String name, String password, Optional<Role> role, OptionalLong version) {
        checkName(name);
        if (password.length() < PASSWORD_CHARS_MIN || password.length() > PASSWORD_CHARS_MAX) {
            throw new AccountProblem("a password of the console has " + PASSWORD_CHARS_MIN + " to " + PASSWORD_CHARS_MAX
                    + " characters");
        }
        Credential credential = hash(password);
        change(before -> {
            List<Account> accounts = new ArrayList<>(before.accounts());
            Optional<Account> old = account(name);
            if (version.isPresent() && old.map(Account::version).orElse(-1L) != version.getAsLong()) {
                throw new AccountProblem("the password of " + name + " was changed meanwhile: log in again");
            }
            Role is = role.or(() -> old.map(Account::role)).orElse(Role.VIEWER);
            accounts.removeIf(account -> account.name().equals(name));
            accounts.add(new Account(name, is, credential, versions.incrementAndGet()));
            return new Content(accounts, before.keys());
        });
        tell(name);
    }

    /** @throws AccountProblem where there is none, or it is the last that may administer the console */
    public void delete(String name) {
        change(before -> {
            List<Account> accounts = new ArrayList<>(before.accounts());
            if (!accounts.removeIf(account -> account.name().equals(name))) {
                throw new AccountProblem("the console has no user " + name);
            }
            return new Content(accounts, before.keys());
        });
        tell(name);
        forgetFirst(name);
    }

    private void forgetFirst(String name) {
        Path first = firstPasswordFile();
        if (first == null || !name.equals(FIRST)) {
            return;
        }
        try {
            Files.deleteIfExists(first);
        } catch (IOException e) {
            throw new AccountProblem("it is done, but the file with the first password, " + first
                    + ", cannot be deleted, delete it by hand: " + e.getMessage());
        }
    }

    private void tell(String name) {
        listeners.forEach(listener -> listener.accept(name));
    }

    private void change(UnaryOperator<Content> how) {
        change.lock();
        try {
            Content next = how.apply(content);
            if (hasAdmin(content) && !hasAdmin(next)) {
                throw new AccountProblem("nobody could administer the console any more: make another admin first");
            }
            if (next.accounts().size() > ENTRIES_MAX || next.keys().size() > ENTRIES_MAX) {
                throw new AccountProblem("the console keeps at most " + ENTRIES_MAX + " users and as many keys");
            }
            if (file != null) {
                AccountFile.write(file, next);
            }
            content = next;
        } finally {
            change.unlock();
        }
    }

    private static boolean hasAdmin(Content content) {
        return content.accounts().stream().anyMatch(account -> account.role() == Role.ADMIN);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new AccountProblem("a name at the console has 1 to 64 letters, digits or . _ @ -");
        }
    }

    /**
     * Makes a key.
     *
     * @param lasting empty for ever
     * @throws AccountProblem where the name cannot be taken
     */
    public NewKey createKey(String name, Role role, Optional<Duration> lasting, String by) {
        checkName(name);
        String id = HexFormat.of().formatHex(randomBytes(ID_BYTES));
        String secret = random(SECRET_BYTES);
        Instant now = now();
        ApiKey key = new ApiKey(
                name, role, id, digest(secret), now, by, lasting.map(now::plus).orElse(null));
        change(before -> {
            if (before.keys().stream().anyMatch(other -> other.name().equals(name))) {
                throw new AccountProblem(
                        "there is a key " + name + " already: delete it first, or choose another name");
            }
            List<ApiKey> keys = new ArrayList<>(before.keys());
            keys.add(key);
            return new Content(before.accounts(), keys);
        });
        return new NewKey(name, role.text(), KEY_PREFIX + id + "_" + secret, key.expires());
    }

    /** @throws AccountProblem where there is none */
    public void deleteKey(String name) {
        change(before -> {
            List<ApiKey> keys = new ArrayList<>(before.keys());
            if (!keys.removeIf(key -> key.name().equals(name))) {
                throw new AccountProblem("there is no key " + name);
            }
            return new Content(before.accounts(), keys);
        });
        keyListeners.forEach(Runnable::run);
    }

    /** Whose key it is; empty for a text that is no key, or one that holds no longer. */
    public Optional<Identity> key(String text) {
        int end = text.indexOf('_', KEY_PREFIX.length());
        if (!text.startsWith(KEY_PREFIX) || end < 0) {
            return Optional.empty();
        }
        String id = text.substring(KEY_PREFIX.length(), end);
        byte[] shown = digest(text.substring(end + 1)).getBytes(StandardCharsets.US_ASCII);
        Instant now = now();
        return content.keys().stream()
                .filter(key -> key.id().equals(id))
                .filter(key -> MessageDigest.isEqual(key.digest().getBytes(StandardCharsets.US_ASCII), shown))
                .filter(key -> key.expires() == null || now.isBefore(key.expires()))
                .findFirst()
                .map(key -> new Identity(key.name(), key.role(), true, 0));
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.wallMillis());
    }

    static String random(int bytes) {
        return TEXT.encodeToString(randomBytes(bytes));
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    static String digest(String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
