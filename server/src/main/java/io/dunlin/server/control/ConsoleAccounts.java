package io.dunlin.server.control;

import io.dunlin.console.account.AccountProblem;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Role;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may use the console: its users and keys. Thread: any but the shards; waits for the disk. */
public final class ConsoleAccounts {
    private final Supplier<Accounts> open;
    private final Changes changes;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Accounts accounts; // under the lock

    /** @param open asked once, when somebody needs them */
    public ConsoleAccounts(Supplier<Accounts> open, Changes changes) {
        this.open = open;
        this.changes = changes;
    }

    /** @throws AccountProblem where they cannot be read */
    public Accounts accounts() {
        lock.lock();
        try {
            Accounts known = accounts;
            if (known == null) {
                known = open.get();
                accounts = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Adds the commands {@code console.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("console.users.list", request -> read().users())
                .add("console.keys.list", request -> read().keys())
                .add("console.password", this::password)
                .add("console.users.delete", this::deleteUser)
                .add("console.keys.create", this::createKey)
                .add("console.keys.delete", this::deleteKey);
    }

    private Accounts read() {
        try {
            return accounts();
        } catch (AccountProblem e) {
            throw new CommandFailed(e.sentence());
        }
    }

    private Accounts.User password(Request it) {
        String name = it.optional("username").orElse(Accounts.FIRST);
        String password = it.text("password");
        Optional<Role> role = it.optional("role").map(ConsoleAccounts::role);
        long shown = it.number("version", -1); // of the account whose old password was right
        OptionalLong version = shown < 0 ? OptionalLong.empty() : OptionalLong.of(shown);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("user", name);
        role.ifPresent(is -> fields.put("role", is.text()));
        return changed(it, "console.user.changed", fields, all -> {
            Optional<Role> given =
                    role.isEmpty() && name.equals(Accounts.FIRST) && all.users().isEmpty()
                            ? Optional.of(Role.ADMIN)
                            : role;
            all.setPassword(name, password, given, version);
            return all.users().stream()
                    .filter(user -> user.username().equals(name))
                    .findFirst()
                    .orElseThrow();
        });
    }

    private String deleteUser(Request it) {
        String name = it.text("username");
        return changed(it, "console.user.deleted", Map.of("user", name), all -> {
            all.delete(name);
            return name;
        });
    }

    private Accounts.NewKey createKey(Request it) {
        String name = it.text("name");
        Role role = role(it.text("role"));
        Optional<Duration> time = it.optional("time").map(Times::duration);
        return changed(
                it,
                "console.apikey.created",
                Map.of("name", name, "role", role.text()),
                all -> all.createKey(name, role, time, it.who().toString()));
    }

    private String deleteKey(Request it) {
        String name = it.text("name");
        return changed(it, "console.apikey.deleted", Map.of("name", name), all -> {
            all.deleteKey(name);
            return name;
        });
    }

    private interface Change<T> {
        T apply(Accounts accounts);
    }

    private <T> T changed(Request it, String event, Map<String, Object> fields, Change<T> change) {
        return changes.change(it.who(), event, fields, () -> {
            try {
                return change.apply(accounts());
            } catch (AccountProblem e) {
                throw new CommandFailed(e.sentence());
            }
        });
    }

    private static Role role(String text) {
        return Role.of(text)
                .orElseThrow(() -> new CommandFailed(text + " is no role: expected is viewer, operator or admin"));
    }
}
