package io.dunlin.broker.port;

import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Says who a client is: every client, one without a user name or with a certificate too. It may be asked on any shard and must not block: slow work goes to a thread of its own. */
public interface Authenticator {
    /** Decides about a CONNECT without an authentication method. An exceptional stage counts as a refusal, SERVER_UNAVAILABLE. */
    CompletionStage<Outcome> authenticate(Credentials credentials);

    /** The names of enhanced authentication methods (MQTT 5, section 4.12), exactly as they stand on the wire. */
    List<String> methods();

    /** Begins an exchange of a method out of {@link #methods}, at CONNECT. */
    Exchange begin(String method, Credentials credentials);

    /** The same at re-authentication, of a client that has long been let in. */
    default Exchange beginAgain(String method, Credentials credentials) {
        return begin(method, credentials);
    }

    /** What a client showed. The password is the array of the packet. */
    record Credentials(
            String clientId, @Nullable String username, byte @Nullable [] password, ConnectionInfo connection) {}

    /** One enhanced authentication under way; used by one client, one call at a time. */
    interface Exchange {
        /** @param data the authentication data of CONNECT or AUTH, empty where there was none */
        CompletionStage<Outcome> next(byte[] data);
    }

    /** What came of it. */
    sealed interface Outcome {
        /** @param data for the CONNACK or the last AUTH of an enhanced exchange, else null */
        record Accepted(Principal principal, byte @Nullable [] data) implements Outcome {}

        /** Another round: AUTH 0x18 with this data. Only from an {@link Exchange}. */
        record Continue(byte[] data) implements Outcome {}

        /** @param reason 0x80 or above, all that the client hears @param message for logs and events @param serverReference for USE_ANOTHER_SERVER and SERVER_MOVED, else null */
        record Refused(
                ReasonCode reason, String message, @Nullable String serverReference) implements Outcome {
            public Refused(ReasonCode reason, String message) {
                this(reason, message, null);
            }
        }
    }
}
