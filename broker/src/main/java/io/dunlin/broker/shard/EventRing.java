package io.dunlin.broker.shard;

import io.dunlin.protocol.packet.QoS;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The last so many events of one lane. Written by its shard alone, without making objects once it was full; read by any thread without
 * stopping the shard: what is overwritten while it is read does not count. Its memory comes by and by.
 */
final class EventRing {
    private static final int CHUNK = 1024;
    private static final int NAMES = 3;
    private static final int NUMBERS = 3;
    private static final QoS[] QOS = QoS.values();
    private static final Happening[] HAPPENINGS = Happening.values();
    private static final VarHandle WRITTEN;

    static {
        try {
            WRITTEN = MethodHandles.lookup().findVarHandle(EventRing.class, "written", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Chunk[] chunks;
    private final int places;

    @SuppressWarnings("unused") // through WRITTEN
    private long written;

    /** @param places a power of two, 1,024 at least */
    EventRing(int places) {
        this.places = places;
        this.chunks = new Chunk[places / CHUNK];
    }

    private static final class Chunk {
        final String[] names = new String[CHUNK * NAMES];
        final long[] numbers = new long[CHUNK * NUMBERS];
    }

    /**
     * Adds one in place of the oldest. Thread: the shard.
     *
     * @param sequence by which events of the same time are in order
     * @param topic or filter, or ""
     */
    void put(
            long nanos,
            long sequence,
            Happening what,
            String client,
            String topic,
            String other,
            int qos,
            int packetId,
            int weight) {
        long at = (long) WRITTEN.get(this);
        int place = (int) (at & places - 1);
        Chunk chunk = chunks[place / CHUNK];
        if (chunk == null) {
            chunk = new Chunk();
            chunks[place / CHUNK] = chunk;
        }
        int names = place % CHUNK * NAMES;
        chunk.names[names] = client;
        chunk.names[names + 1] = topic;
        chunk.names[names + 2] = other;
        int numbers = place % CHUNK * NUMBERS;
        chunk.numbers[numbers] = nanos;
        chunk.numbers[numbers + 1] = (long) weight << 32 | (long) packetId << 16 | (long) what.ordinal() << 8 | qos;
        chunk.numbers[numbers + 2] = sequence;
        WRITTEN.setRelease(this, at + 1);
        VarHandle.storeStoreFence(); // the next one is not begun before this one counts
    }

    /** Sees the events, the last one first. */
    interface Visitor {
        /** Returns whether to go on. */
        boolean visit(
                long nanos, long sequence, Happening what, String client, String topic, String other, long numbers);
    }

    /** Shows all events to the visitor, the last one first. Thread: any. */
    void read(Visitor visitor) {
        long end = (long) WRITTEN.getAcquire(this);
        for (long at = end - 1; at >= 0 && at >= end - places; at--) {
            int place = (int) (at & places - 1);
            Chunk chunk = chunks[place / CHUNK];
            if (chunk == null) {
                return; // cannot be: it was written before
            }
            int names = place % CHUNK * NAMES;
            String client = chunk.names[names];
            String topic = chunk.names[names + 1];
            String other = chunk.names[names + 2];
            long nanos = chunk.numbers[place % CHUNK * NUMBERS];
            long numbers = chunk.numbers[place % CHUNK * NUMBERS + 1];
            long sequence = chunk.numbers[place % CHUNK * NUMBERS + 2];
            VarHandle.loadLoadFence();
            if (at <= (long) WRITTEN.getOpaque(this) - places) {
                return; // overwritten meanwhile, and so are all before it
            }
            if (!visitor.visit(
                    nanos, sequence, HAPPENINGS[(int) (numbers >>> 8) & 0xFF], client, topic, other, numbers)) {
                return;
            }
        }
    }

    static Recorded event(
            long nanos, long sequence, Happening what, String client, String topic, String other, long numbers) {
        QoS qos = QOS[(int) numbers & 0xFF];
        int packetId = (int) (numbers >>> 16) & 0xFFFF;
        int standsFor = (int) (numbers >>> 32);
        return new Recorded(nanos, sequence, what, client, topic, other, qos, packetId, standsFor);
    }

    /** Whether it has forgotten any. Thread: any. */
    boolean hasForgotten() {
        return (long) WRITTEN.getAcquire(this) > places;
    }
}
