package io.dunlin.broker.session;

import io.dunlin.broker.port.BrokerOptions.QueuePolicy;
import io.dunlin.broker.port.BrokerOptions.SessionLimits;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.Recipient;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a client: a window of messages in flight, and a queue before it. QoS 0 is written or dropped at once; QoS 1 and
 * 2 enter the window while the client's Receive Maximum allows, else the queue, which is bounded by count and bytes. Queue and
 * window outlive the connection. Thread: the shard.
 */
final class Outgoing {
    /** Beyond this much pending on the socket, QoS 1 and 2 messages wait in the queue. */
    static final long BUSY_BYTES = 256 << 10;

    /** A client that has been too slow for this long slows nobody any more: its messages wait or are dropped. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Session session;
    private @Nullable OutgoingWindow<Delivery> window; // these two from the first QoS 1 or 2 message on
    private @Nullable ArrayDeque<Delivery> queue;
    private long queueBytes;
    private @Nullable RetainedFeeds feeds; // while retained messages are being sent

    // for the connection
    private @Nullable PublishOutput output;
    private int quota; // how many more QoS 1 and 2 messages the client takes now [MQTT-4.9.0-1]
    private int receiveMaximum;
    private @Nullable ArrayDeque<Integer> resends; // in flight since an earlier connection, beyond the quota so far
    private long slowSinceNanos;
    private boolean slow;

    Outgoing(Session session) {
        this.session = session;
    }

    // ---- the connection

    void attach(Link link, Negotiated negotiated) {
        output = new PublishOutput(link, negotiated.aliasesOut());
        receiveMaximum = negotiated.receiveMaximum();
        quota = receiveMaximum;
        slow = false;
        OutgoingWindow<Delivery> inFlight = window;
        if (inFlight != null && inFlight.size() > 0) {
            resends = new ArrayDeque<>();
            for (int id : inFlight.idsInOrder()) {
                resends.add(id);
            }
        }
        pump();
    }

    void detach() {
        output = null;
        resends = null;
        if (queue != null) {
            giveAway(queue, true);
        }
    }

    /** The session is over: what a shared group can give to others goes there [MQTT-4.8.2-5]. */
    void end() {
        if (queue != null) {
            giveAway(queue, false);
            queue.forEach(delivery -> account(delivery, -1));
            queue = null;
        }
        OutgoingWindow<Delivery> inFlight = window;
        if (inFlight != null) {
            for (int id : inFlight.idsInOrder()) {
                Delivery delivery = inFlight.remove(id);
                if (delivery != null) {
                    account(delivery, -1);
                    if (delivery.group != null && delivery.qos == QoS.AT_LEAST_ONCE) {
                        redeliver(delivery, delivery.group);
                    }
                }
            }
        }
        window = null;
        feeds = null;
        queueBytes = 0;
    }

    // Messages of shared groups that were not begun go to members that can take them now.
    private void giveAway(ArrayDeque<Delivery> from, boolean toConnected) {
        from.removeIf(delivery -> {
            SharedGroup group = delivery.group;
            if (group == null || toConnected && !group.hasOtherConnected(session) || !redeliver(delivery, group)) {
                return false;
            }
            account(delivery, -1);
            queueBytes -= delivery.message.weight();
            settled(delivery);
            return true;
        });
    }

    private boolean redeliver(Delivery delivery, SharedGroup group) {
        return session.context().router().redeliver(group, delivery.message, session);
    }

    // ---- deliveries

    /** @return whether its publishers should slow down */
    boolean deliver(Message message, Recipient recipient, @Nullable SharedGroup group, long position) {
        QoS qos = message.qos().atMost(recipient.qos()); // [MQTT-3.8.4-8] [MQTT-4.8.2-3]
        boolean retain = message.retain() && recipient.retainAsPublished(); // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
        return offer(message, qos, retain, recipient.subscriptionIds(), group, position);
    }

    boolean offer(
            Message message,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            @Nullable SharedGroup group,
            long position) {
        PublishOutput to = output;
        if (qos == QoS.AT_MOST_ONCE) {
            return to != null && writeAtMostOnce(to, message, retain, subscriptionIds);
        }
        Delivery delivery = new Delivery(message, qos, retain, subscriptionIds, group, position);
        account(delivery, 1);
        if (to != null && quota > 0 && isEmpty(queue) && isEmpty(resends) && !to.isBusy()) {
            begin(to, delivery);
            return false;
        }
        return enqueue(delivery);
    }

