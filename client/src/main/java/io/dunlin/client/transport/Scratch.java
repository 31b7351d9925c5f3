package io.dunlin.client.transport;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Buffers that the connections of one loop take turns to use, so that an idle connection needs none. Each is for one kind of
 * stage, which leaves nothing in it between two events. One thread.
 */
final class Scratch {
    private static final int BYTES = 64 * 1024;
    private static final int MASKS = 256;

    /** What a socket read. */
    final ByteBuffer read = ByteBuffer.allocate(BYTES);
    /** What goes into a socket, gathered from many small pieces. */
    final ByteBuffer gathered = ByteBuffer.allocateDirect(BYTES);

    private final SecureRandom random = new SecureRandom();
    private final byte[] masks = new byte[MASKS * Integer.BYTES];
    private int masksUsed = masks.length;
    private ByteBuffer plain = ByteBuffer.allocate(0);
    private ByteBuffer sealed = ByteBuffer.allocate(0);
    private ByteBuffer framed = ByteBuffer.allocate(0);

    /** What TLS opened; empty, with room for so many bytes. */
    ByteBuffer plain(int bytesMin) {
        if (plain.capacity() < bytesMin) {
            plain = ByteBuffer.allocate(Math.max(bytesMin, BYTES / 2));
        }
        return plain.clear();
    }

    /** What TLS sealed; empty, with room for so many bytes. */
    ByteBuffer sealed(int bytesMin) {
        if (sealed.capacity() < bytesMin) {
            sealed = ByteBuffer.allocate(Math.max(bytesMin, BYTES));
        }
        return sealed.clear();
    }

    /** A WebSocket frame; empty. */
    ByteBuffer framed() {
        if (framed.capacity() == 0) {
            framed = ByteBuffer.allocate(BYTES);
        }
        return framed.clear();
    }

    /** A WebSocket mask that nobody can foresee (RFC 6455, 5.3). */
    int mask() {
        if (masksUsed == masks.length) {
            random.nextBytes(masks);
            masksUsed = 0;
        }
        int mask = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            mask = mask << 8 | masks[masksUsed++] & 0xFF;
        }
        return mask;
    }

    SecureRandom random() {
        return random;
    }
}
