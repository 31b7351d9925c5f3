package io.dunlin.client;

import io.dunlin.protocol.text.SaslPrep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. */
final class ScramSha256 implements Authentication {
    static final String METHOD = "SCRAM-SHA-256";

    private static final String HMAC = "HmacSHA256";
    private static final String HEADER = "n,,";
    /** Fewer would let a false server try passwords cheaply (RFC 7677, section 4); more would keep this side busy for seconds. */
    private static final int ITERATIONS_MIN = 4_096;

    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int NONCE_BYTES = 18;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String user;
    private final SecretSource secret;
    private final Supplier<String> nonces;

    ScramSha256(String user, SecretSource secret) {
        this(user, secret, ScramSha256::nonce);
    }

    ScramSha256(String user, SecretSource secret, Supplier<String> nonces) {
        String prepared = SaslPrep.prepare(user);
        if (prepared == null || prepared.isEmpty()) {
            throw new IllegalArgumentException("The user name is empty or has control characters.");
        }
        this.user = prepared;
        this.secret = secret;
        this.nonces = nonces;
    }

    private static String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public String method() {
        return METHOD;
    }

    @Override
    public Exchange start() {
        return new Login(nonces.get());
    }

    private final class Login implements Exchange {
        private final String nonce;
        private final String firstBare;
        private byte @Nullable [] expected; // the server's signature

        Login(String nonce) {
            this.nonce = nonce;
            this.firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
        }

        @Override
        public byte[] first() {
            return bytes(HEADER + firstBare);
        }

        @Override
        public byte[] answer(byte[] challenge) {
            if (expected != null) {
                throw broken("it asks again after the proof");
            }
            String serverFirst = new String(challenge, StandardCharsets.UTF_8);
            String[] parts = serverFirst.split(",", -1);
            if (parts.length < 3 // "m=" in front, an extension that we had to know, ends here too
                    || !parts[0].startsWith("r=")
                    || !parts[1].startsWith("s=")
                    || !parts[2].startsWith("i=")) {
                throw broken("its first message is not one of SCRAM");
            }
            String combined = parts[0].substring(2);
            if (!combined.startsWith(nonce) || combined.length() == nonce.length()) {
                throw broken("its nonce does not continue ours");
            }
            byte[] salted = salted(base64(parts[1].substring(2)), iterations(parts[2].substring(2)));
            String withoutProof = "c=" + base64(bytes(HEADER)) + ",r=" + combined;
            byte[] authMessage = bytes(firstBare + "," + serverFirst + "," + withoutProof);
            byte[] clientKey = hmac(salted, bytes("Client Key"));
            byte[] proof = hmac(sha256(clientKey), authMessage);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            expected = hmac(hmac(salted, bytes("Server Key")), authMessage);
            return bytes(withoutProof + ",p=" + base64(proof));
        }

        @Override
        public void finish(byte[] data) {
            String serverFinal = new String(data, StandardCharsets.UTF_8);
            byte[] signature = expected;
            if (signature == null || !serverFinal.startsWith("v=")) {
                throw new AuthenticationFailed(
                        "The server let us in without proof that it knows the password: it may not be the right one.",
                        null);
            }
            String first = serverFinal.split(",", 2)[0];
            if (!MessageDigest.isEqual(signature, base64(first.substring(2)))) {
                throw new AuthenticationFailed(
                        "The server's signature is wrong, so it does not know the password: it may not be the right one.",
                        null);
            }
        }
    }

    private static int iterations(String text) {
        int iterations;
        try {
            iterations = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw broken("its iteration count is no number");
        }
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            throw broken("it asks for " + iterations + " iterations, where " + ITERATIONS_MIN + " to " + ITERATIONS_MAX
                    + " are allowed");
        }
        return iterations;
    }

    /** PBKDF2 with one block (RFC 8018, 5.2): what RFC 5802 calls Hi. */
    private byte[] salted(byte[] salt, int iterations) {
        byte[] given;
        try {
            given = secret.read();
        } catch (IOException e) {
            throw new AuthenticationFailed("The password cannot be read: " + e.getMessage() + ".", e);
        }
        byte[] password = SaslPrep.password(given);
        if (password.length == 0) {
            throw new AuthenticationFailed("The password is empty.", null);
        }
        try {
            Mac mac = mac(password);
            byte[] last = mac.doFinal(with(salt, 1));
            byte[] sum = last.clone();
            for (int i = 1; i < iterations; i++) {
                last = mac.doFinal(last);
                for (int j = 0; j < sum.length; j++) {
                    sum[j] ^= last[j];
                }
            }
            return sum;
        } finally {
            Arrays.fill(password, (byte) 0);
            Arrays.fill(given, (byte) 0);
        }
    }

    private static byte[] with(byte[] salt, int block) {
        byte[] text = Arrays.copyOf(salt, salt.length + Integer.BYTES);
        text[text.length - 1] = (byte) block;
        return text;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        return mac(key).doFinal(text);
    }

    private static byte[] sha256(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw broken("it sent something that is not Base64");
        }
    }

    private static AuthenticationFailed broken(String what) {
        return new AuthenticationFailed("The server does not speak " + METHOD + " as it should: " + what + ".", null);
    }
}
