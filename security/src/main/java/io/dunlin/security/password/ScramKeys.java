package io.dunlin.security.password;

import io.dunlin.protocol.text.SaslPrep;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What a SCRAM-SHA-256 server keeps of a password (RFC 5802, RFC 7677). It also checks a password that is sent as such. Written
 * as {@code SCRAM-SHA-256$iterations:salt$stored key:server key}.
 */
public final class ScramKeys implements Credential {
    /** The least that RFC 7677 asks for; some 5 ms of one core. */
    public static final int ITERATIONS_DEFAULT = 4_096;

    static final String PREFIX = "SCRAM-SHA-256$";
    static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int ITERATIONS_MAX = 2_000_000; // some 2 s of one core
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    ScramKeys(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /** Derives keys with a new salt; not for a shard. */
    public static ScramKeys of(byte[] password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return of(password, salt, ITERATIONS_DEFAULT);
    }

    static ScramKeys of(byte[] password, byte[] salt, int iterations) {
        byte[] salted = salted(password, salt, iterations);
        return new ScramKeys(
                iterations, salt, storedKey(salted), Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, salted, ascii("Server Key")));
    }

    /** @throws InvalidCredential where the text has not this form */
    public static ScramKeys parse(String text) {
        String[] parts = text.split("[$:]", -1);
        try {
            if (!text.startsWith(PREFIX) || parts.length != 5) {
                throw broken();
            }
            int iterations = Integer.parseInt(parts[1]);
            byte[] salt = Base64.getDecoder().decode(parts[2]);
            byte[] storedKey = Base64.getDecoder().decode(parts[3]);
            byte[] serverKey = Base64.getDecoder().decode(parts[4]);
            boolean keys = storedKey.length == KEY_BYTES && serverKey.length == KEY_BYTES;
            if (!keys || salt.length == 0 || iterations < 1 || iterations > ITERATIONS_MAX) {
                throw broken();
            }
            return new ScramKeys(iterations, salt, storedKey, serverKey);
        } catch (IllegalArgumentException e) {
            throw broken();
        }
    }

    private static InvalidCredential broken() {
        return new InvalidCredential("it is not of the form SCRAM-SHA-256$iterations:salt$stored key:server key");
    }

    private static byte[] salted(byte[] password, byte[] salt, int iterations) {
        return Pbkdf2.derive(Pbkdf2.HMAC_SHA_256, SaslPrep.password(password), salt, iterations, KEY_BYTES);
    }

    private static byte[] storedKey(byte[] salted) {
        return sha256(Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, salted, ascii("Client Key")));
    }

    @Override
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(storedKey(salted(password, salt, iterations)), storedKey);
    }

    /** Whether the proof of a client's last message stands for the password. Microseconds. */
    boolean matchesProof(byte[] proof, byte[] authMessage) {
        byte[] clientKey = Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, storedKey, authMessage);
        if (proof.length != clientKey.length) {
            return false;
        }
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= proof[i];
        }
        return MessageDigest.isEqual(sha256(clientKey), storedKey);
    }

    /** What shows the client that the server knows the keys. */
    byte[] serverSignature(byte[] authMessage) {
        return Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, serverKey, authMessage);
    }

    int iterations() {
        return iterations;
    }

    byte[] salt() {
        return salt;
    }

    @Override
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return PREFIX + iterations + ":" + base64.encodeToString(salt) + "$" + base64.encodeToString(storedKey) + ":"
                + base64.encodeToString(serverKey);
    }

    @Override
    public String kind() {
        return "SCRAM-SHA-256, " + iterations + " iterations";
    }

    @Override
    public Optional<String> weakness() {
        return iterations >= ITERATIONS_DEFAULT
                ? Optional.empty()
                : Optional.of("SCRAM with " + iterations + " iterations is quick to try out");
    }

    /** Shows nothing of the keys. */
    @Override
    public String toString() {
        return "ScramKeys";
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
