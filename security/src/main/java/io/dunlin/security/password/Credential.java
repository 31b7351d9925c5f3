package io.dunlin.security.password;

import java.util.Optional;

/** What the broker keeps of a user's password: enough to check it, not to know it. Immutable. */
public sealed interface Credential permits Argon2Hash, BcryptHash, PasswordHash, ScramKeys {
    /** Whether this is the password. Takes milliseconds, the same for right and wrong ones: not for a shard. */
    boolean matches(byte[] password);

    /** The stored form, which {@link #parse} reads. A secret: for files that few may read, never for logs. */
    String text();

    /** The kind and its cost, for people: {@code argon2id, 19 MiB, 2 passes}. Says nothing of the password. */
    String kind();

    /** Why a thief of the stored form would have an easy time with it, half a sentence; empty where he would not. */
    Optional<String> weakness();

    /** Whether there is a {@link #weakness}. */
    default boolean isWeak() {
        return weakness().isPresent();
    }

    /** The memory that one check takes, in KiB; 0 for next to none. */
    default int memoryKib() {
        return 0;
    }

    /**
     * Reads a stored form: {@code $7$…}, {@code $6$…} and {@code $argon2id$…} as mosquitto_passwd writes them, {@code $2b$…} (bcrypt) as
     * htpasswd does, {@code SCRAM-SHA-256$…} as PostgreSQL does.
     *
     * @throws InvalidCredential where it is none, with a sentence that says why and does not show it
     */
    static Credential parse(String stored) {
        if (stored.startsWith(ScramKeys.PREFIX)) {
            return ScramKeys.parse(stored);
        }
        if (stored.startsWith(Argon2Hash.PREFIX)) {
            return Argon2Hash.parse(stored);
        }
        if (stored.startsWith(BcryptHash.PREFIX)) {
            return BcryptHash.parse(stored);
        }
        return PasswordHash.parse(stored);
    }

    /** Whether a text is meant as a stored form rather than as a password itself. */
    static boolean isStoredForm(String text) {
        return text.startsWith(ScramKeys.PREFIX)
                || text.startsWith(Argon2Hash.PREFIX)
                || BcryptHash.isMeant(text)
                || text.startsWith("$7$")
                || text.startsWith("$6$");
    }
}
