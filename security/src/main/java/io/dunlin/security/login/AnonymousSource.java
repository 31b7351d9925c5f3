package io.dunlin.security.login;

import io.dunlin.broker.port.Authenticator.Credentials;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lets clients in without a login; stands last in the chain of a listener that says so, and in no other. */
public final class AnonymousSource implements LoginSource {
    public static final String NAME = "anonymous";

    private static final LoginAnswer IN = new LoginAnswer.Accepted(null, Login.of(NAME));

    private final boolean open;

    /**
     * @param open whether clients with a user name come in as anonymous ones too: right only where there is no login at all that could
     *     be checked
     */
    public AnonymousSource(boolean open) {
        this.open = open;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        boolean nameless = credentials.username() == null && credentials.password() == null;
        return CompletableFuture.completedStage(open || nameless ? IN : LoginAnswer.UNKNOWN);
    }
}
