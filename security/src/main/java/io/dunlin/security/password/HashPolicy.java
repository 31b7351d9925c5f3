package io.dunlin.security.password;

/**
 * How new passwords are hashed: by argon2id of this cost.
 *
 * @param memoryKib memory of one hash
 * @param passes over that memory
 */
public record HashPolicy(int memoryKib, int passes) {
    public static final HashPolicy DEFAULT = new HashPolicy(Argon2Hash.MEMORY_KIB_DEFAULT, Argon2Hash.PASSES_DEFAULT);

    /** Hashes a password; some 50 ms with the defaults: not for a shard. */
    public Credential hash(byte[] password) {
        return Argon2Hash.of(password, memoryKib, passes);
    }

    /** Whether a credential is to be replaced when its password is at hand: it is weak, and the one of this policy is better. */
    public boolean improves(Credential credential) {
        return credential.isWeak() && !(credential instanceof Argon2Hash argon && argon.isAtLeast(memoryKib, passes));
    }

    /** The better credential; one that serves SCRAM goes on serving it. Takes as long as {@link #hash}. */
    public Credential improved(Credential credential, byte[] password) {
        return credential instanceof ScramKeys ? ScramKeys.of(password) : hash(password);
    }
}
