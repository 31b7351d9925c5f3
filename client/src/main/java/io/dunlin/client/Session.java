package io.dunlin.client;

import io.dunlin.client.store.SessionStore;
import io.dunlin.client.store.StoreFailed;
import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session (4.1): what is sent and not finished, what is received and not released, what is subscribed.
 * It outlives connections, as long as the server keeps its side too. One lock guards all of it; futures are completed without
 * the lock.
 */
final class Session {
    private static final Runnable[] NOTHING = new Runnable[0];

    private final ClientOptions options;
    private final Dispatcher dispatcher;
    private final Tally tally;
    private final SessionStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> completions = new ArrayDeque<>(0);

    // for the session
    private final OutgoingWindow<Request> window = new OutgoingWindow<>();
    private final OutgoingQueue waiting;
    private final Subscriptions subscriptions;
    private final Incoming incoming;
    private final Flushes flushes = new Flushes();
    private int publishesInFlight;
    private boolean wasAttached;
    private boolean expectsConnection;
    private boolean closed;
    private volatile CompletableFuture<MqttException> gone = new CompletableFuture<>();

    // for the connection
    private @Nullable Connection connection;

    /** @throws StoreFailed where what an earlier process left cannot be read */
    Session(ClientOptions options, Dispatcher dispatcher, Tally tally, SessionStore store) {
        this.options = options;
        this.dispatcher = dispatcher;
        this.tally = tally;
        this.store = store;
        this.waiting = new OutgoingQueue(options.buffer());
        this.subscriptions = new Subscriptions(options, dispatcher, window, completions);
        this.incoming = new Incoming(store, options.receiveMax());
        recover();
    }

    private void recover() {
        SessionStore.Recovered kept = store.open(options.clientId());
        long now = Ticks.now();
        for (SessionStore.Stored stored : kept.messages()) {
            Request.Publishing publishing = Request.Publishing.restored(stored, now);
            if (stored.packetId() > 0) {
                window.restore(stored.packetId(), publishing);
                publishesInFlight++;
            } else {
                waiting.add(publishing);
            }
        }
        for (int id : kept.receivedIds()) {
            incoming.restore(id);
        }
    }

    /** Whether a connection is under way and will be tried again, so that it is worth while to wait for it. */
    void expectConnection(boolean expected) {
        lock.lock();
        try {
            expectsConnection = expected;
            if (gone.isDone()) {
                gone = new CompletableFuture<>();
            }
        } finally {
            unlock();
        }
    }

    /** Completes when there is no connection and none is tried for: no use in waiting for an answer then. */
    CompletableFuture<MqttException> gone() {
        return gone;
    }

    /** Some handler cannot take more, or can again. Any thread. */
    void updateReading() {
        lock.lock();
        try {
            Connection current = connection;
            if (current != null) {
                current.link.reading(() -> !dispatcher.isFull());
            }
        } finally {
            unlock();
        }
    }

    /** A new connection stands: what was under way goes on, or ends if the server has forgotten it. */
    void attach(Connection attached, boolean sessionPresent) {
        lock.lock();
        try {
            connection = attached;
            attached.link.reading(() -> !dispatcher.isFull());
            if (sessionPresent) {
                resend(attached);
            } else {
                startAfresh();
            }
            subscriptions.attach(attached, sessionPresent);
            wasAttached = true;
            sendWaiting();
        } finally {
            unlock();
        }
    }

    /** PUBREL at once, messages as the window allows. */
    private void resend(Connection to) { // [MQTT-4.4.0-1] [MQTT-4.6.0-1]
        for (int id : window.idsInOrder()) {
            if (window.get(id) instanceof Request.Publishing publishing) {
                if (publishing.received) {
                    to.send(new Pubrel(id));
                } else {
                    to.resends.add(id);
                    resendWaiting(to);
                }
            }
        }
    }

    private void resendWaiting(Connection to) {
        while (!to.resends.isEmpty() && to.unanswered < inFlightMax(to)) {
            int id = to.resends.remove();
            if (window.get(id) instanceof Request.Publishing publishing && !publishing.received) {
                send(to, id, publishing, publishing.again(id));
            }
        }
    }

    private int inFlightMax(Connection to) { // [MQTT-3.3.4-7]
        return Math.min(to.limits.receiveMax(), options.inFlightMax());
    }

