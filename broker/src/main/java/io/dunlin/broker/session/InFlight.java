package io.dunlin.broker.session;

import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.session.WaitingMessage.State;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages that were sent to a client and not yet finished by it, within its Receive Maximum. It outlives the
 * connection; while there is none, messages that the journal has are not in memory. A QoS 2 message that the journal has is
 * written to the connection only once its packet identifier is stored: the client knows it by that after a restart. Thread: the
 * shard.
 */
final class InFlight {
    private static final int READ_AT_ONCE = 128;
    private static final int LARGE_BYTES = 16 << 10;

    /** Times in the window are in units of 17 ms: of 35 bits, they last for 18 years. */
    private static final int SINCE_BITS = 24;

    private final Session session;
    private @Nullable OutgoingWindow<Delivery> window; // from the first message on

    private int unwritten; // begun, but not written before the journal has what they or one before them wait for

    // for the connection
    private int quota; // how many more messages the client takes now [MQTT-4.9.0-1]
    private int receiveMaximum;
    private @Nullable ArrayDeque<Integer> resends; // in flight since an earlier connection, beyond the quota so far
    private boolean resendWaits; // for the journal

    InFlight(Session session) {
        this.session = session;
    }

    void attach(int newReceiveMaximum) {
        receiveMaximum = newReceiveMaximum;
        quota = receiveMaximum;
        resendWaits = false;
        OutgoingWindow<Delivery> sent = window;
        if (sent != null && sent.size() > 0) {
            resends = new ArrayDeque<>();
            for (int id : sent.idsInOrder()) {
                resends.add(id);
            }
        }
    }

    void detach() {
        resends = null;
        for (Delivery delivery : inOrder()) {
            if (delivery.isLoaded() && delivery.isStored() && delivery.group == null) {
                session.shard().backlog().inMemory(-delivery.weight);
                delivery.unload();
            }
        }
    }

    /** The session is over: what a shared group can give to others goes there [MQTT-4.8.2-5]. */
    void end() {
        List<Delivery> all = inOrder();
        window = null;
        resends = null;
        for (Delivery delivery : all) {
            if (delivery.group != null && delivery.qos == QoS.AT_LEAST_ONCE && delivery.isLoaded()) {
                session.context().router().redeliver(delivery.group, delivery.message(), session);
            }
            leave(delivery);
        }
    }

    int size() {
        OutgoingWindow<Delivery> sent = window;
        return sent == null ? 0 : sent.size();
    }

    /** Gives some of its messages, in the order of their first sending. */
    void show(int skip, int max, Glimpse glimpse) {
        OutgoingWindow<Delivery> sent = window;
        int[] ids = sent == null ? new int[0] : sent.idsInOrder();
        for (int i = skip; i < ids.length && i - skip < max; i++) {
            Delivery delivery = sent == null ? null : sent.get(ids[i]);
            if (delivery != null) {
                State state = delivery.released ? State.RELEASED : delivery.sent ? State.SENT : State.BEGUN;
                glimpse.add(delivery, state, ids[i]);
            }
        }
    }

    /** Whether a new message can go out now. */
    boolean hasRoom() {
        return quota > 0 && resends == null;
    }

    /** Sends a message for the first time. */
    void begin(PublishOutput to, Delivery delivery) {
        if (Messages.isExpired(delivery.message(), session.shard())) { // [MQTT-3.3.2-5]
            session.context().counters().increment(Counter.DROPPED_EXPIRED);
            session.shard().recorder().lost(Happening.EXPIRED, session.clientId(), delivery.message());
            session.outgoing().settled(delivery);
            return;
        }
        OutgoingWindow<Delivery> sent = window;
        if (sent == null) {
            sent = new OutgoingWindow<>();
            window = sent;
        }
        int id = sent.nextId();
        if (delivery.isStored() && delivery.qos == QoS.EXACTLY_ONCE) {
            delivery.sendableFrom = session.append(sentRecord(delivery, id));
        }
        if (unwritten > 0
                || delivery.sendableFrom != Journal.NOTHING && !session.answersAtOnce(delivery.sendableFrom)) {
            enter(sent, delivery);
            unwritten++;
            session.whenStored(delivery.sendableFrom, () -> {
                unwritten--;
                writeLater(to, id, delivery);
            });
        } else if (write(to, delivery, id)) {
            enter(sent, delivery); // [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]
            unloadLarge(delivery);
        } else { // [MQTT-3.1.2-25]
            session.outgoing().settled(delivery);
        }
    }

