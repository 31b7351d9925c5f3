package io.dunlin.console.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key for programs. Of its secret only a digest is kept: it has 256 bits from a random generator, so that nobody needs to slow down
 * guesses.
 *
 * @param id the part of the key that is not secret
 * @param digest SHA-256 of the secret part, as hex
 * @param by who has made it
 * @param expires null for never
 */
record ApiKey(
        String name,
        Role role,
        String id,
        String digest,
        Instant created,
        String by,
        @Nullable Instant expires) {
    @Override
    public String toString() {
        return name + " (" + role.text() + ")";
    }
}