    /** The server has no session: QoS 1 goes out anew, QoS 2 fails unless the server had taken it. */
    private void startAfresh() {
        if (wasAttached) {
            tally.add(Tally.Count.SESSIONS_LOST);
        }
        incoming.startAfresh();
        List<Request.Publishing> anew = new ArrayList<>();
        for (int id : window.idsInOrder()) {
            if (window.get(id) instanceof Request.Publishing publishing) {
                if (publishing.received) {
                    complete(publishing, new PublishResult(id, ReasonCode.SUCCESS, Properties.NONE));
                    finish(id, publishing);
                } else if (publishing.message.qos() == QoS.AT_LEAST_ONCE) {
                    store.unsent(publishing.token);
                    window.remove(id);
                    publishesInFlight--;
                    anew.add(publishing);
                } else {
                    drop(
                            Dropped.Reason.SESSION_LOST,
                            publishing,
                            lost("The server lost the session while a QoS 2 message was on its way.", null));
                    finish(id, publishing);
                }
            }
        }
        waiting.addFirst(anew);
    }

    /** The connection ended: what can be repeated waits for the next one, the rest fails. */
    void detach(Connection detached, MqttException cause) {
        lock.lock();
        try {
            if (connection != detached) {
                return;
            }
            connection = null;
            subscriptions.detach(expectsConnection, cause);
        } finally {
            unlock();
        }
    }

    /** No connection will come unless the application asks for one: what only a connection can answer fails. */
    void giveUp(MqttException cause) {
        lock.lock();
        try {
            expectsConnection = false;
            CompletableFuture<MqttException> ended = gone;
            completions.add(() -> ended.complete(cause));
            subscriptions.giveUp(cause);
        } finally {
            unlock();
        }
    }

