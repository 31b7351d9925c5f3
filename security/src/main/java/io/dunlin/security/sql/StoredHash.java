package io.dunlin.security.sql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The forms of the column {@code password_hash}. */
public enum StoredHash {
    /** Each hash says itself what it is, such as {@code $argon2id$...}, {@code $2b$...} or {@code $7$...}. */
    AUTO,
    /** SHA-256 in hexadecimal digits over the password and the column {@code salt}. Fast to guess: for tables that exist. */
    SHA256,
    /** As {@link #SHA256}, with SHA-512. */
    SHA512;

    /** Where the salt goes. */
    public enum Salt {
        PREFIX,
        SUFFIX
    }

    /** Not for {@link #AUTO}. */
    boolean matches(String hash, String salt, Salt place, byte[] password) {
        try {
            MessageDigest digest = MessageDigest.getInstance(this == SHA256 ? "SHA-256" : "SHA-512");
            byte[] salted = salt.getBytes(StandardCharsets.UTF_8);
            if (place == Salt.PREFIX) {
                digest.update(salted);
            }
            digest.update(password);
            if (place == Salt.SUFFIX) {
                digest.update(salted);
            }
            byte[] computed = HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII);
            return MessageDigest.isEqual(computed, hash.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-2", e);
        }
    }
}