    private boolean writeAtMostOnce(PublishOutput to, Message message, boolean retain, int[] subscriptionIds) {
        long pending = to.pendingBytes();
        if (pending > session.context().core().options().sessions().socketBytesMax()) {
            session.context().counters().increment(Counter.DROPPED_SOCKET_FULL);
            return isSlow(true);
        }
        if (Messages.isExpired(message, session.shard())) {
            session.context().counters().increment(Counter.DROPPED_EXPIRED);
            return false;
        }
        to.write(message, QoS.AT_MOST_ONCE, false, retain, 0, subscriptionIds);
        return isSlow(pending > session.context().core().options().sessions().socketBytesMax() / 2);
    }

    private boolean enqueue(Delivery delivery) {
        ArrayDeque<Delivery> waiting = queue;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            queue = waiting;
        }
        SessionLimits limits = session.context().core().options().sessions();
        int weight = delivery.message.weight();
        boolean full = waiting.size() >= limits.queueMessagesMax() || queueBytes + weight > limits.queueBytesMax();
        if (full || session.context().core().isOverloaded()) {
            if (!makeRoom(waiting, delivery, limits.queuePolicy())) {
                return output != null && isSlow(true);
            }
        }
        waiting.add(delivery);
        queueBytes += weight;
        boolean half = waiting.size() > limits.queueMessagesMax() / 2 || queueBytes > limits.queueBytesMax() / 2;
        return output != null && isSlow(half || full);
    }

    /** Drops what the policy says; false where that is the new message. */
    private boolean makeRoom(ArrayDeque<Delivery> waiting, Delivery delivery, QueuePolicy policy) {
        session.context().counters().increment(Counter.DROPPED_QUEUE_FULL);
        switch (policy) {
            case DROP_OLDEST -> {
                if (dropOldest(waiting, delivery.message.weight())) {
                    return true;
                }
            }
            case DISCONNECT -> session.disconnect(ReasonCode.QUOTA_EXCEEDED, "too many messages wait for this client");
            case DROP_NEWEST -> {
                // the new one goes below
            }
        }
        account(delivery, -1);
        settled(delivery);
        return false;
    }

    /** Makes room for as many bytes at the expense of the oldest; false where even an empty queue has too little. */
    private boolean dropOldest(ArrayDeque<Delivery> waiting, int bytes) {
        SessionLimits limits = session.context().core().options().sessions();
        if (bytes > limits.queueBytesMax()) {
            return false;
        }
        boolean dropped = false;
        for (Delivery oldest = waiting.peek(); oldest != null; oldest = waiting.peek()) {
            if (dropped && waiting.size() < limits.queueMessagesMax() && queueBytes + bytes <= limits.queueBytesMax()) {
                break;
            }
            waiting.remove();
            queueBytes -= oldest.message.weight();
            account(oldest, -1);
            settled(oldest);
            dropped = true;
        }
        return dropped;
    }

    /** Whether it is slow, and has not been so for longer than publishers are patient. */
    private boolean isSlow(boolean now) {
        if (!now) {
            slow = false;
            return false;
        }
        long nanos = session.shard().nanos();
        if (!slow) {
            slow = true;
            slowSinceNanos = nanos;
        }
        return nanos - slowSinceNanos < PATIENCE_NANOS;
    }

    /** Sends a message for the first time. */
    private void begin(PublishOutput to, Delivery delivery) {
        if (Messages.isExpired(delivery.message, session.shard())) { // [MQTT-3.3.2-5]
            session.context().counters().increment(Counter.DROPPED_EXPIRED);
            account(delivery, -1);
            settled(delivery);
            return;
        }
        OutgoingWindow<Delivery> inFlight = window;
        if (inFlight == null) {
            inFlight = new OutgoingWindow<>();
            window = inFlight;
        }
        int id = inFlight.nextId();
        if (!to.write(delivery.message, delivery.qos, false, delivery.retain, id, delivery.subscriptionIds)) {
            account(delivery, -1); // [MQTT-3.1.2-25]
            settled(delivery);
            return;
        }
        inFlight.add(delivery); // [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]
        quota--; // [MQTT-4.9.0-2]
    }

    /** Sends what the client can take now: resends, then the queue, then retained messages. */
    void pump() {
        PublishOutput to = output;
        if (to == null) {
            return;
        }
        resend(to);
        while (output == to && quota > 0 && isEmpty(resends) && !to.isBusy() && queue != null) {
            Delivery next = queue.poll();
            if (next == null) {
                queue = null;
                break;
            }
            queueBytes -= next.message.weight();
            begin(to, next);
        }
        RetainedFeeds feeding = feeds;
        if (feeding != null && isEmpty(queue) && isEmpty(resends) && !to.isBusy()) {
            feeding.next();
        }
    }

    private void resend(PublishOutput to) { // [MQTT-4.4.0-1] [MQTT-4.6.0-1]
        OutgoingWindow<Delivery> inFlight = window;
        ArrayDeque<Integer> ids = resends;
        while (ids != null && inFlight != null && !ids.isEmpty() && !to.isBusy()) {
            Delivery delivery = inFlight.get(ids.element());
            if (delivery == null) {
                ids.remove();
            } else if (delivery.released) {
                session.send(new Pubrel(ids.remove()));
                quota--; // it is unacknowledged until PUBCOMP [MQTT-3.3.4-9]
            } else if (quota > 0) {
                int id = ids.remove();
                quota--;
                if (!to.write(delivery.message, delivery.qos, true, delivery.retain, id, delivery.subscriptionIds)) {
                    finish(inFlight, id);
                }
            } else {
                return;
            }
        }
        if (ids != null && ids.isEmpty()) {
            resends = null;
        }
    }

    // ---- answers

    void onPuback(Puback puback) {
        OutgoingWindow<Delivery> inFlight = window;
        Delivery delivery = inFlight == null ? null : inFlight.get(puback.packetId());
        if (inFlight == null || delivery == null) {
            return;
        }
        if (delivery.qos != QoS.AT_LEAST_ONCE) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBACK for a QoS 2 message");
        }
        finish(inFlight, puback.packetId()); // also with an error [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        pump();
    }

    void onPubrec(Pubrec pubrec) {
        OutgoingWindow<Delivery> inFlight = window;
        Delivery delivery = inFlight == null ? null : inFlight.get(pubrec.packetId());
        if (inFlight == null || delivery == null) {
            if (!pubrec.reason().isError()) {
                session.send(new Pubrel(
                        pubrec.packetId(),
                        ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                        ReasonString.of("no message waits for this PUBREC")));
            }
            return;
        }
        if (delivery.qos != QoS.EXACTLY_ONCE) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBREC for a QoS 1 message");
        }
        if (pubrec.reason().isError()) { // [MQTT-4.4.0-2] [MQTT-4.8.2-6]
            finish(inFlight, pubrec.packetId());
            pump();
            return;
        }
        Pubrel release = new Pubrel(pubrec.packetId()); // [MQTT-4.3.3-4]
        if (delivery.released || delivery.position == 0 || !session.isDurable()) {
            delivery.released = true;
            session.send(release);
            return;
        }
        delivery.released = true;
        long position =
                session.append(new JournalRecord.Received(session.clientId(), delivery.position, pubrec.packetId()));
        if (session.answersAtOnce(position)) {
            session.send(release);
            return;
        }
        PublishOutput to = output;
        session.whenStored(position, () -> {
            if (output == to) {
                session.send(release);
            }
        });
    }

    void onPubcomp(Pubcomp pubcomp) {
        OutgoingWindow<Delivery> inFlight = window;
        Delivery delivery = inFlight == null ? null : inFlight.get(pubcomp.packetId());
        if (inFlight == null || delivery == null) {
            return;
        }
        if (!delivery.released) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBCOMP before PUBREC");
        }
        finish(inFlight, pubcomp.packetId());
        pump();
    }

    private void finish(OutgoingWindow<Delivery> inFlight, int id) {
        Delivery delivery = inFlight.remove(id);
        if (delivery != null) {
            quota = Math.min(quota + 1, receiveMaximum);
            account(delivery, -1);
            settled(delivery);
        }
    }

    // ---- retained messages

    /** Sends what is retained for a new subscription when nothing else waits. */
    void feed(RetainedStore.Cursor messages, Subscription subscription) {
        if (feeds == null) {
            feeds = new RetainedFeeds(session, this);
        }
        feeds.add(messages, subscription);
        pump(); // at once where there is room: what is retained now, not what is published next
    }

    /** The subscription is gone: nothing retained is begun for it any more [MQTT-3.10.4-2]. */
    void unsubscribed(Subscription subscription) {
        if (feeds != null) {
            feeds.remove(subscription);
        }
    }

    /** All retained messages were given to {@link #offer}. */
    void feedsDone() {
        feeds = null;
    }

    /** Whether another message can be sent at once. */
    boolean hasRoom() {
        PublishOutput to = output;
        return to != null && quota > 0 && isEmpty(queue) && isEmpty(resends) && !to.isBusy();
    }

    // ---- helpers

    private void account(Delivery delivery, int sign) {
        session.shard().backlog(sign, (long) sign * delivery.message.weight());
    }

    private void settled(Delivery delivery) {
        if (delivery.position != 0 && session.isDurable()) {
            session.note(new JournalRecord.Settled(session.clientId(), delivery.position));
        }
    }

    private static boolean isEmpty(@Nullable ArrayDeque<?> deque) {
        return deque == null || deque.isEmpty();
    }
}
