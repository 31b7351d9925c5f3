package io.dunlin.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where a password comes from. It is asked anew for each connection, so that a file or an environment may change, from a thread
 * of the client that may wait a little.
 */
@FunctionalInterface
public interface SecretSource {
    /**
     * The secret, most often text in UTF-8, in an array that nobody else keeps: the caller may wipe it.
     *
     * @throws IOException where it cannot be had now; connecting fails with it as the cause
     */
    byte[] read() throws IOException;

    /**
     * An environment variable.
     *
     * @throws IllegalArgumentException where it is not set
     */
    static SecretSource env(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "The environment variable " + name + " is not set: export it before the program starts.");
        }
        return () -> value.getBytes(StandardCharsets.UTF_8);
    }

    /** The content of a file, without the line end that an editor puts there. */
    static SecretSource file(Path path) {
        return () -> {
            byte[] content = Files.readAllBytes(path);
            int length = content.length;
            length -= length > 0 && content[length - 1] == '\n' ? 1 : 0;
            length -= length > 0 && length < content.length && content[length - 1] == '\r' ? 1 : 0;
            return Arrays.copyOf(content, length);
        };
    }

    /** These characters; the array is copied and may be wiped afterwards. */
    static SecretSource of(char[] secret) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        byte[] kept = new byte[encoded.remaining()];
        encoded.get(kept);
        return kept::clone;
    }
}
