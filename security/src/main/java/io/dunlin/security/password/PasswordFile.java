package io.dunlin.security.password;

import io.dunlin.security.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with a line {@code user:stored form} for each user, as mosquitto_passwd writes it; empty lines and lines that begin with #
 * are left out. Read at construction, never by itself. Better credentials of the same passwords are written into it a moment
 * later, several at a time. Thread: any.
 */
public final class PasswordFile implements UserDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordFile.class);
    private static final int GATHERING_MILLIS = 1_000;
    private static final int TURNS_MAX = 5;

    private final Path path;
    private final int gatheringMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Replacement> pending = new LinkedHashMap<>(); // under the lock
    private volatile Content content;
    private volatile boolean unwritable;

    /** @throws InvalidCredential where it cannot be read or understood: with the line, without the secret */
    public PasswordFile(Path path) {
        this(path, GATHERING_MILLIS);
    }

    PasswordFile(Path path, int gatheringMillis) {
        this.path = path;
        this.gatheringMillis = gatheringMillis;
        this.content = new Content(parse(read()));
    }

    private record Replacement(Credential old, Credential better) {}

    /** What was read. */
    private record Content(Map<String, Entry> users, List<Credential> credentials, List<ScramKeys> scramKeys) {
        Content(Map<String, Entry> users) {
            this(users, users.values().stream().map(Entry::credential).toList());
        }

        private Content(Map<String, Entry> users, List<Credential> credentials) {
            this(Map.copyOf(users), credentials, UserDirectory.scramKeys(credentials));
        }
    }

    public Path path() {
        return path;
    }

    public int size() {
        return content.users.size();
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new InvalidCredential("cannot read the password file " + path + ": "
                    + e.getClass().getSimpleName());
        }
    }

    private Map<String, Entry> parse(byte[] bytes) {
        Map<String, Entry> found = new HashMap<>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw at(number, "a line is user:hash");
            }
            Credential credential;
            try {
                credential = Credential.parse(line.substring(colon + 1).strip());
            } catch (InvalidCredential e) {
                throw at(number, e.getMessage());
            }
            if (found.put(line.substring(0, colon), Entry.of(credential)) != null) {
                throw at(number, "this user stands in the file twice");
            }
        }
        return found;
    }

    private InvalidCredential at(int line, String message) {
        return new InvalidCredential(path + " line " + line + ": " + message);
    }

    @Override
    public @Nullable Entry find(String name) {
        return content.users.get(name);
    }

    @Override
    public List<Credential> credentials() {
        return content.credentials;
    }

    @Override
    public List<ScramKeys> scramKeys() {
        return content.scramKeys;
    }

    @Override
    public List<WeakCredential> weak(String source) {
        List<WeakCredential> found = new ArrayList<>();
        new TreeMap<>(content.users)
                .forEach((name, entry) -> entry.credential()
                        .weakness()
                        .ifPresent(why -> found.add(
                                new WeakCredential(source, name, why, "dunlin passwd " + path + " " + name))));
        return found;
    }

    @Override
    public boolean isReplacing() {
        return !unwritable;
    }

    @Override
    public void replace(String name, Credential old, Credential better) {
        boolean first;
        lock.lock();
        try {
            first = pending.isEmpty();
            pending.put(name, new Replacement(old, better));
        } finally {
            lock.unlock();
        }
        if (first) {
            CompletableFuture.delayedExecutor(gatheringMillis, TimeUnit.MILLISECONDS, Thread.ofVirtual()::start)
                    .execute(this::flush);
        }
    }

    /** Writes what has been gathered. */
    void flush() {
        lock.lock();
        try {
            Map<String, Replacement> changes = Map.copyOf(pending);
            pending.clear();
            if (!unwritable && !changes.isEmpty()) {
                write(changes);
            }
        } catch (IOException e) {
            unwritable = true;
            LOG.warn(
                    "the password file {} cannot be written, so weak hashes stay in it: {}; set authentication.rehash = false, or"
                            + " let this process write the file and its folder",
                    path,
                    e.toString());
        } finally {
            lock.unlock();
        }
    }

    private void write(Map<String, Replacement> changes) throws IOException {
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            byte[] before = Files.readAllBytes(path);
            byte[] after = before;
            List<String> changed = new ArrayList<>();
            for (Map.Entry<String, Replacement> change : changes.entrySet()) {
                Replacement credentials = change.getValue();
                Optional<byte[]> next = PasswordLines.replace(
                        after, change.getKey(), credentials.old.text(), credentials.better.text());
                if (next.isPresent()) {
                    after = next.get();
                    changed.add(change.getKey());
                }
            }
            if (changed.isEmpty()) {
                return; // somebody has given them other passwords meanwhile
            }
            if (AtomicFile.replace(path, before, after)) {
                takeOver(changed, changes);
                LOG.info("made the hashes of {} passwords in {} stronger", changed.size(), path);
                return;
            }
        }
        LOG.debug("{} is being changed by somebody else: weak hashes stay until the next login", path);
    }

    /** What was read stays what counts until the next reload, but for these credentials. */
    private void takeOver(List<String> names, Map<String, Replacement> changes) {
        Map<String, Entry> users = new HashMap<>(content.users);
        for (String name : names) {
            Replacement change = changes.get(name);
            Entry entry = users.get(name);
            if (change != null && entry != null && entry.credential().text().equals(change.old.text())) {
                users.put(name, Entry.of(change.better));
            }
        }
        content = new Content(users);
    }
}
