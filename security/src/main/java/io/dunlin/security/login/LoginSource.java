package io.dunlin.security.login;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Principal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One place where logins are checked: a password file, a token, a directory. The chain of a listener asks one after the other until one
 * knows the client. Thread: any, many at a time; must not block, slow work goes to a virtual thread.
 */
public interface LoginSource {
    /** As the configuration calls it, such as {@code password-file}; also the label of its figures. */
    String name();

    /**
     * Checks what a client showed in its CONNECT.
     *
     * @return an exceptional stage, or one that takes longer than the chain waits, refuses the client: nobody further is asked
     */
    CompletionStage<LoginAnswer> check(Credentials credentials);

    /** The enhanced authentication methods (MQTT 5, section 4.12) that it serves. */
    default List<String> methods() {
        return List.of();
    }

    /** Begins an exchange of a method out of {@link #methods}; its {@code Accepted} carries a {@link Login} as identity. */
    default Exchange begin(String method, Credentials credentials) {
        throw new IllegalArgumentException(name() + " has no method " + method);
    }

    /**
     * Whether exchanges of the sources behind it are its business too: it is asked first, its refusal counts, and the user that it
     * finds has to be the one that the exchange proves.
     */
    default boolean bindsExchanges() {
        return false;
    }

    /**
     * Whether a client that this source let in may stay, asked after each reload and after each change of a user: why not, where its
     * user is gone, locked or has another password now. A changed role is no reason: rights are looked up again.
     */
    default Optional<String> whyGone(Principal principal, Login login) {
        return Optional.empty();
    }
}
