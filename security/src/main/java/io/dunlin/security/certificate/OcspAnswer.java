package io.dunlin.security.certificate;

import java.time.Instant;

/** What a responder says of a certificate. */
sealed interface OcspAnswer {
    /** @param until when it has to be asked again */
    record Good(Instant until) implements OcspAnswer {}

    record Revoked(Instant at, Instant until) implements OcspAnswer {}

    /** It knows nothing of this certificate. */
    record Unknown(Instant until) implements OcspAnswer {}

    /**
     * It did not answer, or not so that it could be believed.
     *
     * @param why for the log
     * @param isDown whether it would not answer about any certificate
     */
    record None(String why, boolean isDown) implements OcspAnswer {
        None(String why) {
            this(why, false);
        }
    }
}
