package io.dunlin.security.password;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.generators.BCrypt;

/**
 * A password hashed by bcrypt, {@code $2b$cost$} and 53 characters, as {@code htpasswd -B} writes it. Only read. Like everywhere, bytes
 * of a password after the 72nd do not count; one with a zero in it, which others cut off there, is never the right one.
 */
public final class BcryptHash implements Credential {
    static final String PREFIX = "$2";
    private static final int LENGTH = 60;
    private static final int COST_MIN = 4;
    private static final int COST_MAX = 16; // some 4 s of one core
    private static final int COST_STRONG = 10;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 23; // of 24, by the form
    private static final int PASSWORD_BYTES_MAX = 72;
    private static final String LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final String variant;
    private final int cost;
    private final byte[] salt;
    private final byte[] hash;

    private BcryptHash(String variant, int cost, byte[] salt, byte[] hash) {
        this.variant = variant;
        this.cost = cost;
        this.salt = salt;
        this.hash = hash;
    }

    /** Whether a text looks like such a hash rather than like a password that begins with these two characters. */
    static boolean isMeant(String text) {
        return text.startsWith("$2a$") || text.startsWith("$2b$") || text.startsWith("$2y$");
    }

    /** @throws InvalidCredential where the text is no such hash, or one that costs too much */
    public static BcryptHash parse(String text) {
        if (!isMeant(text)) {
            throw new InvalidCredential(
                    "of bcrypt $2a$, $2b$ and $2y$ are known: write another hash with dunlin passwd");
        }
        boolean number =
                text.length() == LENGTH && text.charAt(6) == '$' && isDigit(text.charAt(4)) && isDigit(text.charAt(5));
        if (!number) {
            throw damaged();
        }
        int cost = Integer.parseInt(text, 4, 6, 10);
        if (cost < COST_MIN || cost > COST_MAX) {
            throw new InvalidCredential("bcrypt with cost " + cost + " is not taken (" + COST_MIN + " to " + COST_MAX
                    + "): write another hash with dunlin passwd");
        }
        byte[] salt = decode(text.substring(7, 29), SALT_BYTES);
        byte[] hash = decode(text.substring(29), HASH_BYTES);
        return new BcryptHash(text.substring(0, 4), cost, salt, hash);
    }

    private static InvalidCredential damaged() {
        return new InvalidCredential("the bcrypt hash is damaged: write it again with dunlin passwd");
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Base 64 with letters of its own; bits that are left over at the end do not count. */
    private static byte[] decode(String text, int length) {
        byte[] bytes = new byte[length];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = LETTERS.indexOf(text.charAt(i));
            if (value < 0) {
                throw damaged();
            }
            held = held << 6 | value;
            bits += 6;
            if (bits >= 8 && at < length) {
                bits -= 8;
                bytes[at++] = (byte) (held >> bits);
            }
        }
        return bytes;
    }

    private static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (byte b : bytes) {
            held = held << 8 | b & 0xFF;
            bits += 8;
            while (bits >= 6) {
                bits -= 6;
                text.append(LETTERS.charAt(held >> bits & 0x3F));
            }
        }
        if (bits > 0) {
            text.append(LETTERS.charAt(held << 6 - bits & 0x3F));
        }
        return text.toString();
    }

    @Override
    public boolean matches(byte[] password) {
        byte[] key = Arrays.copyOf(password, Math.min(password.length, PASSWORD_BYTES_MAX));
        byte[] full = BCrypt.generate(key, salt, cost, true);
        boolean equal = MessageDigest.isEqual(Arrays.copyOf(full, HASH_BYTES), hash);
        for (byte b : password) {
            equal &= b != 0;
        }
        return equal;
    }

    @Override
    public String text() {
        String number = cost < 10 ? "0" + cost : Integer.toString(cost);
        return variant + number + "$" + encode(salt) + encode(hash);
    }

    @Override
    public String kind() {
        return "bcrypt, cost " + cost;
    }

    @Override
    public Optional<String> weakness() {
        return cost >= COST_STRONG
                ? Optional.empty()
                : Optional.of("bcrypt with cost " + cost + " is quick to try out");
    }

    /** Shows nothing of the hash. */
    @Override
    public String toString() {
        return "BcryptHash";
    }
}
