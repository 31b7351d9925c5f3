package io.dunlin.cli.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The time in a message: a mark, then nanoseconds since 1970, which processes of one machine share. */
final class Stamp {
    static final int BYTES = 16;
    private static final long MARK = 0x44756e6c696e2042L; // "Dunlin B"

    /** What to add to the JVM's clock; taken once, so that a step of the machine's clock disturbs nothing. */
    private static final long EPOCH_OFFSET =
            TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();

    private Stamp() {}

    /** A message of the same length as the model that left, or should have left, at that time of the JVM's clock. */
    static byte[] put(byte[] model, long nanos) {
        byte[] payload = model.clone();
        ByteBuffer.wrap(payload).putLong(MARK).putLong(nanos + EPOCH_OFFSET);
        return payload;
    }

    /** When the message should have left, by the JVM's clock; {@link Long#MIN_VALUE} where it does not say. */
    static long nanos(byte[] payload) {
        if (payload.length < BYTES) {
            return Long.MIN_VALUE;
        }
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        return buffer.getLong() == MARK ? buffer.getLong() - EPOCH_OFFSET : Long.MIN_VALUE;
    }
}
