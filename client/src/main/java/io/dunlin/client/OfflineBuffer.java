package io.dunlin.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What may wait here until the server takes it: messages published without a connection, and those beyond the window of
 * messages in flight. Immutable.
 *
 * @param messagesMax how many may wait, at least 1
 * @param bytesMax how many bytes they may have: topic, payload, properties and 64 for each
 * @param whenFull what happens to a message that finds no room
 * @param file where messages of QoS 1 and 2, and what else waits, are kept so that they outlive this process; null for memory
 * @param forced whether each change of that file is forced to the device: then a power cut loses nothing either, and each
 *     publish waits for the device
 */
public record OfflineBuffer(
        int messagesMax,
        long bytesMax,
        WhenFull whenFull,
        @Nullable Path file,
        boolean forced) {
    /** 100,000 messages and 64 MiB in memory; a publish beyond that fails. */
    public static final OfflineBuffer DEFAULT = new OfflineBuffer(100_000, 64L << 20, WhenFull.FAIL, null, false);

    /** Nothing waits: without a connection a publish fails at once. */
    public static final OfflineBuffer NONE = new OfflineBuffer(0, 0, WhenFull.FAIL, null, false);

    /** What happens when the buffer is full. Each loss is counted and told to onDrop, and the publish it concerns fails. */
    public enum WhenFull {
        /** The new message is refused with {@link LimitExceeded}. */
        FAIL,
        /** The oldest message of QoS 0 goes; where there is none, as FAIL. */
        DROP_OLDEST_QOS0,
        /** The oldest message that is not on its way yet goes, whatever its QoS. */
        DROP_OLDEST
    }

    public OfflineBuffer {
        if (messagesMax < 0 || bytesMax < 0) {
            throw new IllegalArgumentException("The bounds of the offline buffer must be 0 or more.");
        }
    }

    public OfflineBuffer withMessages(int most) {
        return new OfflineBuffer(most, bytesMax, whenFull, file, forced);
    }

    public OfflineBuffer withBytes(long most) {
        return new OfflineBuffer(messagesMax, most, whenFull, file, forced);
    }

    public OfflineBuffer whenFull(WhenFull policy) {
        return new OfflineBuffer(messagesMax, bytesMax, policy, file, forced);
    }

    /**
     * Kept in this file, with the state of QoS 1 and 2, so that the next process goes on where this one was killed. Needs a
     * client id and a session that the server keeps.
     */
    public OfflineBuffer inFile(Path path) {
        return new OfflineBuffer(messagesMax, bytesMax, whenFull, path, forced);
    }

    public OfflineBuffer withForce(boolean each) {
        return new OfflineBuffer(messagesMax, bytesMax, whenFull, file, each);
    }
}
