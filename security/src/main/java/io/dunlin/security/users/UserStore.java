package io.dunlin.security.users;

import io.dunlin.security.acl.RoleBook;
import io.dunlin.security.acl.Roles;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.ScramKeys;
import io.dunlin.security.password.UserDirectory;
import io.dunlin.security.password.WeakCredential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users, groups and roles that are changed while the broker runs, in a file that is replaced as a whole at each change. Questions are
 * answered from memory, at once; changes exclude each other and wait for the disk. Thread: any for questions, none that must not block
 * for changes.
 */
public final class UserStore implements UserDirectory, Roles {
    private static final Logger LOG = LoggerFactory.getLogger(UserStore.class);
    private static final int GATHERING_MILLIS = 1_000;

    private final @Nullable UserFiles files;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Consumer<UserBase>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Replacement> pending = new LinkedHashMap<>(); // under the lock
    private volatile Known known;
    private volatile Set<String> rolesElsewhere = Set.of();
    private volatile Set<String> groupsElsewhere = Set.of();
    private volatile boolean unwritable;

    private UserStore(@Nullable UserFiles files, State state) {
        this.files = files;
        this.known = Known.of(state, bookOf(state));
    }

    /**
     * Opens the store in a folder, which is made at the first change.
     *
     * @param folder {@code security} in the broker's data folder
     * @throws UsersDamaged where there were users, and they cannot be read now; the message says what to do
     */
    public static UserStore open(Path folder) {
        return open(folder, new Disk.Real());
    }

    static UserStore open(Path folder, Disk disk) {
        UserFiles files = new UserFiles(folder, disk);
        return new UserStore(files, files.read().orElse(State.EMPTY));
    }

    /** One that keeps nothing when the process ends. */
    public static UserStore inMemory() {
        return new UserStore(null, State.EMPTY);
    }

    /** What came of a change. */
    public sealed interface Outcome {
        /** It is stored and holds from now on. */
        record Done(UserBase base) implements Outcome {}

        /**
         * Nothing has changed.
         *
         * @param sentence why, and what to do
         */
        record Rejected(String sentence) implements Outcome {}
    }

    /** Names that the configuration gives a meaning to: users of the store may have them too. */
    public void knownElsewhere(Set<String> roles, Set<String> groups) {
        rolesElsewhere = Set.copyOf(roles);
        groupsElsewhere = Set.copyOf(groups);
    }

    /** Is told of each change after it has been made, on the thread that made it; not of hashes that were made stronger. */
    public void onChange(Consumer<UserBase> listener) {
        listeners.add(listener);
    }

    /** All that is known, without what is kept of passwords. */
    public UserBase snapshot() {
        return known.state.view();
    }

    /** Makes one change, or several as one. */
    public Outcome apply(UserChange... changes) {
        return apply(List.of(changes));
    }

    /** Makes all of these changes in this order, or none. Waits for the disk. */
    public Outcome apply(List<UserChange> changes) {
        UserBase base;
        lock.lock();
        try {
            Known before = known;
            Draft draft = new Draft(before.state, rolesElsewhere, groupsElsewhere);
            for (UserChange change : changes) {
                draft.apply(change);
            }
            State state = draft.toState();
            store(state);
            known = Known.of(state, sameRights(before.state, state) ? before.book : bookOf(state));
            base = state.view();
        } catch (Draft.Rejection e) {
            return new Outcome.Rejected(e.sentence());
        } catch (IOException e) {
            return new Outcome.Rejected("the users could not be stored: " + e);
        } finally {
            lock.unlock();
        }
        listeners.forEach(listener -> listener.accept(base));
        return new Outcome.Done(base);
    }

    private void store(State state) throws IOException {
        if (files != null) {
            files.write(state);
        }
    }

    @Override
    public RoleBook current() {
        return known.book;
    }

    @Override
    public @Nullable Entry find(String name) {
        State.User user = known.state.users().get(name);
        return user == null ? null : new Entry(user.credential(), user.enabled());
    }

    @Override
    public List<Credential> credentials() {
        return known.credentials;
    }

    @Override
    public List<ScramKeys> scramKeys() {
        return known.scramKeys;
    }

    @Override
    public List<WeakCredential> weak(String source) {
        List<WeakCredential> found = new ArrayList<>();
        known.state
                .users()
                .forEach((name, user) -> user.credential()
                        .weakness()
                        .ifPresent(why -> found.add(new WeakCredential(
                                source, name, why, "give it a new password, or leave authentication.rehash on"))));
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
            CompletableFuture.delayedExecutor(GATHERING_MILLIS, TimeUnit.MILLISECONDS, Thread.ofVirtual()::start)
                    .execute(this::flush);
        }
    }

    private record Replacement(Credential old, Credential better) {}

    /** Stores the stronger hashes that have been gathered. */
    void flush() {
        lock.lock();
        try {
            Known before = known;
            Draft draft = new Draft(before.state, rolesElsewhere, groupsElsewhere);
            boolean changed = false;
            for (Map.Entry<String, Replacement> change : pending.entrySet()) {
                State.User user = before.state.users().get(change.getKey());
                Replacement credentials = change.getValue();
                if (user != null && user.credential().text().equals(credentials.old.text())) {
                    draft.apply(new UserChange.SetPassword(change.getKey(), credentials.better));
                    changed = true;
                }
            }
            if (changed && !unwritable) {
                State state = draft.toState();
                store(state);
                known = Known.of(state, before.book);
            }
        } catch (Draft.Rejection e) {
            throw new IllegalStateException(e.sentence(), e);
        } catch (IOException e) {
            unwritable = true;
            LOG.warn("weak hashes of the users' passwords stay: they cannot be stored: {}", e.toString());
        } finally {
            pending.clear(); // else nothing would gather again
            lock.unlock();
        }
    }

    private static boolean sameRights(State one, State other) {
        if (!one.groups().equals(other.groups())
                || !one.roles().equals(other.roles())
                || !one.users().keySet().equals(other.users().keySet())) {
            return false;
        }
        return one.users().entrySet().stream().allMatch(user -> {
            State.User same =
                    Optional.ofNullable(other.users().get(user.getKey())).orElseThrow();
            return same.roles().equals(user.getValue().roles())
                    && same.groups().equals(user.getValue().groups());
        });
    }

    private static RoleBook bookOf(State state) {
        Map<String, RoleBook.Member> members = new HashMap<>();
        state.users().forEach((name, user) -> {
            if (!user.roles().isEmpty() || !user.groups().isEmpty()) {
                members.put(name, new RoleBook.Member(Set.copyOf(user.roles()), Set.copyOf(user.groups())));
            }
        });
        Map<String, Set<String>> groups = new HashMap<>();
        state.groups().forEach((name, roles) -> groups.put(name, Set.copyOf(roles)));
        Map<String, List<Rule>> roles = new HashMap<>(state.roles());
        return new RoleBook(state.version(), members, groups, roles);
    }

    /** What is asked for, made once for each state. */
    private record Known(State state, RoleBook book, List<Credential> credentials, List<ScramKeys> scramKeys) {
        static Known of(State state, RoleBook book) {
            List<Credential> credentials =
                    state.users().values().stream().map(State.User::credential).toList();
            return new Known(state, book, credentials, UserDirectory.scramKeys(credentials));
        }
    }
}
