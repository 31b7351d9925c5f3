package io.dunlin.security.password;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC and PBKDF2 (RFC 8018) over bytes. The JDK's own PBKDF2 takes characters, and MQTT passwords are any bytes. Takes about 1 µs for
 * each iteration: not for a shard.
 */
final class Pbkdf2 {
    static final String HMAC_SHA_256 = "HmacSHA256";
    static final String HMAC_SHA_512 = "HmacSHA512";

    private Pbkdf2() {}

    /** @param length of the result in bytes, at least 1 */
    static byte[] derive(String hmac, byte[] password, byte[] salt, int iterations, int length) {
        Mac mac = mac(hmac, password);
        byte[] result = new byte[length];
        int block = 1;
        for (int from = 0; from < length; from += mac.getMacLength()) {
            mac.update(salt);
            byte[] last = mac.doFinal(ByteBuffer.allocate(4).putInt(block++).array());
            byte[] sum = last.clone();
            for (int i = 1; i < iterations; i++) {
                last = mac.doFinal(last);
                for (int k = 0; k < sum.length; k++) {
                    sum[k] ^= last[k];
                }
            }
            System.arraycopy(sum, 0, result, from, Math.min(sum.length, length - from));
        }
        return result;
    }

    static byte[] hmac(String algorithm, byte[] key, byte[] data) {
        return mac(algorithm, key).doFinal(data);
    }

    private static Mac mac(String algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            // HMAC fills keys up with zeros, so one zero is the same key as the empty one, which the JDK does not take
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
