package io.dunlin.security.directory;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Clock;
import io.dunlin.security.login.Circuit;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Users of an LDAP directory: a client's password is right where the directory lets its user bind with it. Whatever the directory does
 * not answer clearly is a failure, never a yes, and never a word to the next source. Thread: any; does not block.
 */
public final class LdapSource implements LoginSource, AutoCloseable {
    private final String name;
    private final LdapLogin login;
    private final Directory directory;
    private final Circuit circuit;

    /**
     * Opens no connection yet.
     *
     * @param name as the configuration calls it
     * @throws IllegalArgumentException with a sentence that names the setting, where one cannot be used
     */
    public LdapSource(String name, LdapSettings settings, Clock clock) {
        this.name = name;
        this.directory = new Directory(settings);
        this.login = new LdapLogin(name, settings, directory);
        this.circuit = new Circuit(name, Circuit.Limits.of(settings.concurrentMax(), settings.timeout()), clock);
    }

    /** Does nothing but see whether the settings can be used; throws as the constructor does. */
    public static void check(LdapSettings settings) {
        try (Directory unused = new Directory(settings)) {
            new LdapLogin("", settings, unused);
        }
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
        String username = credentials.username();
        byte[] password = credentials.password();
        if (username == null || username.isEmpty()) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        if (password == null || password.length == 0) {
            // a bind with a name and without a password succeeds, as nobody (RFC 4513, section 5.1.2)
            return CompletableFuture.completedStage(LoginAnswer.Refused.wrong("no password"));
        }
        Map<String, String> values = Map.of(Template.USERNAME, username, Template.CLIENT_ID, credentials.clientId());
        return circuit.call(() -> login.check(values, password));
    }

    /** Closes the connections that are kept; logins under way end by themselves. */
    @Override
    public void close() {
        directory.close();
    }
}