    private void writeLater(PublishOutput to, int id, Delivery delivery) {
        OutgoingWindow<Delivery> sent = window;
        if (session.outgoing().isWriting(to) && sent != null && sent.get(id) == delivery && !delivery.sent) {
            writeUnlessExpired(to, sent, id, delivery);
        }
    }

    /** Its time may have run out while it waited for the journal, or for the client to come back. */
    private void writeUnlessExpired(PublishOutput to, OutgoingWindow<Delivery> sent, int id, Delivery delivery) {
        boolean expired = !delivery.sent && Messages.isExpired(delivery.message(), session.shard());
        if (expired) { // [MQTT-3.3.2-5]
            session.context().counters().increment(Counter.DROPPED_EXPIRED);
            session.shard().recorder().lost(Happening.EXPIRED, session.clientId(), delivery.message());
        }
        if (!expired && write(to, delivery, id)) {
            unloadLarge(delivery);
        } else {
            finish(sent, id);
        }
    }

    private boolean write(PublishOutput to, Delivery delivery, int id) {
        boolean written = to.write(
                delivery.message(), delivery.qos, delivery.sent, delivery.retain, id, delivery.subscriptionIds());
        if (written && !delivery.sent && delivery.isStored() && delivery.qos == QoS.AT_LEAST_ONCE) {
            session.note(sentRecord(delivery, id));
        }
        delivery.sent = true;
        if (written) {
            session.shard().recorder().sent(session.clientId(), delivery.message(), delivery.qos, id);
        } else {
            session.shard().recorder().lost(Happening.TOO_LARGE, session.clientId(), delivery.message());
        }
        return written;
    }

    /** A large message that the journal has need not be in memory until the client has acknowledged it. */
    private void unloadLarge(Delivery delivery) {
        if (delivery.weight >= LARGE_BYTES && delivery.isStored() && delivery.isLoaded() && delivery.group == null) {
            session.shard().backlog().inMemory(-delivery.weight);
            delivery.unload();
        }
    }

    private JournalRecord sentRecord(Delivery delivery, int id) {
        return new JournalRecord.Sent(session.clientId(), delivery.position(), id);
    }

    private void enter(OutgoingWindow<Delivery> sent, Delivery delivery) {
        sent.add(delivery, session.shard().tickNanos() - session.shard().startNanos() >> SINCE_BITS);
        session.shard().backlog().waiting(1, delivery.weight);
        session.shard().backlog().inMemory(delivery.weight);
        quota--; // [MQTT-4.9.0-2]
    }

    private void leave(Delivery delivery) {
        session.shard().backlog().waiting(-1, -delivery.weight);
        if (delivery.isLoaded()) {
            session.shard().backlog().inMemory(-delivery.weight);
        }
    }

    private void finish(OutgoingWindow<Delivery> sent, int id) {
        Delivery delivery = sent.remove(id);
        if (delivery != null) {
            quota = Math.min(quota + 1, receiveMaximum);
            leave(delivery);
            session.outgoing().settled(delivery);
        }
    }

    // ---- resending