    /** The application closed the client: nothing waits any longer. What a file keeps stays there for the next process. */
    void close(MqttException cause) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            List<Request.Publishing> left = new ArrayList<>();
            subscriptions.detach(false, cause);
            subscriptions.giveUp(cause);
            for (int id : window.idsInOrder()) {
                if (window.remove(id) instanceof Request.Publishing publishing) {
                    left.add(publishing);
                }
            }
            left.addAll(waiting.drain());
            publishesInFlight = 0;
            flushes.fail(cause, completions);
            for (Request.Publishing publishing : left) {
                if (publishing.token > 0 && options.buffer().file() != null) {
                    completions.add(() -> publishing.result.completeExceptionally(cause));
                } else {
                    drop(Dropped.Reason.CLOSED, publishing, cause);
                }
            }
            store.close();
        } finally {
            unlock();
        }
    }

    /** Completes when everything that was accepted is finished. */
    CompletableFuture<@Nullable Void> whenIdle() {
        lock.lock();
        try {
            return flushes.begin();
        } finally {
            unlock();
        }
    }

    /** What is under way: waiting, its bytes, in flight, unacknowledged. */
    long[] underWay() {
        lock.lock();
        try {
            int unacknowledged = connection == null ? 0 : connection.unacknowledged.size();
            return new long[] {waiting.size(), waiting.bytes(), publishesInFlight, unacknowledged};
        } finally {
            unlock();
        }
    }

    /** @param ifRoom whether the message is refused also where the buffer's policy would make room for it */
    CompletableFuture<PublishResult> publish(Message message, boolean ifRoom) {
        IllegalArgumentException fault = Request.Publishing.fault(message, options.version());
        if (fault != null) {
            return CompletableFuture.failedFuture(fault);
        }
        Request.Publishing publishing = new Request.Publishing(message, Ticks.now());
        lock.lock();
        try {
            MqttException refusal = refusal(publishing, ifRoom);
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            Connection to = connection;
            boolean once = message.qos() == QoS.AT_MOST_ONCE;
            if (to != null && once && !waiting.hasUnconfirmed()) {
                tally.add(Tally.Count.PUBLISHED);
                send(to, publishing);
                return publishing.result;
            }
            if (!once || to == null) {
                publishing.token = store.add(Request.Publishing.packet(message, 0, false));
            }
            tally.add(Tally.Count.PUBLISHED);
            if (to != null && !once && waiting.isEmpty() && windowIsOpen(to)) {
                sendInWindow(to, publishing);
            } else {
                waiting.add(publishing);
            }
            return publishing.result;
        } catch (StoreFailed e) {
            store.remove(publishing.token);
            return CompletableFuture.failedFuture(new BufferFailed(e));
        } finally {
            unlock();
        }
    }

    /** Why a message cannot be taken, or null where it can; then there is room for it. */
    private @Nullable MqttException refusal(Request.Publishing publishing, boolean ifRoom) {
        Connection to = connection;
        if (closed || to == null && !expectsConnection) {
            return lost(closed ? "The client is closed." : "The client is not connected.", null);
        }
        if (to != null) {
            LimitExceeded refused = to.limits.refusal(publishing.message);
            if (refused != null) {
                return refused;
            }
            if (to.link.waitingBytes() + waiting.bytes() > options.buffer().bytesMax()
                    && options.buffer().bytesMax() > 0) {
                return waiting.refusal();
            }
            boolean goesNow = publishing.message.qos() == QoS.AT_MOST_ONCE
                    ? !waiting.hasUnconfirmed()
                    : waiting.isEmpty() && windowIsOpen(to);
            if (goesNow) {
                return null;
            }
        }
        if (ifRoom && !waiting.hasRoom(publishing.bytes())) {
            return waiting.refusal();
        }
        List<Request.Publishing> victims = waiting.makeRoom(publishing);
        if (victims == null) {
            return waiting.refusal();
        }
        for (Request.Publishing victim : victims) {
            drop(Dropped.Reason.BUFFER_FULL, victim, waiting.refusal());
            store.remove(victim.token);
        }
        return null;
    }

    private boolean windowIsOpen(Connection to) {
        return to.unanswered < inFlightMax(to) && to.resends.isEmpty() && !window.isFull();
    }

    /** As many as the server's Receive Maximum and our own bound allow. */
    private void sendWaiting() {
        Connection to = connection;
        if (to != null) {
            resendWaiting(to);
        }
        while (to != null) {
            Request.Publishing next = waiting.peek();
            boolean once = next != null && next.message.qos() == QoS.AT_MOST_ONCE;
            if (next == null || !once && !windowIsOpen(to)) {
                return;
            }
            if (next.secondsLeft(Ticks.now()) < 1) {
                waiting.remove(next);
                store.remove(next.token);
                drop(Dropped.Reason.EXPIRED, next, new TimedOut("The message expired before it could be sent."));
            } else if (once) {
                waiting.remove(next);
                store.remove(next.token);
                send(to, next);
            } else {
                sendInWindow(to, next);
            }
        }
    }

    private void sendInWindow(Connection to, Request.Publishing publishing) {
        int id = window.nextId();
        store.sent(publishing.token, id); // before anything changes here, as it may fail
        waiting.remove(publishing);
        window.add(publishing);
        publishesInFlight++;
        send(to, id, publishing, to.aliased(publishing.packet(id, Ticks.now())));
    }

    private void send(Connection to, int id, Request.Publishing publishing, Publish packet) {
        byte[] encoded = to.encode(packet);
        LimitExceeded refusal = to.limits.refusal(publishing.message, encoded.length);
        if (refusal == null) {
            publishing.sentOver = to;
            to.unanswered++;
            to.send(packet, encoded, null);
        } else {
            drop(Dropped.Reason.REFUSED, publishing, refusal);
            finish(id, publishing);
        }
    }

    /** At QoS 0. */
    private void send(Connection to, Request.Publishing publishing) {
        Publish packet = to.aliased(publishing.packet(0, Ticks.now()));
        byte[] encoded = to.encode(packet);
        LimitExceeded refusal = to.limits.refusal(publishing.message, encoded.length);
        if (refusal != null) {
            drop(Dropped.Reason.REFUSED, publishing, refusal);
            return;
        }
        flushes.sending();
        to.send(packet, encoded, written -> {
            if (lock.isHeldByCurrentThread()) { // refused by a link that closes
                completions.add(() -> fate(publishing, written));
            } else {
                fate(publishing, written);
            }
        });
    }

    /** Without the lock. */
    private void fate(Request.Publishing publishing, boolean written) {
        if (written) {
            tally.add(Tally.Count.COMPLETED);
            publishing.result.complete(PublishResult.WRITTEN);
        } else {
            dispatcher.drop(Dropped.Reason.CONNECTION_LOST, publishing.message);
            publishing.result.completeExceptionally(lost("The connection ended before the message was sent.", null));
        }
        if (flushes.sent()) {
            lock.lock();
            unlock();
        }
    }

    /** @param subscriptionId of the handler's route, 0 for none */
    CompletableFuture<SubscribeResult> subscribe(
            List<Subscription> filters, Properties properties, int subscriptionId) {
        return request(subscriptions.subscribe(filters, properties, subscriptionId));
    }

    CompletableFuture<SubscribeResult> unsubscribe(List<String> filters, Properties properties) {
        return request(subscriptions.unsubscribe(filters, properties));
    }

    private CompletableFuture<SubscribeResult> request(Request.Subscribing request) {
        lock.lock();
        try {
            Connection to = connection;
            if (to != null) {
                subscriptions.send(to, request);
            } else if (expectsConnection && !closed) {
                subscriptions.keep(request);
            } else {
                return CompletableFuture.failedFuture(lost("The client is not connected.", null));
            }
            return request.result;
        } finally {
            unlock();
        }
    }

    /** SUBACK or UNSUBACK. */
    void onAnswer(int id, List<ReasonCode> reasons, Properties properties) {
        lock.lock();
        try {
            subscriptions.onAnswer(id, reasons, properties);
        } finally {
            unlock();
        }
    }

    void onPuback(Puback puback) {
        finish(puback.packetId(), puback.reason(), puback.properties());
    }

    void onPubrec(Connection from, Pubrec pubrec) {
        if (pubrec.reason().isError()) {
            finish(pubrec.packetId(), pubrec.reason(), pubrec.properties());
            return;
        }
        lock.lock();
        try {
            boolean known = false;
            if (window.get(pubrec.packetId()) instanceof Request.Publishing publishing) {
                known = true;
                store.released(publishing.token);
                publishing.received = true;
            }
            from.send(
                    new Pubrel( // [MQTT-4.3.3-4]
                            pubrec.packetId(), known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        } finally {
            unlock();
        }
    }

    void onPubcomp(Pubcomp pubcomp) {
        // That the server no longer knows the identifier means that it had finished already.
        boolean gone = pubcomp.reason() == ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        finish(pubcomp.packetId(), gone ? ReasonCode.SUCCESS : pubcomp.reason(), pubcomp.properties());
    }

    private void finish(int id, ReasonCode reason, Properties properties) {
        lock.lock();
        try {
            if (window.get(id) instanceof Request.Publishing publishing) {
                complete(publishing, new PublishResult(id, reason, properties));
                finish(id, publishing);
                sendWaiting();
            }
        } finally {
            unlock();
        }
    }

    private void finish(int id, Request.Publishing publishing) {
        window.remove(id);
        publishesInFlight--;
        Connection current = connection;
        if (current != null && publishing.sentOver == current) {
            current.unanswered--;
        }
        store.remove(publishing.token);
    }

    /** A message came, on the network thread. */
    void onPublish(Connection from, Publish publish) {
        TopicName topic = Incoming.topic(from, publish);
        Delivery delivery;
        if (publish.qos() == QoS.AT_MOST_ONCE) {
            delivery = new Delivery(publish, topic, () -> {});
        } else {
            Inbound inbound = take(from, publish);
            if (inbound == null) {
                return;
            }
            delivery = new Delivery(publish, topic, () -> acknowledge(inbound));
        }
        tally.add(Tally.Count.RECEIVED);
        dispatcher.dispatch(delivery);
    }

    private @Nullable Inbound take(Connection from, Publish publish) {
        lock.lock();
        try {
            return incoming.take(from, publish);
        } finally {
            unlock();
        }
    }

    private void acknowledge(Inbound inbound) {
        lock.lock();
        try {
            inbound.acknowledged = true;
            Connection to = connection;
            if (to != null && !closed) {
                incoming.acknowledgeInOrder(to);
            }
        } finally {
            unlock();
        }
    }

    void onPubrel(Connection from, Pubrel pubrel) {
        lock.lock();
        try {
            incoming.release(from, pubrel.packetId());
        } finally {
            unlock();
        }
    }

    private void complete(Request.Publishing publishing, PublishResult result) {
        if (result.isAccepted()) {
            tally.add(Tally.Count.COMPLETED);
        } else {
            completions.add(() -> dispatcher.drop(Dropped.Reason.REFUSED, publishing.message));
        }
        completions.add(() -> publishing.result.complete(result));
    }

    private void drop(Dropped.Reason reason, Request.Publishing publishing, MqttException cause) {
        completions.add(() -> dispatcher.drop(reason, publishing.message));
        completions.add(() -> publishing.result.completeExceptionally(cause));
    }

    static ConnectionLost lost(String sentence, @Nullable Throwable cause) {
        return new ConnectionLost(sentence, null, cause);
    }

    /** Lets go of the lock, then completes what was finished under it: its listeners may call back. */
    private void unlock() {
        if (publishesInFlight == 0 && waiting.isEmpty()) {
            flushes.finish(completions);
        }
        Runnable[] finished = NOTHING;
        if (!completions.isEmpty()) {
            finished = completions.toArray(NOTHING);
            completions.clear();
        }
        lock.unlock();
        for (Runnable completion : finished) {
            completion.run();
        }
    }
}
