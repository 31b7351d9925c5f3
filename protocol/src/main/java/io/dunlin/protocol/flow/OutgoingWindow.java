package io.dunlin.protocol.flow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages that one side has sent and the other has not finished, by packet identifier, in the order in which
 * they were first sent. Identifiers are given out in a circle through 1 to 65,535 and never while in use [MQTT-2.2.1-3]
 * [MQTT-2.2.1-4]. Not thread-safe.
 */
public final class OutgoingWindow<T> {
    public static final int MESSAGES_MAX = 65_535;

    private static final int CAPACITY_MIN = 8;
    private static final int COUNT_BITS = 12;

    // An identifier has its place at id & (length - 1); a place holds at most one, so an identifier whose place is
    // taken
    // is skipped. The table is kept at most half full.
    private int[] ids = new int[CAPACITY_MIN];
    private long[] order = new long[CAPACITY_MIN];
    private @Nullable Object[] messages = new Object[CAPACITY_MIN];
    private int size;
    private int lastId;
    private long sequence;

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size >= MESSAGES_MAX - 1;
    }

    /** The identifier that the next {@link #add} gives. The window must not be full. */
    public int nextId() {
        if (isFull()) {
            throw new IllegalStateException("all packet identifiers are in use");
        }
        if (size * 2 >= ids.length && ids.length <= MESSAGES_MAX) {
            grow();
        }
        int id = lastId;
        do {
            id = id == 65_535 ? 1 : id + 1;
        } while (ids[place(id)] != 0);
        return id;
    }

    /** Takes a message in and gives it its packet identifier. The window must not be full. */
    public int add(T message) {
        return add(message, 0);
    }

    /**
     * The same, for who asks {@link #oldestAt} later.
     *
     * @param at when this is, in units of the caller and since a beginning of its own: less than 2^35, and not less than before
     */
    public int add(T message, long at) {
        int id = nextId();
        lastId = id;
        sequence = Math.max(sequence, at << COUNT_BITS);
        put(id, message);
        return id;
    }

    /**
     * When the oldest of those in use was added, as {@link #add(Object, long)} was told; -1 where there is none. Others than the
     * thread that adds may ask, and hear roughly how it was a moment ago. Looks at all of them.
     */
    public long oldestAt() {
        int[] used = ids;
        long[] orders = order;
        long oldest = Long.MAX_VALUE;
        for (int place = 0; place < used.length && place < orders.length; place++) {
            if (used[place] != 0) {
                oldest = Math.min(oldest, orders[place]);
            }
        }
        return oldest == Long.MAX_VALUE ? -1 : oldest >>> COUNT_BITS;
    }

    /** Takes in a message whose identifier is known from earlier, at a restart; it comes after those already here. */
    public void restore(int id, T message) {
        while (ids[place(id)] != 0 || size * 2 >= ids.length && ids.length <= MESSAGES_MAX) {
            if (ids[place(id)] == id) {
                throw new IllegalStateException("packet identifier " + id + " is in use");
            }
            grow();
        }
        lastId = id;
        put(id, message);
    }

    private void put(int id, T message) {
        int place = place(id);
        order[place] = sequence++; // a time, and a count where it stands still
        ids[place] = id;
        messages[place] = message;
        size++;
    }

    @SuppressWarnings("unchecked")
    public @Nullable T get(int id) {
        int place = place(id);
        return id != 0 && ids[place] == id ? (T) messages[place] : null;
    }

    /** Takes the message out and frees its identifier; null where it has none. */
    public @Nullable T remove(int id) {
        T message = get(id);
        if (message != null) {
            int place = place(id);
            ids[place] = 0;
            messages[place] = null;
            size--;
        }
        return message;
    }

    /** All identifiers in use, in the order of first sending [MQTT-4.6.0-1]. */
    public int[] idsInOrder() {
        long[] byOrder = new long[size];
        int n = 0;
        for (int place = 0; place < ids.length; place++) {
            if (ids[place] != 0) {
                byOrder[n++] = order[place] << 16 | ids[place];
            }
        }
        Arrays.sort(byOrder);
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            result[i] = (int) (byOrder[i] & 0xFFFF);
        }
        return result;
    }

    private int place(int id) {
        return id & ids.length - 1;
    }

    private void grow() {
        int[] oldIds = ids;
        long[] oldOrder = order;
        @Nullable Object[] oldMessages = messages;
        ids = new int[oldIds.length * 2];
        order = new long[ids.length];
        messages = new Object[ids.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int place = place(oldIds[i]);
                ids[place] = oldIds[i];
                order[place] = oldOrder[i];
                messages[place] = oldMessages[i];
            }
        }
    }
}
