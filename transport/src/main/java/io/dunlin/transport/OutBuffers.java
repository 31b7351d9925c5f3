package io.dunlin.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Heap buffers that connections collect their outgoing bytes in until they flush; kept for the next use, in three sizes. The
 * most that waits here is 5 MiB. Thread: the shard's.
 */
final class OutBuffers {
    static final int SMALL = 2 << 10;
    static final int MIDDLE = 8 << 10;
    static final int LARGE = 64 << 10;

    private final ArrayDeque<ByteBuffer> small = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> middle = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> large = new ArrayDeque<>();

    /** An empty buffer of at least this capacity. */
    ByteBuffer take(int bytes) {
        if (bytes <= SMALL) {
            return take(small, SMALL);
        }
        if (bytes <= MIDDLE) {
            return take(middle, MIDDLE);
        }
        return bytes <= LARGE ? take(large, LARGE) : ByteBuffer.allocate(bytes);
    }

    private static ByteBuffer take(ArrayDeque<ByteBuffer> stack, int capacity) {
        ByteBuffer waiting = stack.pollFirst();
        return waiting == null ? ByteBuffer.allocate(capacity) : waiting;
    }

    /** Takes back a buffer that came from {@link #take}. */
    void give(ByteBuffer buffer) {
        buffer.clear();
        switch (buffer.capacity()) {
            case SMALL -> give(small, 1024, buffer);
            case MIDDLE -> give(middle, 128, buffer);
            case LARGE -> give(large, 32, buffer);
            default -> {
                // of its own size: garbage
            }
        }
    }

    private static void give(ArrayDeque<ByteBuffer> stack, int kept, ByteBuffer buffer) {
        if (stack.size() < kept) {
            stack.addFirst(buffer);
        }
    }
}