    /** Sends again what was not finished on an earlier connection, as far as the client takes it [MQTT-4.4.0-1] [MQTT-4.6.0-1]. */
    void resend(PublishOutput to) {
        OutgoingWindow<Delivery> sent = window;
        ArrayDeque<Integer> ids = resends;
        while (ids != null && sent != null && !ids.isEmpty() && !to.isBusy() && !resendWaits) {
            int id = ids.element();
            Delivery delivery = sent.get(id);
            if (delivery == null) {
                ids.remove();
            } else if (delivery.released) {
                ids.remove();
                session.send(new Pubrel(id));
                quota--; // it is unacknowledged until PUBCOMP [MQTT-3.3.4-9]
            } else if (quota <= 0) {
                return;
            } else if (!session.answersAtOnce(delivery.sendableFrom)) {
                resendWaits = true;
                session.whenStored(delivery.sendableFrom, () -> resume(to));
            } else if (!delivery.isLoaded()) {
                read(to, sent, ids);
            } else {
                ids.remove();
                quota--;
                writeUnlessExpired(to, sent, id, delivery);
            }
        }
        if (ids != null && ids.isEmpty()) {
            resends = null;
        }
    }

    private void resume(PublishOutput to) {
        if (session.outgoing().isWriting(to)) {
            resendWaits = false;
            session.outgoing().pump();
        }
    }

    private void read(PublishOutput to, OutgoingWindow<Delivery> sent, ArrayDeque<Integer> ids) {
        List<Delivery> wanted = new ArrayList<>();
        for (int id : ids) {
            Delivery delivery = sent.get(id);
            if (delivery != null && !delivery.isLoaded() && !delivery.released && wanted.size() < READ_AT_ONCE) {
                wanted.add(delivery);
            }
        }
        long[] references =
                wanted.stream().mapToLong(delivery -> delivery.reference).toArray();
        resendWaits = true;
        session.shard()
                .journal()
                .read(
                        session.clientId(),
                        references,
                        session.shard().executor(),
                        loaded -> session.shard().guarded("messages read for " + session, () -> {
                            if (session.outgoing().isWriting(to)) {
                                take(sent, wanted, loaded);
                                resume(to);
                            }
                        }));
    }

    private void take(OutgoingWindow<Delivery> sent, List<Delivery> wanted, List<@Nullable Loaded> loaded) {
        for (int i = 0; i < loaded.size(); i++) {
            Delivery delivery = wanted.get(i);
            Loaded each = loaded.get(i);
            if (each == null) {
                session.context().counters().increment(Counter.DROPPED_UNREADABLE);
                giveUp(sent, delivery);
            } else if (!delivery.isLoaded()) {
                int before = delivery.weight;
                delivery.load(each);
                session.shard().backlog().waiting(0, delivery.weight - before);
                session.shard().backlog().inMemory(delivery.weight);
            }
        }
    }

    /** It cannot be sent again. At QoS 2 the client may have it and wait for PUBREL: its identifier is not free before PUBCOMP. */
    private void giveUp(OutgoingWindow<Delivery> sent, Delivery delivery) {
        for (int id : sent.idsInOrder()) {
            if (sent.get(id) != delivery) {
                continue;
            }
            if (delivery.qos == QoS.EXACTLY_ONCE && delivery.sent) {
                delivery.released = true;
                session.note(new JournalRecord.Received(session.clientId(), delivery.position(), id));
            } else {
                quota--; // it was not counted yet on this connection
                finish(sent, id);
            }
        }
    }

    // ---- answers

