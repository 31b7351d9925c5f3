package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import org.jspecify.annotations.Nullable;

/**
 * The last messages of topics while somebody wants to see them: bounded by the bytes of each and of all, and where there are too many,
 * that goes which was written longest ago. Thread: the shard; a {@link Value} may be read by others.
 */
final class LastValues {
    /** What is larger is not kept; {@link Message#weight}. */
    static final int VALUE_BYTES_MAX = 17 << 10;

    private final long bytesMax;
    private long bytes;
    private @Nullable Value oldest;
    private @Nullable Value newest;

    LastValues(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The place of one topic's value, which is its place in the order, too. */
    static final class Value implements TopicFigures.LastMessage {
        private @Nullable Message message; // null while it has none, and is in no order
        private @Nullable Value older;
        private @Nullable Value newer;

        @Override
        public @Nullable Message get() {
            return message;
        }
    }

    /** @param message not of another topic than the last time */
    void put(Value value, Message message) {
        Message before = value.message;
        if (before != null) {
            bytes -= before.weight();
        }
        int weight = message.weight();
        if (weight > VALUE_BYTES_MAX) {
            value.message = null;
            if (before != null) {
                unlink(value);
            }
            return;
        }
        value.message = message;
        bytes += weight;
        if (value != newest) {
            if (before != null) {
                unlink(value);
            }
            link(value);
        }
        while (bytes > bytesMax && oldest != null) {
            drop(oldest);
        }
    }

    private void link(Value value) {
        Value last = newest;
        value.older = last;
        newest = value;
        if (last == null) {
            oldest = value;
        } else {
            last.newer = value;
        }
    }

    private void unlink(Value value) {
        Value older = value.older;
        Value newer = value.newer;
        value.older = null;
        value.newer = null;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
    }

    /** Its topic is not remembered any more. */
    void drop(Value value) {
        Message message = value.message;
        if (message != null) {
            value.message = null;
            bytes -= message.weight();
            unlink(value);
        }
    }

    /** Nobody looks any more. */
    void clear() {
        while (oldest != null) {
            drop(oldest);
        }
    }

    long bytes() {
        return bytes;
    }
}
