package io.dunlin.fleet;

import io.dunlin.client.Message;
import io.dunlin.fleet.model.Rng;
import io.dunlin.fleet.model.Span;
import io.dunlin.fleet.scenario.Group;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one device: comes and goes as the scenario says, delays, breaks, comes back after a pause that grows with
 * each failure, and keeps messages meanwhile. On the thread of the timeline.
 */
final class Line implements Uplink.Listener {
    private static final int KEPT_MAX = 1000;
    private static final double BACK_SECONDS_MAX = 60;
    private static final double NANOS = 1e9;

    /** Why a device has no connection; where there is no reason left, it connects. */
    enum Absence {
        NOT_STARTED,
        DROPPED,
        ASLEEP,
        HIDDEN,
        REBOOTING,
        /** The connection broke, and it is not yet time to try again. */
        BROKEN,
        STOPPED
    }

    /** The device at this end. */
    interface Owner {
        /** The will of the next connection, or null. */
        @Nullable
        Will will();

        void online();

        void received(String topic, byte[] payload);

        /** The last words before a DISCONNECT. */
        List<Message> farewell();
    }

    private final Timeline timeline;
    private final Group.Network network;
    private final Tally tally;
    private final Owner owner;
    private final Uplink uplink;
    private final Rng rng;
    private final Rng backOff;
    private final Set<Absence> absences = EnumSet.of(Absence.NOT_STARTED);
    private final Deque<Message> kept = new ArrayDeque<>();
    private int attempt;
    private boolean connecting;
    private boolean online;
    private int failures;
    private long lastArrival;

    Line(
            Timeline timeline,
            Group.Network network,
            Tally tally,
            Owner owner,
            Uplinks uplinks,
            Uplinks.Identity identity,
            Rng rng) {
        this.timeline = timeline;
        this.network = network;
        this.tally = tally;
        this.owner = owner;
        this.uplink = uplinks.open(identity, this);
        this.rng = rng;
        this.backOff = new Rng(rng.nextLong());
    }

    boolean isOnline() {
        return online;
    }

    boolean isAbsent(Absence absence) {
        return absences.contains(absence);
    }

    /** A reason less to be away. */
    void arrive(Absence absence) {
        absences.remove(absence);
        if (absences.isEmpty() && !online && !connecting) {
            connecting = true;
            attempt++;
            uplink.connect(attempt, owner.will());
        }
    }

    /** A reason to be away from now on. @param clean with last words and DISCONNECT */
    void leave(Absence absence, boolean clean) {
        absences.add(absence);
        if (online && clean) {
            owner.farewell().forEach(this::hand);
            uplink.disconnect();
        } else if (online || connecting) {
            uplink.cut();
        }
        down();
    }

    /** Away for that long. */
    void pause(Absence absence, boolean clean, Span seconds, Rng drawn) {
        leave(absence, clean);
        in(seconds.draw(drawn), () -> arrive(absence));
    }

    private void down() {
        if (online) {
            tally.online.decrement();
        }
        online = false;
        connecting = false;
        attempt++; // what is still heard of the old connection is no news any more
    }

    private void in(double seconds, Runnable task) {
        timeline.at(timeline.now() + (long) (seconds * NANOS), task);
    }

    void subscribe(String filter, QoS qos) {
        uplink.subscribe(filter, qos);
    }

    /** Sends a message, or keeps it until there is a connection, where asked. */
    void offer(Message message, boolean keep) {
        if (!online) {
            keep(message, keep);
            return;
        }
        double latency = network.latency().draw(rng);
        if (latency == 0 && timeline.now() >= lastArrival) {
            send(message);
            return;
        }
        lastArrival = Math.max(lastArrival, timeline.now() + (long) (latency * NANOS));
        int sentIn = attempt;
        timeline.at(lastArrival, () -> {
            if (online && attempt == sentIn) {
                send(message);
            } else {
                keep(message, message.qos() != QoS.AT_MOST_ONCE);
            }
        });
    }

    private void keep(Message message, boolean keep) {
        if (keep) {
            kept.add(message);
        }
        if (!keep || kept.size() > KEPT_MAX) {
            tally.skipped.increment();
        }
        if (kept.size() > KEPT_MAX) {
            kept.remove();
        }
    }

    private void send(Message message) {
        if (network.loss() > 0 && rng.chance(network.loss())) {
            keep(message, message.qos() != QoS.AT_MOST_ONCE);
            pause(Absence.BROKEN, false, network.back(), rng);
            return;
        }
        hand(message);
    }

    private void hand(Message message) {
        tally.published.increment();
        tally.bytes.add(message.payload().length);
        uplink.publish(message);
    }

    @Override
    public void connected(int made) {
        timeline.execute(() -> {
            if (made == attempt && connecting) {
                connecting = false;
                online = true;
                failures = 0;
                tally.online.increment();
                tally.connects.increment();
                owner.online();
                flush();
            }
        });
    }

    private void flush() {
        Message next = kept.poll();
        while (next != null && online) {
            offer(next, true);
            next = kept.poll();
        }
        if (next != null) {
            kept.addFirst(next);
        }
    }

    @Override
    public void closed(int ended, String why) {
        timeline.execute(() -> {
            if (ended == attempt && (online || connecting)) {
                (online ? tally.losses : tally.failures).increment();
                tally.lastFailure(why);
                absences.add(Absence.BROKEN);
                down();
                double seconds = Math.min(BACK_SECONDS_MAX, StrictMath.pow(2, Math.min(failures, 10)));
                failures++;
                in(seconds * backOff.between(0.5, 1.5), () -> arrive(Absence.BROKEN));
            }
        });
    }

    @Override
    public void received(String topic, byte[] payload) {
        timeline.execute(() -> owner.received(topic, payload));
    }

    @Override
    public void published(Uplink.Outcome outcome) {
        switch (outcome) {
            case DELIVERED -> tally.delivered.increment();
            case REFUSED -> tally.refused.increment();
            case LOST -> tally.lost.increment();
        }
    }
}
