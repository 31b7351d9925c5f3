package io.dunlin.security;

/** What the broker keeps of a user's password: enough to check it, not to know it. Immutable. */
public sealed interface Credential permits PasswordHash, ScramKeys {
    /** Whether this is the password. Takes milliseconds, the same for right and wrong ones: not for a shard. */
    boolean matches(byte[] password);

    /**
     * Reads a stored form: {@code $7$…} and {@code $6$…} as mosquitto_passwd writes them, {@code SCRAM-SHA-256$…} as PostgreSQL does.
     *
     * @throws InvalidCredential where it is none, with a sentence that says why and does not show it
     */
    static Credential parse(String stored) {
        if (stored.startsWith(ScramKeys.PREFIX)) {
            return ScramKeys.parse(stored);
        }
        return PasswordHash.parse(stored);
    }

    /** Whether a text is meant as a stored form rather than as a password itself. */
    static boolean isStoredForm(String text) {
        return text.startsWith(ScramKeys.PREFIX) || text.startsWith("$7$") || text.startsWith("$6$");
    }
}
