package io.dunlin.simulation;

import io.dunlin.protocol.packet.QoS;
import java.util.BitSet;

/** One subscription of a client from SUBSCRIBE to its end, as far as the client can know it. Times are steps. */
final class Span {
    static final long NEVER = Long.MAX_VALUE;

    final String filter;
    final QoS qos;
    final int epoch; // of the client's session
    final long possibleFrom; // SUBSCRIBE went out
    long certainFrom = NEVER; // SUBACK came
    long certainUntil = NEVER; // something went out that may end it
    long possibleUntil = NEVER; // it is over
    private final BitSet matchKnown = new BitSet();
    private final BitSet match = new BitSet();

    Span(String filter, QoS qos, int epoch, long possibleFrom) {
        this.filter = filter;
        this.qos = qos;
        this.epoch = epoch;
        this.possibleFrom = possibleFrom;
    }

    boolean isShared() {
        return filter.startsWith("$share/");
    }

    boolean matches(Topics topics, int topic) {
        if (!matchKnown.get(topic)) {
            matchKnown.set(topic);
            String plain = isShared() ? filter.substring(filter.indexOf('/', "$share/".length()) + 1) : filter;
            match.set(topic, Topics.matches(plain, topics.name(topic).text()));
        }
        return match.get(topic);
    }

    void ends(long step) {
        certainUntil = Math.min(certainUntil, step);
    }

    void over(long step) {
        ends(step);
        possibleUntil = Math.min(possibleUntil, step);
    }
}
