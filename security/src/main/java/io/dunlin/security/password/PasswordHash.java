package io.dunlin.security.password;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * A hashed password in the older forms of mosquitto_passwd: {@code $7$iterations$salt$hash} (PBKDF2 with HMAC-SHA-512) is read and written,
 * {@code $6$salt$hash} (one SHA-512 over password and salt, what mosquitto 1.6 wrote) only read.
 */
public final class PasswordHash implements Credential {
    /**
     * What {@link #of} uses: some 10 ms of one core. mosquitto 2.0 writes 101, 2.1 writes 1,000. It is a compromise: after a restart
     * each of perhaps 100,000 clients has its password checked once.
     */
    public static final int ITERATIONS_DEFAULT = 10_000;

    private static final int ITERATIONS_MAX = 2_000_000; // some 2 s of one core
    private static final int SALT_BYTES = 12; // what every version of mosquitto reads
    private static final int SALT_BYTES_MAX = 128;
    private static final int HASH_BYTES = 64;
    private static final int SHA512_ONCE = 0;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a password with a new salt; not for a shard. */
    public static PasswordHash of(byte[] password, int iterations) {
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("iterations are 1 to " + ITERATIONS_MAX);
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new PasswordHash(iterations, salt, digest(iterations, salt, password));
    }

    /** @throws InvalidCredential where the text is no such hash */
    public static PasswordHash parse(String text) {
        String[] parts = text.split("\\$", -1);
        boolean pbkdf2 = parts.length == 5 && parts[1].equals("7");
        boolean sha512 = parts.length == 4 && parts[1].equals("6");
        if (!parts[0].isEmpty() || !pbkdf2 && !sha512) {
            throw new InvalidCredential("it is no hash that is known here ("
                    + "$7$, $6$, $argon2id$, $2b$, SCRAM-SHA-256$): write it with dunlin passwd");
        }
        try {
            int iterations = pbkdf2 ? Integer.parseInt(parts[2]) : SHA512_ONCE;
            byte[] salt = Base64.getDecoder().decode(parts[parts.length - 2]);
            byte[] hash = Base64.getDecoder().decode(parts[parts.length - 1]);
            if (hash.length != HASH_BYTES || salt.length > SALT_BYTES_MAX || pbkdf2 && iterations < 1) {
                throw broken();
            }
            if (iterations > ITERATIONS_MAX) {
                throw new InvalidCredential("the hash asks for more time than a login may take here (" + ITERATIONS_MAX
                        + " iterations): write it again with dunlin passwd");
            }
            return new PasswordHash(iterations, salt, hash);
        } catch (IllegalArgumentException e) {
            throw broken();
        }
    }

    private static InvalidCredential broken() {
        return new InvalidCredential("the hash is damaged: write it again with dunlin passwd");
    }

    @Override
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(digest(iterations, salt, password), hash);
    }

    private static byte[] digest(int iterations, byte[] salt, byte[] password) {
        if (iterations != SHA512_ONCE) {
            return Pbkdf2.derive(Pbkdf2.HMAC_SHA_512, password, salt, iterations, HASH_BYTES);
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            digest.update(password);
            return digest.digest(salt);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }

    @Override
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        String end = "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        return iterations == SHA512_ONCE ? "$6" + end : "$7$" + iterations + end;
    }

    @Override
    public String kind() {
        return iterations == SHA512_ONCE ? "SHA-512" : "PBKDF2, " + iterations + " iterations";
    }

    @Override
    public Optional<String> weakness() {
        if (iterations == SHA512_ONCE) {
            return Optional.of("one SHA-512 ($6$) is tried out some billion times a second");
        }
        return iterations >= ITERATIONS_DEFAULT
                ? Optional.empty()
                : Optional.of("PBKDF2 with " + iterations + " iterations is quick to try out");
    }

    /** Shows nothing of the hash. */
    @Override
    public String toString() {
        return "PasswordHash";
    }
}
