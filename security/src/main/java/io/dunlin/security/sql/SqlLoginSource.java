package io.dunlin.security.sql;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Clock;
import io.dunlin.security.login.Circuit;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.password.Credential;
import io.dunlin.security.password.InvalidCredential;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Users of a table: one query gives the hash of a client's password and what else is known of it. No row: unknown; several, or a hash
 * that cannot be read: a failure. Thread: any; does not block.
 */
public final class SqlLoginSource implements LoginSource, AutoCloseable {
    private static final String SETTING = "authentication.sql";
    private static final String HASH = "password_hash";
    private static final String SALT = "salt";
    /** As the table has it: some data bases take ALICE for alice, but the rules do not. */
    private static final String USERNAME = "username";

    private static final String SUPERUSER = "is_superuser";
    private static final String ROLES = "roles";
    private static final String GROUPS = "groups";
    /** Columns that are no attributes. */
    private static final Set<String> OWN = Set.of(HASH, SALT, SUPERUSER, ROLES, GROUPS, "password");

    private final String name;
    private final SqlQuery query;
    private final Hashes hashes;
    private final BiPredicate<Credential, byte[]> check;
    private final Executor hashers;
    private final Database database;
    private final Circuit circuit;
    private volatile @Nullable Credential decoy;

    /**
     * @param form of the column {@code password_hash}
     * @param salt where the column {@code salt} goes, for the forms that do not say it themselves
     */
    public record Hashes(StoredHash form, StoredHash.Salt salt) {
        public static final Hashes AUTO = new Hashes(StoredHash.AUTO, StoredHash.Salt.SUFFIX);
    }

    /**
     * @param name as the configuration calls it
     * @param query gives {@code password_hash}; also {@code salt}, {@code is_superuser}, {@code roles}, {@code groups}; all other columns
     *     are attributes {@code sql.<column>}
     * @param check compares a password with a hash, and blocks until there is a place to do so
     * @throws IllegalArgumentException with a sentence that names the setting, where one cannot be used
     */
    public SqlLoginSource(
            String name,
            SqlSettings settings,
            String query,
            Hashes hashes,
            BiPredicate<Credential, byte[]> check,
            Clock clock) {
        this.name = name;
        this.query = SqlQuery.of(SETTING + ".query", query);
        this.hashes = hashes;
        this.check = check;
        this.hashers = Thread.ofVirtual().name("authentication")::start;
        this.database = new Database(SETTING, settings);
        this.circuit = new Circuit(name, Circuit.Limits.of(settings.connectionsMax(), settings.timeout()), clock);
    }

    /** Does nothing but see whether the settings can be used; throws as the constructor does. */
    public static void check(SqlSettings settings, String query) {
        Database.check(SETTING, settings);
        SqlQuery.of(SETTING + ".query", query);
    }

    @Override
    public String name() {
        return name;
    }

    public Circuit.Figures figures() {
        return circuit.figures();
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        byte[] password = credentials.password();
        String username = credentials.username();
        if (username == null && query.uses(Asked.USERNAME)) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        if (password == null || password.length == 0) {
            return CompletableFuture.completedStage(
                    username == null ? LoginAnswer.UNKNOWN : LoginAnswer.Refused.wrong("no password"));
        }
        Asked asked = Asked.of(credentials);
        // Hashing is no matter of the data base: it has a limit of its own, and a connection is not held for it.
        return circuit.call(() -> find(asked)).thenApplyAsync(row -> judge(row, username, password), hashers);
    }

    private Optional<Row> find(Asked asked) throws IOException, SQLException {
        List<Row> rows = database.query(query, asked, 1);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        if (!rows.getFirst().columns().contains(HASH)) {
            throw new IOException("the query of authentication.sql gives no column " + HASH);
        }
        return Optional.of(rows.getFirst());
    }

    private LoginAnswer judge(Optional<Row> found, @Nullable String username, byte[] password) {
        Credential like = decoy;
        if (found.isEmpty()) {
            if (like != null) {
                var _ = check.test(like, password); // so that time does not tell which users there are
            }
            return LoginAnswer.UNKNOWN;
        }
        Row row = found.get();
        Optional<String> hash = row.text(HASH);
        if (hash.isEmpty() || !matches(hash.get(), row, password)) {
            return LoginAnswer.Refused.wrong("wrong password");
        }
        return new LoginAnswer.Accepted(row.text(USERNAME).orElse(username), login(row));
    }

    private boolean matches(String hash, Row row, byte[] password) {
        if (hashes.form() != StoredHash.AUTO) {
            return hashes.form().matches(hash, row.text(SALT).orElse(""), hashes.salt(), password);
        }
        try {
            Credential credential = Credential.parse(hash.strip());
            decoy = credential;
            return check.test(credential, password);
        } catch (InvalidCredential e) {
            throw new CompletionException(
                    new SQLException("the password_hash of a user cannot be read: " + e.getMessage()));
        }
    }

    private Login login(Row row) {
        Map<String, String> attributes = new HashMap<>();
        for (String column : row.values().keySet()) {
            if (!OWN.contains(column)) {
                row.text(column).ifPresent(text -> attributes.put("sql." + column, text));
            }
        }
        Login login = Login.of(name)
                .withRoles(new HashSet<>(row.list(ROLES)), new HashSet<>(row.list(GROUPS)))
                .withAttributes(attributes);
        return row.isTrue(SUPERUSER) ? login.asSuperuser() : login;
    }

    /** Closes the connections when the logins under way have ended. */
    @Override
    public void close() {
        database.close();
    }
}
