package io.dunlin.simulation;

import io.dunlin.protocol.packet.QoS;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What one client has received, by message; deliveries from what is retained apart. */
final class Receipts {
    private byte[] times = new byte[256];
    private byte[] exactlyOnce = new byte[256];
    private int epoch;
    private final Map<Long, Integer> youngest = new HashMap<>(); // by publisher and topic
    final Map<Integer, Integer> retained = new HashMap<>(); // by topic, the last one

    /** How often it came, this time included. */
    int received(int letter) {
        if (letter >= times.length) {
            times = Arrays.copyOf(times, 2 * letter);
            exactlyOnce = Arrays.copyOf(exactlyOnce, 2 * letter);
        }
        times[letter] = (byte) Math.min(100, times[letter] + 1);
        return times[letter];
    }

    /** How often it came at QoS 2 in this session, this time included; after {@link #received}. */
    int receivedExactlyOnce(int letter, int session) {
        if (session != epoch) {
            epoch = session;
            exactlyOnce = new byte[times.length];
        }
        return ++exactlyOnce[letter];
    }

    boolean has(int letter) {
        return letter < times.length && times[letter] > 0;
    }

    /** The youngest message so far of that publisher on that topic at that QoS [MQTT-4.6.0-6], after which this one comes; -1 for none. */
    int after(Letter letter, QoS qos) {
        Integer before =
                youngest.put((long) letter.publisher << 32 | (long) letter.topic << 2 | qos.value(), letter.number);
        return before == null ? -1 : before;
    }
}
