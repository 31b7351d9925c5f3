package io.dunlin.security.password;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A digest of several texts that says nothing to those who do not have the secret. Some 2 µs. */
final class KeyedDigest {
    private KeyedDigest() {}

    /** @param length of the result in bytes, at most 32 */
    static byte[] of(byte[] secret, int length, byte[]... texts) {
        int size = 0;
        for (byte[] text : texts) {
            size += 4 + text.length;
        }
        ByteBuffer data = ByteBuffer.allocate(size);
        for (byte[] text : texts) {
            data.putInt(text.length).put(text);
        }
        return Arrays.copyOf(Pbkdf2.hmac(Pbkdf2.HMAC_SHA_256, secret, data.array()), length);
    }
}
