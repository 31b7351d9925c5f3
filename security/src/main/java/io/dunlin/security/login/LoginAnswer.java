package io.dunlin.security.login;

import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What a {@link LoginSource} says of a client. */
public sealed interface LoginAnswer {
    /** It is this user. {@code username} may differ from the one that the client gave, and is null for an anonymous client. */
    record Accepted(@Nullable String username, Login login) implements LoginAnswer {}

    /**
     * It knows the client and refuses it: no other source is asked.
     *
     * @param message for the log; the client hears the reason code, and nothing that helps it guess
     */
    record Refused(ReasonCode reason, String message) implements LoginAnswer {
        /** A wrong password, signature or proof. */
        public static Refused wrong(String message) {
            return new Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, message);
        }
    }

    /** It knows nothing of this client: the next source is asked. */
    record Unknown() implements LoginAnswer {}

    Unknown UNKNOWN = new Unknown();
}
