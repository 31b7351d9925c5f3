package io.dunlin.server;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.ConfiguredAuthenticator;
import io.dunlin.security.PasswordFile;
import io.dunlin.security.Users;
import io.dunlin.server.config.AuthenticationConfig;
import io.dunlin.server.config.Listeners;
import io.dunlin.server.config.ServerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * The users of the configuration. Where no login is configured at all, a client on an anonymous listener that sends a user
 * name all the same comes in as an anonymous one, since nothing was checked. Thread: any.
 */
final class Logins implements Authenticator {
    private final ConfiguredAuthenticator users;
    private volatile Set<String> openListeners;

    /** @param users out of {@link #read} */
    Logins(Users users, ServerConfig config, Clock clock) {
        this.users = new ConfiguredAuthenticator(users, ConfiguredAuthenticator.Limits.DEFAULTS, clock);
        this.openListeners = open(config);
    }

    /**
     * Reads the users and the password file.
     *
     * @throws io.dunlin.security.InvalidCredential where the password file or a stored password cannot be used
     */
    static Users read(AuthenticationConfig config) {
        Map<String, String> secrets = new HashMap<>();
        config.users().forEach((name, user) -> secrets.put(name, user.password().value()));
        Optional<PasswordFile> file = config.passwordFile().map(PasswordFile::new);
        return Users.of(secrets, file.orElse(null));
    }

    /** Serves these users from now on. */
    void replace(Users others, ServerConfig config) {
        openListeners = open(config);
        users.users(others);
    }

    private static Set<String> open(ServerConfig config) {
        if (config.authentication().hasLogin()) {
            return Set.of();
        }
        return config.listeners().entrySet().stream()
                .filter(listener -> Listeners.anonymous(listener.getValue(), config.authentication()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        if (openListeners.contains(credentials.connection().listener())) {
            return CompletableFuture.completedStage(
                    new Outcome.Accepted(new Principal(credentials.clientId(), null), null));
        }
        return users.authenticate(credentials);
    }

    @Override
    public List<String> methods() {
        return users.methods();
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        return users.begin(method, credentials);
    }
}
