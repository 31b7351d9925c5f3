package io.dunlin.broker.shard;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Happening.Lane;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What has happened on one shard lately: a flight recorder that always runs, bounded in memory and in time. Each lane keeps all that
 * happens as long as that is not more than its budget, else one in so many, evenly, and each says for how many it stands. A message that
 * is not kept costs a count and no object. Thread: the shard, where a method does not say otherwise.
 */
public final class Recorder {
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int WINDOWS_PER_SECOND = 10;
    private static final int TEXT_MAX = 256;

    private final Shard shard;
    private final long startNanos;
    private final Flow[] flows;
    private final Flow published;
    private final Flow delivered;
    private long windowNanos;
    private long sequence;
    private boolean thinned; // whether any flow keeps less than all

    Recorder(Shard shard, long startNanos) {
        this.shard = shard;
        this.startNanos = startNanos;
        this.windowNanos = startNanos;
        Lane[] lanes = Lane.values();
        flows = new Flow[lanes.length];
        for (Lane lane : lanes) {
            flows[lane.ordinal()] = new Flow(lane);
        }
        published = flows[Lane.PUBLISHED.ordinal()];
        delivered = flows[Lane.DELIVERED.ordinal()];
    }

    /** One lane, and which of its events are kept. */
    private static final class Flow {
        final EventRing ring;
        final int keptMax; // in a window, before it is thinned further
        int untilNext = 1;
        int every = 1; // one in so many is kept
        long seen; // in this window, as many as those stand for that were kept
        int kept; // in this window

        Flow(Lane lane) {
            ring = new EventRing(lane.places);
            keptMax = lane.perSecond / WINDOWS_PER_SECOND;
        }

        /** A window has passed, or many in which nothing happened. */
        void next(long nanos) {
            long all = (seen + every - untilNext) * WINDOW_NANOS / nanos;
            every = (int) Math.max(1, Math.ceilDiv(all, keptMax));
            untilNext = Math.min(untilNext, every);
            seen = 0;
            kept = 0;
        }

        /** Counts the one that is kept, and returns for how many it stands. */
        int keep() {
            int standsFor = every;
            seen += standsFor;
            if (++kept > keptMax) { // much more than in the window before
                every = Math.min(every * 2, 1 << 20);
                kept = keptMax / 2;
            }
            untilNext = every;
            return standsFor;
        }
    }

    // ---- writing

    /** A message was taken. */
    public void published(Message message, boolean anybody) {
        if (--published.untilNext <= 0) {
            keep(
                    published,
                    anybody ? Happening.PUBLISHED : Happening.NOBODY,
                    message.publisher(),
                    topic(message.topic()),
                    "",
                    message.qos(),
                    0);
        }
    }

    /** A shared group chose this member for a message. */
    public void chose(String group, String member, Message message) {
        if (--published.untilNext <= 0) {
            keep(published, Happening.GROUP_CHOSE, member, topic(message.topic()), group, message.qos(), 0);
        }
    }

    /** A message was written to the connection of a client. */
    public void sent(String client, Message message, QoS qos, int packetId) {
        if (--delivered.untilNext <= 0) {
            keep(delivered, Happening.SENT, client, topic(message.topic()), message.publisher(), qos, packetId);
        }
    }

    /** Messages of QoS 0 were written to the connection of a client. */
    public void sent(String client, List<Message> messages) {
        if (delivered.untilNext > messages.size()) {
            delivered.untilNext -= messages.size();
            return;
        }
        for (int i = 0; i < messages.size(); i++) {
            sent(client, messages.get(i), QoS.AT_MOST_ONCE, 0);
        }
    }

    /** A message waits for a client. */
    public void queued(String client, Message message, QoS qos) {
        if (--delivered.untilNext <= 0) {
            keep(delivered, Happening.QUEUED, client, topic(message.topic()), message.publisher(), qos, 0);
        }
    }

    /** A message to a client was not sent. */
    public void lost(Happening why, String client, Message message) {
        note(why, client, topic(message.topic()), message.publisher(), message.qos());
    }

    /** A message of a client was not taken. */
    public void refused(Happening why, String client, TopicName topic, QoS qos, String reason) {
        note(why, client, topic(topic), reason, qos);
    }

    /**
     * Something else happened to a client.
     *
     * @param about a filter, or ""
     */
    public void note(Happening what, String client, String about, String reason) {
        note(what, client, cut(about), reason, QoS.AT_MOST_ONCE);
    }

    private void note(Happening what, String client, String topic, String other, QoS qos) {
        Flow flow = flows[what.lane().ordinal()];
        if (--flow.untilNext <= 0) {
            keep(flow, what, client, topic, other, qos, 0);
        }
    }

    private void keep(Flow flow, Happening what, String client, String topic, String other, QoS qos, int packetId) {
        long nanos = shard.tickNanos(); // may begin a new window
        int standsFor = flow.keep();
        thinned |= flow.every > 1;
        flow.ring.put(nanos, ++sequence, what, cut(client), topic, cut(other), qos.value(), packetId, standsFor);
    }

    // The text, since a name keeps its bytes and levels as well.
    private static String topic(TopicName topic) {
        return cut(topic.text());
    }

    /** As long as texts are kept: memory is bounded, whatever clients send. */
    public static String cut(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
    }

    /** The time of a tick: how much is kept follows how much happens. */
    void tick(long nanos) {
        if (nanos - windowNanos >= WINDOW_NANOS) {
            long passed = nanos - windowNanos;
            windowNanos = nanos;
            boolean less = false;
            for (Flow flow : flows) {
                flow.next(passed);
                less |= flow.every > 1;
            }
            thinned = less;
        }
    }

    /** Whether it has to be told the time to keep more again. */
    boolean isThinned() {
        return thinned;
    }

    // ---- reading

    /** Says which events are wanted. */
    public interface Filter {
        boolean takes(Happening what, String client, String topic);
    }

    /**
     * How much of a lane is known.
     *
     * @param sinceNanos all before this time is forgotten
     * @param standsForMax the most that one event stands for: 1 where all are there
     */
    public record Reach(long sinceNanos, int standsForMax) {}

    /**
     * Adds the events since a time that the filter takes, the last one of each lane first. Thread: any; never stops the shard.
     *
     * @return how far each lane reaches back
     */
    public Map<Lane, Reach> read(long sinceNanos, Filter filter, List<Recorded> into) {
        Map<Lane, Reach> reach = new EnumMap<>(Lane.class);
        for (Lane lane : Lane.values()) {
            EventRing ring = flows[lane.ordinal()].ring;
            long[] known = {startNanos, 1};
            if (ring.hasForgotten()) {
                known[0] = Long.MAX_VALUE;
            }
            ring.read((nanos, sequence, what, client, topic, other, numbers) -> {
                known[0] = Math.min(known[0], nanos);
                if (nanos - sinceNanos < 0) {
                    return false;
                }
                known[1] = Math.max(known[1], numbers >>> 32);
                if (filter.takes(what, client, topic)) {
                    into.add(EventRing.event(nanos, sequence, what, client, topic, other, numbers));
                }
                return true;
            });
            reach.put(lane, new Reach(known[0], (int) known[1]));
        }
        return Collections.unmodifiableMap(reach);
    }
}
