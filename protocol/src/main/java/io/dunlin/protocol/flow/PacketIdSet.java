package io.dunlin.protocol.flow;

import java.util.Arrays;

/**
 * The packet identifiers of QoS 2 messages that were received and not yet released by PUBREL (MQTT 5, section 4.3.3). As few
 * as the receive maximum allows, so a plain array is searched. Not thread-safe.
 */
public final class PacketIdSet {
    private int[] ids = new int[4];
    private int size;

    public int size() {
        return size;
    }

    public boolean contains(int id) {
        return indexOf(id) >= 0;
    }

    /** @return false where it was there before */
    public boolean add(int id) {
        if (indexOf(id) >= 0) {
            return false;
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
        }
        ids[size++] = id;
        return true;
    }

    /** @return false where it was not there */
    public boolean remove(int id) {
        int index = indexOf(id);
        if (index < 0) {
            return false;
        }
        ids[index] = ids[--size];
        return true;
    }

    private int indexOf(int id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }
}
