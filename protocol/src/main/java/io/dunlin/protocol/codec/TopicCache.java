package io.dunlin.protocol.codec;

import io.dunlin.protocol.topic.TopicName;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Topic names by their bytes, so that a topic that comes again costs a hash and a comparison: no objects, and no second look
 * at its characters. A direct-mapped table: each topic has one slot and the latest wins it, so memory is bounded (topics of
 * more than {@value #CACHED_BYTES_MAX} bytes are not kept). One for each shard; used by one thread.
 */
public final class TopicCache {
    static final int CACHED_BYTES_MAX = 256;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final @Nullable TopicName[] slots;
    private final int shift;

    /** @param slots a power of two, 2 to 2^24 */
    public TopicCache(int slots) {
        if (slots < 2 || slots > 1 << 24 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("slots must be a power of two from 2 to 2^24, not " + slots);
        }
        this.slots = new @Nullable TopicName[slots];
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(slots);
    }

    /**
     * The topic in the remaining bytes, which are taken.
     *
     * @throws io.dunlin.protocol.packet.ProtocolError where they are no well-formed string
     * @throws io.dunlin.protocol.topic.InvalidTopic where they are no topic name
     */
    public TopicName intern(ByteBuffer utf8) {
        int length = utf8.remaining();
        if (utf8.hasArray()) {
            int from = utf8.arrayOffset() + utf8.position();
            utf8.position(utf8.limit());
            return intern(utf8.array(), from, length);
        }
        byte[] copy = new byte[length];
        utf8.get(copy);
        return intern(copy, 0, length);
    }

    /** As the other; the array is not kept. */
    public TopicName intern(byte[] utf8, int from, int length) {
        if (length > CACHED_BYTES_MAX) {
            return topic(utf8, from, length);
        }
        int slot = (int) (hash(utf8, from, from + length) >>> shift);
        TopicName known = slots[slot];
        if (known != null) {
            byte[] bytes = known.utf8();
            if (Arrays.equals(bytes, 0, bytes.length, utf8, from, from + length)) {
                return known;
            }
        }
        TopicName topic = topic(utf8, from, length);
        slots[slot] = topic;
        return topic;
    }

    private static TopicName topic(byte[] utf8, int from, int length) {
        return TopicName.of(Utf8.decode(utf8, from, length), Arrays.copyOfRange(utf8, from, from + length));
    }

    private static long hash(byte[] bytes, int from, int to) {
        long hash = (long) to - from;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(bytes, i)) * MIX;
            hash ^= hash >>> 32;
        }
        long rest = 0;
        for (; i < to; i++) {
            rest = rest << 8 | bytes[i] & 0xFF;
        }
        hash = (hash ^ rest) * MIX;
        return (hash ^ hash >>> 29) * MIX;
    }
}
