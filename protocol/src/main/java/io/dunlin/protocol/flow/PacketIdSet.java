package io.dunlin.protocol.flow;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The packet identifiers of QoS 2 messages that were received and not yet released by PUBREL (MQTT 5, section 4.3.3). A few
 * are searched in a plain array; many, which only an odd client holds, become a set of bits. Not thread-safe.
 */
public final class PacketIdSet {
    private static final int FEW_MAX = 64;

    private int[] few = new int[4];
    private @Nullable BitSet many;
    private int size;

    public int size() {
        return size;
    }

    public boolean contains(int id) {
        return many == null ? indexOf(id) >= 0 : many.get(id);
    }

    /** @return false where it was there before */
    public boolean add(int id) {
        if (contains(id)) {
            return false;
        }
        if (many == null && size == FEW_MAX) {
            BitSet bits = new BitSet();
            for (int known : few) {
                bits.set(known);
            }
            many = bits;
        }
        if (many != null) {
            many.set(id);
        } else {
            if (size == few.length) {
                few = Arrays.copyOf(few, size * 2);
            }
            few[size] = id;
        }
        size++;
        return true;
    }

    /** @return false where it was not there */
    public boolean remove(int id) {
        if (many != null) {
            if (!many.get(id)) {
                return false;
            }
            many.clear(id);
            size--;
            if (size == 0) {
                many = null;
            }
            return true;
        }
        int index = indexOf(id);
        if (index < 0) {
            return false;
        }
        few[index] = few[--size];
        return true;
    }

    /** All of them, in no particular order. */
    public int[] toArray() {
        return many != null ? many.stream().toArray() : Arrays.copyOf(few, size);
    }

    private int indexOf(int id) {
        for (int i = 0; i < size; i++) {
            if (few[i] == id) {
                return i;
            }
        }
        return -1;
    }
}
