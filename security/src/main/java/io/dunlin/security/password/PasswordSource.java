package io.dunlin.security.password;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginAnswer.Accepted;
import io.dunlin.security.login.LoginAnswer.Refused;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.password.UserDirectory.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Logins by user name and password: of the configuration, of a password file or of the store of users. Knows nothing of users of other
 * sources: at the end of a chain with such sources stands a {@link PasswordEnd}. Thread: any.
 */
public final class PasswordSource implements LoginSource {
    /** The name of the users of the configuration. */
    public static final String USERS = "users";
    /** The name of the users of the password file. */
    public static final String PASSWORD_FILE = "password-file";
    /** The name of the users who are kept in the data folder and changed at run time. */
    public static final String BUILT_IN = "built-in";

    /** The attribute of a login that says with which password it was let in, without saying anything of that. */
    static final String IDENTITY = "password.id";

    private static final LoginAnswer WRONG = Refused.wrong("wrong password");
    private static final LoginAnswer LOCKED = Refused.wrong("the user is disabled");
    private static final LoginAnswer NONE_GIVEN = Refused.wrong("no password was given");
    static final LoginAnswer BUSY = new Refused(ReasonCode.SERVER_BUSY, "too many clients are logging in");

    private final String name;
    private final UserDirectory users;
    private final Hashing hashing;
    private final boolean rehash;

    /** @param rehash whether weak credentials are made better when their user logs in */
    public PasswordSource(String name, UserDirectory users, Hashing hashing, boolean rehash) {
        this.name = name;
        this.users = users;
        this.hashing = hashing;
        this.rehash = rehash;
    }

    @Override
    public String name() {
        return name;
    }

    UserDirectory users() {
        return users;
    }

    /** Passwords that are kept badly. */
    public List<WeakCredential> weak() {
        return users.weak(name);
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        String user = credentials.username();
        Entry entry = user == null ? null : users.find(user);
        if (user == null || entry == null) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        byte[] password = credentials.password();
        if (password == null) {
            return CompletableFuture.completedStage(NONE_GIVEN);
        }
        if (entry.enabled() && hashing.isRemembered(user, entry.credential(), password)) {
            return CompletableFuture.completedStage(accepted(user, entry));
        }
        return hashing.check(entry.credential(), password).thenApply(verdict -> switch (verdict) {
            case RIGHT -> right(user, entry, password);
            case WRONG -> WRONG;
            case BUSY -> BUSY;
        });
    }

    private LoginAnswer right(String user, Entry entry, byte[] password) {
        Entry now = users.find(user); // it may have been changed meanwhile
        if (now == null || !isSame(user, entry, now)) {
            return WRONG;
        }
        if (!now.enabled()) {
            return LOCKED;
        }
        boolean weak = rehash && users.isReplacing() && hashing.policy().improves(now.credential());
        if (!weak || improve(user, now, password)) { // else it is to be hashed the next time, for another try
            hashing.remember(user, now.credential(), password);
        }
        return accepted(user, now);
    }

    private boolean improve(String user, Entry entry, byte[] password) {
        return hashing.improve(user, entry.credential(), password, better -> {
            users.replace(user, entry.credential(), better);
            hashing.remember(user, better, password);
        });
    }

    private boolean isSame(String user, Entry one, Entry other) {
        return hashing.identity(user, one.credential()).equals(hashing.identity(user, other.credential()));
    }

    private LoginAnswer accepted(String user, Entry entry) {
        return new Accepted(user, login(user, entry));
    }

    Login login(String user, Entry entry) {
        return Login.of(name).withAttributes(Map.of(IDENTITY, hashing.identity(user, entry.credential())));
    }

    /** A changed role is no reason: roles of users are looked up at each question about rights. */
    @Override
    public Optional<String> whyGone(Principal principal, Login login) {
        String user = principal.username();
        Entry entry = user == null ? null : users.find(user);
        if (user == null || entry == null) {
            return Optional.of("the user was removed");
        }
        if (!entry.enabled()) {
            return Optional.of("the user was disabled");
        }
        String identity = login.attributes().get(IDENTITY);
        return hashing.identity(user, entry.credential()).equals(identity)
                ? Optional.empty()
                : Optional.of("the password was changed");
    }
}
