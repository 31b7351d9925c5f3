package io.dunlin.server;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.security.ConfiguredAuthenticator;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The users of the configuration and of the password file as a source of a chain. */
final class PasswordLogins implements LoginSource {
    private final ConfiguredAuthenticator users;

    PasswordLogins(ConfiguredAuthenticator users) {
        this.users = users;
    }

    @Override
    public String name() {
        return "users";
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        if (credentials.username() == null) {
            return CompletableFuture.completedStage(LoginAnswer.UNKNOWN);
        }
        return users.authenticate(credentials).thenApply(outcome -> switch (outcome) {
            case Outcome.Accepted accepted ->
                new LoginAnswer.Accepted(accepted.principal().username(), Login.of(name()));
            case Outcome.Refused refused -> new LoginAnswer.Refused(refused.reason(), refused.message());
            case Outcome.Continue _ -> throw new IllegalStateException("a password needs one step");
        });
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
