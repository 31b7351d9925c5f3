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
 * at its characters. A topic has two slots, and where others have them it gets one now and then: topics that do not come back
 * hardly drive out those that do, and are not the collector's work. Memory is bounded (topics of more than {@value #CACHED_BYTES_MAX}
 * bytes are not kept). One for each shard; used by one thread.
 */
public final class TopicCache {
    static final int CACHED_BYTES_MAX = 256;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private static final int MISSES = 16; // of which one takes a slot from another topic

    private final @Nullable TopicName[] slots;
    private final int shift;
    private int misses;

    /** @param slots a power of two, 2 to 2^24 */
    public TopicCache(int slots) {
        if (slots < 2 || slots > 1 << 24 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("slots must be a power of two from 2 to 2^24, not " + slots);
        }
        this.slots = new @Nullable TopicName[slots];
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(slots / 2);
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
        int pair = 2 * (int) (hash(utf8, from, from + length) >>> 1 >>> shift - 1); // a shift by 64 would be none
        TopicName first = slots[pair];
        if (first != null && isSame(first, utf8, from, length)) {
            return first;
        }
        TopicName second = slots[pair + 1];
        if (second != null && isSame(second, utf8, from, length)) {
            return second;
        }
        TopicName topic = topic(utf8, from, length);
        if (first == null) {
            slots[pair] = topic;
        } else if (second == null) {
            slots[pair + 1] = topic;
        } else if (++misses % MISSES == 0) {
            slots[pair + (misses / MISSES & 1)] = topic;
        }
        return topic;
    }

    private static boolean isSame(TopicName known, byte[] utf8, int from, int length) {
        byte[] bytes = known.utf8();
        return Arrays.equals(bytes, 0, bytes.length, utf8, from, from + length);
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