    /** @return whether it freed a place */
    boolean onPuback(Puback puback) {
        OutgoingWindow<Delivery> sent = window;
        Delivery delivery = sent == null ? null : sent.get(puback.packetId());
        if (sent == null || delivery == null) {
            return false;
        }
        if (delivery.qos != QoS.AT_LEAST_ONCE) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBACK for a QoS 2 message");
        }
        finish(sent, puback.packetId()); // also with an error [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        return true;
    }

    /** @return whether it freed a place */
    boolean onPubrec(Pubrec pubrec) {
        OutgoingWindow<Delivery> sent = window;
        Delivery delivery = sent == null ? null : sent.get(pubrec.packetId());
        if (sent == null || delivery == null) {
            if (!pubrec.reason().isError()) {
                session.send(new Pubrel(
                        pubrec.packetId(),
                        ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                        ReasonString.of("no message waits for this PUBREC")));
            }
            return false;
        }
        if (delivery.qos != QoS.EXACTLY_ONCE) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBREC for a QoS 1 message");
        }
        if (pubrec.reason().isError()) { // [MQTT-4.4.0-2] [MQTT-4.8.2-6]
            finish(sent, pubrec.packetId());
            return true;
        }
        release(new Pubrel(pubrec.packetId()), delivery); // [MQTT-4.3.3-4]
        return false;
    }

    private void release(Pubrel release, Delivery delivery) {
        long position = Journal.NOTHING;
        if (!delivery.released && delivery.isStored()) {
            position = session.append(
                    new JournalRecord.Received(session.clientId(), delivery.position(), release.packetId()));
        }
        delivery.released = true;
        if (session.answersAtOnce(position)) {
            session.send(release);
            return;
        }
        Link to = session.link();
        session.whenStored(position, () -> {
            if (session.link() == to) {
                session.send(release);
            }
        });
    }

    /** @return whether it freed a place */
    boolean onPubcomp(Pubcomp pubcomp) {
        OutgoingWindow<Delivery> sent = window;
        Delivery delivery = sent == null ? null : sent.get(pubcomp.packetId());
        if (sent == null || delivery == null) {
            return false;
        }
        if (!delivery.released) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBCOMP before PUBREC");
        }
        finish(sent, pubcomp.packetId());
        return true;
    }

    // ---- looking

    /** How many the client takes at once on this connection, 0 before the first one. */
    int receiveMaximum() {
        return receiveMaximum;
    }

    /** How long the oldest is under way, 0 where none is; of an earlier run, since the start. Thread: any, for a rough answer. */
    long unacknowledgedNanos(long nowNanos) {
        OutgoingWindow<Delivery> sent = window;
        long at = sent == null ? -1 : sent.oldestAt();
        return at < 0 ? 0 : Math.max(0, nowNanos - session.shard().startNanos() - (at << SINCE_BITS));
    }

    /** The packet identifiers of the messages of this topic, of those in memory; null for the topic: of those that are not. */
    List<Integer> idsOf(@Nullable TopicName topic) {
        List<Integer> ids = new ArrayList<>();
        OutgoingWindow<Delivery> sent = window;
        if (sent != null) {
            for (int id : sent.idsInOrder()) {
                Delivery delivery = sent.get(id);
                TopicName its = delivery == null || !delivery.isLoaded()
                        ? null
                        : delivery.message().topic();
                if (delivery != null && Objects.equals(its, topic)) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    // ---- checkpoints

    void mark(Journal.Marks marks) {
        for (Delivery delivery : inOrder()) {
            if (delivery.isStored()) {
                marks.message(delivery.position());
            }
        }
    }

    List<SessionState.InFlight> state() {
        List<SessionState.InFlight> state = new ArrayList<>();
        OutgoingWindow<Delivery> sent = window;
        if (sent != null) {
            for (int id : sent.idsInOrder()) {
                Delivery delivery = sent.get(id);
                if (delivery != null && delivery.isStored()) {
                    state.add(new SessionState.InFlight(delivery.reference, id, delivery.released));
                }
            }
        }
        return state;
    }

    /** Takes in what an earlier run left; once, while it is empty. */
    void restore(List<SessionState.InFlight> state) {
        if (state.isEmpty()) {
            return;
        }
        OutgoingWindow<Delivery> sent = new OutgoingWindow<>();
        window = sent;
        for (SessionState.InFlight each : state) {
            Delivery delivery = new Delivery(each.reference());
            delivery.released = each.released();
            delivery.sent = true;
            sent.restore(each.packetId(), delivery);
            session.shard().backlog().waiting(1, 0);
        }
    }

    private List<Delivery> inOrder() {
        List<Delivery> all = new ArrayList<>();
        OutgoingWindow<Delivery> sent = window;
        if (sent != null && sent.size() > 0) {
            for (int id : sent.idsInOrder()) {
                Delivery delivery = sent.get(id);
                if (delivery != null) {
                    all.add(delivery);
                }
            }
        }
        return all;
    }
}
