package io.dunlin.simulation;

import io.dunlin.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a client keeps on its own disk: its half of the session state (MQTT 5, section 4.1), and what it is subscribed to. */
final class ClientState {
    /** A message of its own on the way to the broker. */
    static final class Out {
        final Letter letter;
        boolean released; // PUBREC came

        Out(Letter letter) {
            this.letter = letter;
        }
    }

    final Map<Integer, Out> outbound = new LinkedHashMap<>(); // by packet identifier, in the order of first sending
    final Map<Integer, Integer> inbound = new TreeMap<>(); // QoS 2, identifier to letter, until PUBREL
    final Map<String, Span> active = new LinkedHashMap<>();
    final List<Span> spans = new ArrayList<>(); // all there ever were
    int epoch; // grows whenever the broker's half may be lost

    private int lastId;

    /** A packet identifier that is in use nowhere. */
    int newId(Map<Integer, ?> alsoUsed) {
        do {
            lastId = lastId % 40 + 1; // few, so that they are soon used again
        } while (outbound.containsKey(lastId) || alsoUsed.containsKey(lastId));
        return lastId;
    }

    Span span(String filter, QoS qos, long step) {
        Span known = active.get(filter);
        if (known != null && known.certainUntil == Span.NEVER) {
            return known;
        }
        Span span = new Span(filter, qos, epoch, step);
        active.put(filter, span);
        spans.add(span);
        return span;
    }

    /** The broker's half may be gone from now on; this half is dropped. */
    void forget(long step) {
        epoch++;
        outbound.clear();
        inbound.clear();
        active.clear();
        for (Span span : spans) {
            span.ends(step);
        }
    }

    /** All subscriptions of earlier epochs are over for certain. */
    void earlierAreOver(long step) {
        for (Span span : spans) {
            if (span.epoch < epoch) {
                span.over(step);
            }
        }
    }

    @Nullable
    Out out(int id) {
        return outbound.get(id);
    }
}
