package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.security.certificate.CertificateSource;
import io.dunlin.security.certificate.ClientCertificates;
import io.dunlin.security.directory.LdapSource;
import io.dunlin.security.http.HttpLoginSource;
import io.dunlin.security.login.AnonymousSource;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.login.RememberedLogins;
import io.dunlin.security.password.ConfiguredUsers;
import io.dunlin.security.password.Hashing;
import io.dunlin.security.password.InvalidCredential;
import io.dunlin.security.password.PasswordEnd;
import io.dunlin.security.password.PasswordFile;
import io.dunlin.security.password.PasswordSource;
import io.dunlin.security.password.WeakCredential;
import io.dunlin.security.sql.SqlLoginSource;
import io.dunlin.security.token.JwtKeys;
import io.dunlin.security.token.JwtSource;
import io.dunlin.security.users.UserStore;
import io.dunlin.server.config.AuthenticationConfig;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.Listeners;
import io.dunlin.server.config.ServerConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places where logins are checked, made of a configuration, and the chain of each listener. To add one: a method here that makes it
 * and a line in {@link #of}. Thread: one; what it makes is for any.
 */
final class LoginSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoginSources.class);
    private static final int REMEMBERED_MAX = 100_000;

    private static final Set<String> PASSWORDS = Set.of("users", "password-file", "built-in", "certificate", "ldap");

    private final AuthenticationConfig config;
    private final Hashing hashing;
    private final CertificateLogins certificates;
    private final Map<String, LoginSource> byName = new LinkedHashMap<>();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private LoginSources(AuthenticationConfig config, Hashing hashing, CertificateLogins certificates) {
        this.certificates = certificates;
        this.config = config;
        this.hashing = hashing;
    }

    /**
     * Makes them, in the order in which they are asked where the configuration says no other.
     *
     * @throws StartFailed with a sentence, where one cannot be made; those before it are closed
     */
    static LoginSources of(
            ServerConfig config, Hashing hashing, ClientCertificates clients, UserStore store, Clock clock) {
        CertificateLogins certificates =
                CertificateLogins.of(config.authentication().certificate(), clients, clock);
        LoginSources sources = new LoginSources(config.authentication(), hashing, certificates);
        sources.closing.push(certificates);
        try {
            config.authentication().certificate().ifPresent(told -> sources.add(certificates.source()));
            sources.tokens(clock).ifPresent(sources::add); // first: what is no token costs it nothing
            sources.users().ifPresent(sources::add);
            sources.passwordFile().ifPresent(sources::add);
            sources.builtIn(store).ifPresent(sources::add);
            sources.ldap(clock).ifPresent(sources::add);
            sources.sql(clock).ifPresent(sources::add);
            sources.http(clock).ifPresent(sources::add);
            return sources;
        } catch (InvalidCredential | InvalidSource e) {
            sources.close();
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            sources.close();
            throw e;
        }
    }

    private void add(LoginSource source) {
        byName.put(source.name(), source);
        if (source instanceof AutoCloseable closeable && !closing.contains(closeable)) {
            closing.push(closeable);
        }
    }

    /** The users of the configuration. */
    private Optional<LoginSource> users() {
        if (config.users().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> secrets = new HashMap<>();
        config.users().forEach((name, user) -> secrets.put(name, user.password().value()));
        return Optional.of(
                new PasswordSource(PasswordSource.USERS, ConfiguredUsers.of(secrets), hashing, config.rehash()));
    }

    /** Those of the password file. */
    private Optional<LoginSource> passwordFile() {
        return config.passwordFile()
                .map(file -> new PasswordSource(
                        PasswordSource.PASSWORD_FILE, new PasswordFile(file), hashing, config.rehash()));
    }

    /** Those who are kept in the data folder. */
    private Optional<LoginSource> builtIn(UserStore store) {
        return config.builtIn()
                ? Optional.of(new PasswordSource(PasswordSource.BUILT_IN, store, hashing, config.rehash()))
                : Optional.empty();
    }

    private Optional<LoginSource> tokens(Clock clock) {
        return config.jwt().map(jwt -> {
            try {
                return JwtSource.open("jwt", jwt.toSettings(), clock);
            } catch (InvalidSource e) {
                throw new InvalidSource("authentication.jwt: " + e.getMessage());
            }
        });
    }

    private Optional<LoginSource> http(Clock clock) {
        return config.http().map(http -> new HttpLoginSource("http", http.toSettings(), clock));
    }

    /** Takes what need not be found out anew from the sources that these take the place of. */
    void takeOver(LoginSources before) {
        jwt().ifPresent(mine -> before.jwt().ifPresent(mine::takeOver));
    }

    /** @param review of all clients: runs whenever keys are trusted no more */
    void onKeysDropped(Runnable review) {
        jwt().ifPresent(source -> source.onDropped(review));
    }

    /** Looks for newer keys where those that are there are old. */
    void refreshKeys() {
        jwt().ifPresent(JwtSource::refresh);
    }

    /** The keys of each source of tokens. */
    List<JwtKeys> tokenKeys() {
        return jwt().map(JwtSource::trusted).stream().toList();
    }

    private Optional<JwtSource> jwt() {
        return Optional.ofNullable(byName.get("jwt")).map(JwtSource.class::cast);
    }

    /** Passwords that are kept badly, by the configuration, the password file and the store. */
    List<WeakCredential> weakCredentials() {
        return byName.values().stream()
                .filter(PasswordSource.class::isInstance)
                .flatMap(source -> ((PasswordSource) source).weak().stream())
                .toList();
    }

    /** The users of an LDAP directory. */
    private Optional<LoginSource> ldap(Clock clock) {
        return config.ldap()
                .map(ldap -> remembering(
                        orFail(() -> new LdapSource("ldap", ldap.toSettings(), clock)), ldap.remember(), clock));
    }

    /** The users of an SQL data base. */
    private Optional<LoginSource> sql(Clock clock) {
        return config.sql()
                .map(sql -> remembering(
                        orFail(() -> new SqlLoginSource(
                                "sql", sql.toSettings(), sql.query(), sql.hashes(), hashing::matches, clock)),
                        sql.remember(),
                        clock));
    }

    /** Makes a source that says with a sentence what is wrong with its settings, and remembers to close it. */
    private LoginSource orFail(Supplier<LoginSource> make) {
        try {
            LoginSource source = make.get();
            if (source instanceof AutoCloseable closeable) {
                closing.push(closeable);
            }
            return source;
        } catch (IllegalArgumentException e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static LoginSource remembering(LoginSource source, Duration life, Clock clock) {
        return life.isZero() ? source : new RememberedLogins(source, life, REMEMBERED_MAX, clock);
    }

    /** Says in the log where passwords are kept badly: once for all, since there may be many. */
    void warn() {
        List<WeakCredential> weak = weakCredentials();
        if (!weak.isEmpty()) {
            WeakCredential first = weak.getFirst();
            LOG.warn(
                    "{} passwords are kept badly, such as that of {} in {}: {}; {} (dunlin audit lists them all)",
                    weak.size(),
                    first.user(),
                    first.source(),
                    first.why(),
                    first.fix());
        }
    }

    /**
     * The sources of a listener in the order in which they are asked.
     *
     * @throws StartFailed where it names one that is not configured
     */
    List<LoginSource> chain(String listener, ListenerSettings settings) {
        List<LoginSource> chain = new ArrayList<>();
        if (settings.useIdentityAsUsername() && !byName.containsKey(CertificateSource.NAME)) {
            chain.add(certificates.source());
        }
        List<String> wanted =
                settings.authenticationChain().isEmpty() ? config.chain() : settings.authenticationChain();
        if (wanted.isEmpty()) {
            chain.addAll(byName.values());
        }
        for (String name : wanted) {
            LoginSource source = byName.get(name);
            if (source == null) {
                throw new StartFailed("the authentication chain of listener " + listener + " names " + name
                        + ", which is not configured: known are " + byName.keySet());
            }
            chain.add(source);
        }
        chain = new ArrayList<>(certificates.withPasswords(chain));
        List<PasswordSource> passwords = chain.stream()
                .filter(PasswordSource.class::isInstance)
                .map(PasswordSource.class::cast)
                .toList();
        if (!passwords.isEmpty()) {
            chain.add(new PasswordEnd(passwords, hashing));
        }
        if (Listeners.anonymous(settings, config)) {
            chain.add(new AnonymousSource(!config.hasLogin()));
        }
        return List.copyOf(chain);
    }

    /** Whether logins may come with rights of their own: true of all places that do not only know passwords. */
    boolean bringRules() {
        return !PASSWORDS.containsAll(byName.keySet());
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) { // the others are closed all the same
                LOG.warn("a source of logins could not be closed", e);
            }
        }
    }
}
