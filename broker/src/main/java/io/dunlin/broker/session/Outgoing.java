package io.dunlin.broker.session;

import io.dunlin.broker.port.BrokerOptions.QueuePolicy;
import io.dunlin.broker.port.BrokerOptions.SessionLimits;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.routing.Recipient;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.broker.routing.Subscription;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;
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
    private final InFlight inFlight;
    private @Nullable DeliveryQueue queue; // while something waits in it
    private @Nullable RetainedFeeds feeds; // while retained messages are being sent
    private final DeliveryGate gate;
    private boolean queueDistrusted; // rights have changed since the first of those that wait came

    // for the connection
    private @Nullable PublishOutput output;
    private long slowSinceNanos;
    private boolean slow;

    Outgoing(Session session) {
        this.session = session;
        this.inFlight = new InFlight(session);
        this.gate = new DeliveryGate(session);
    }

    // ---- the connection

    void attach(Link link, Negotiated negotiated) {
        output = new PublishOutput(link, negotiated.aliasesOut());
        slow = false;
        inFlight.attach(negotiated.receiveMaximum());
        pump();
    }

    void detach() {
        output = null;
        gate.detach();
        if (queue != null) {
            giveAway(queue, true);
            queue.park();
        }
        inFlight.detach();
    }

    /** The session is over: what a shared group can give to others goes there [MQTT-4.8.2-5]. */
    void end() {
        if (queue != null) {
            giveAway(queue, false);
            queue.end();
            queue = null;
        }
        inFlight.end();
        feeds = null;
    }

    // Messages of shared groups that were not begun go to members that can take them now.
    private void giveAway(DeliveryQueue from, boolean toConnected) {
        from.removeReadyIf(delivery -> {
            SharedGroup group = delivery.group;
            if (group == null
                    || toConnected && !group.hasOtherConnected(session)
                    || !session.context().router().redeliver(group, delivery.message(), session)) {
                return false;
            }
            settled(delivery);
            return true;
        });
    }

    /** The connection has another object in its place. */
    void write(Connection to) {
        if (output != null) {
            output.connection(to);
        }
    }

    /** Whether this is still the connection that messages are written to. */
    boolean isWriting(PublishOutput to) {
        return output == to;
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
            if (to == null) {
                lost(Happening.AWAY, message);
                return false;
            }
            return offerAtMostOnce(to, message, retain, subscriptionIds);
        }
        session.changed();
        Delivery delivery = new Delivery(message, qos, retain, subscriptionIds, group, position);
        if (to == null || !hasRoom()) {
            return enqueue(delivery);
        }
        return switch (gate.way(message, false)) {
            case OPEN -> {
                inFlight.begin(to, delivery);
                yield false;
            }
            case SHUT -> {
                settled(delivery);
                yield false;
            }
            case ASKING -> enqueue(delivery);
        };
    }

    private boolean offerAtMostOnce(PublishOutput to, Message message, boolean retain, int[] subscriptionIds) {
        return switch (gate.way(message, false)) {
            case OPEN -> writeAtMostOnce(to, message, retain, subscriptionIds);
            case SHUT -> false;
            case ASKING -> {
                gate.hold(message, () -> offerAtMostOnce(to, message, retain, subscriptionIds));
                yield false;
            }
        };
    }

    /** As {@link io.dunlin.broker.routing.Subscriber#deliver(List, Recipient)}. */
    boolean deliver(List<Message> messages, Recipient recipient) {
        PublishOutput to = output;
        if (to == null) {
            messages.forEach(each -> lost(Happening.AWAY, each));
            return false;
        }
        boolean congested = to.pendingBytes()
                > session.context().core().options().sessions().socketBytesMax() / 2;
        DeliveryGate.Way way = gate.way(messages.getFirst(), false); // they have one topic
        if (way == DeliveryGate.Way.OPEN && !congested && to.writeAll(messages, recipient.subscriptionIds())) {
            session.shard().recorder().sent(session.clientId(), messages);
            return isSlow(false);
        }
        boolean slowDown = false;
        for (int i = way == DeliveryGate.Way.SHUT ? 1 : 0; i < messages.size() && isWriting(to); i++) {
            slowDown |= offerAtMostOnce(to, messages.get(i), false, recipient.subscriptionIds());
        }
        return slowDown;
    }

    private boolean writeAtMostOnce(PublishOutput to, Message message, boolean retain, int[] subscriptionIds) {
        long pending = to.pendingBytes();
        if (pending > session.context().core().options().sessions().socketBytesMax()) {
            session.context().counters().increment(Counter.DROPPED_SOCKET_FULL);
            lost(Happening.SOCKET_FULL, message);
            return isSlow(true);
        }
        if (Messages.isExpired(message, session.shard())) {
            session.context().counters().increment(Counter.DROPPED_EXPIRED);
            lost(Happening.EXPIRED, message);
            return false;
        }
        if (to.write(message, QoS.AT_MOST_ONCE, false, retain, 0, subscriptionIds)) {
            session.shard().recorder().sent(session.clientId(), message, QoS.AT_MOST_ONCE, 0);
        } else {
            lost(Happening.TOO_LARGE, message);
        }
        return isSlow(pending > session.context().core().options().sessions().socketBytesMax() / 2);
    }

    private void lost(Happening why, Message message) {
        session.shard().recorder().lost(why, session.clientId(), message);
    }

    private boolean enqueue(Delivery delivery) {
        DeliveryQueue waiting = queue;
        if (waiting == null) {
            waiting = new DeliveryQueue(session);
            queue = waiting;
        }
        SessionLimits limits = session.context().core().options().sessions();
        boolean full = waiting.size() >= limits.queueMessagesMax()
                || waiting.bytes() + delivery.weight > limits.queueBytesMax();
        boolean noMemory = !delivery.isStored() && session.context().core().isOverloaded();
        if ((full || noMemory) && !makeRoom(waiting, delivery, limits.queuePolicy())) {
            return output != null && isSlow(true);
        }
        session.shard().recorder().queued(session.clientId(), delivery.message(), delivery.qos);
        waiting.add(delivery);
        boolean half = waiting.size() > limits.queueMessagesMax() / 2 || waiting.bytes() > limits.queueBytesMax() / 2;
        return output != null && isSlow(half || full);
    }

    /** Drops what the policy says; false where that is the new message. */
    private boolean makeRoom(DeliveryQueue waiting, Delivery delivery, QueuePolicy policy) {
        session.context().counters().increment(Counter.DROPPED_QUEUE_FULL);
        Traffic.of(session).dropped++;
        switch (policy) {
            case DROP_OLDEST -> {
                if (dropOldest(waiting, delivery.weight)) {
                    return true;
                }
            }
            case DISCONNECT -> session.disconnect(ReasonCode.QUOTA_EXCEEDED, "too many messages wait for this client");
            case DROP_NEWEST -> {
                // the new one goes below
            }
        }
        lost(Happening.QUEUE_FULL, delivery.message());
        settled(delivery);
        return false;
    }

    /** Makes room for as many bytes at the expense of the oldest; false where even an empty queue has too little. */
    private boolean dropOldest(DeliveryQueue waiting, int bytes) {
        SessionLimits limits = session.context().core().options().sessions();
        if (bytes > limits.queueBytesMax()) {
            return false;
        }
        boolean room = false;
        while (!room && waiting.dropOldest(this::settled)) {
            room = waiting.size() < limits.queueMessagesMax() && waiting.bytes() + bytes <= limits.queueBytesMax();
        }
        return room;
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

    /** Sends what the client can take now: resends, then the queue, then retained messages. */
    void pump() {
        PublishOutput to = output;
        if (to == null) {
            return;
        }
        inFlight.resend(to);
        while (output == to && inFlight.hasRoom() && !to.isBusy() && queue != null) {
            Delivery next = queue.peek();
            DeliveryGate.Way way = next == null ? DeliveryGate.Way.OPEN : gate.way(next.message(), queueDistrusted);
            if (way == DeliveryGate.Way.ASKING) {
                break;
            }
            next = queue.poll();
            if (queue.isEmpty()) {
                queue = null;
                queueDistrusted = false;
            }
            if (next == null) {
                break; // the journal reads it
            }
            if (way == DeliveryGate.Way.OPEN) {
                inFlight.begin(to, next);
            } else {
                settled(next);
            }
        }
        RetainedFeeds feeding = feeds;
        if (feeding != null && hasRoom()) {
            feeding.next();
        }
    }

    /** Rights have changed: what waits is asked about before it is sent. */
    void distrustQueue() {
        queueDistrusted = queue != null;
    }

    // ---- answers

    void onPuback(Puback puback) {
        if (inFlight.onPuback(puback)) {
            pump();
        }
    }

    void onPubrec(Pubrec pubrec) {
        if (inFlight.onPubrec(pubrec)) {
            pump();
        }
    }

    void onPubcomp(Pubcomp pubcomp) {
        if (inFlight.onPubcomp(pubcomp)) {
            pump();
        }
    }

    /** The message is no longer this session's. */
    void settled(Delivery delivery) {
        if (delivery.isStored()) {
            settled(delivery.position());
        }
    }

    private void settled(long position) {
        session.note(new JournalRecord.Settled(session.clientId(), position));
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
        return to != null && inFlight.hasRoom() && queue == null && !to.isBusy() && !gate.isAsking();
    }

    // ---- the journal

    /** Writes a message into the journal for this session alone, and returns the reference to it. */
    long journal(Delivery delivery) {
        return Reference.of(
                journal(delivery.message(), delivery.qos, delivery.retain, delivery.subscriptionIds()),
                delivery.qos,
                delivery.retain,
                delivery.subscriptionIds().length > 0);
    }

    /** As {@link #journal(Delivery)}, and returns the position. */
    long journal(Message message, QoS qos, boolean retain, int[] subscriptionIds) {
        JournalRecord.Share share = new JournalRecord.Share(session.clientId(), qos, retain, subscriptionIds);
        return session.append(new JournalRecord.Published(message, List.of(share), 0), Durability.MEMORY);
    }

    /** Notes all that it refers to. */
    void mark(Journal.Marks marks) {
        inFlight.mark(marks);
        if (queue != null) {
            queue.mark(marks);
        }
    }

    @Nullable
    DeliveryQueue queue() {
        return queue;
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Bytes that the socket has not taken. */
    long pendingBytes() {
        return output == null ? 0 : output.pendingBytes();
    }

    List<SessionState.InFlight> inFlightState() {
        return inFlight.state();
    }

    /** Takes in what an earlier run left; once, before the first connection. */
    void restore(SessionState state) {
        inFlight.restore(state.inFlight());
        DeliveryQueue restored = new DeliveryQueue(session);
        restored.restore(state.head(), state.pages(), state.tail(), state.queueBytes());
        if (!restored.isEmpty()) {
            queue = restored;
        }
    }
}
