package io.dunlin.client;

import io.dunlin.protocol.flow.OutgoingWindow;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session (4.1): what is sent and not finished, what is received and not released. It outlives
 * connections, as long as the server keeps its side too. One lock guards all of it; futures are completed without the lock.
 */
final class Session {
    private final ClientOptions options;
    private final Dispatcher dispatcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> completions = new ArrayDeque<>();

    // for the session
    private final OutgoingWindow<Request> window = new OutgoingWindow<>();
    private final ArrayDeque<Request.Publishing> waiting = new ArrayDeque<>();
    private final Map<Integer, Inbound> received = new HashMap<>(); // QoS 2, not released yet
    private long waitingBytes;
    private int publishesInFlight;

    // for the connection
    private @Nullable Connection connection;

    Session(ClientOptions options, Dispatcher dispatcher) {
        this.options = options;
        this.dispatcher = dispatcher;
    }

    /** A new connection stands: what was under way goes on, or ends if the server has forgotten it. */
    void attach(Connection attached, boolean sessionPresent) {
        lock.lock();
        try {
            connection = attached;
            if (sessionPresent) {
                resend(attached);
            } else {
                startAfresh();
            }
            sendWaiting();
        } finally {
            unlock();
        }
    }

    private void resend(Connection to) { // [MQTT-4.4.0-1] [MQTT-4.6.0-1]
        for (int id : window.idsInOrder()) {
            if (window.get(id) instanceof Request.Publishing publishing) {
                to.send(
                        publishing.received
                                ? new Pubrel(id)
                                : packet(
                                        publishing.message.withProperties(withoutAlias(publishing.message)), id, true));
            }
        }
    }

    private static Properties withoutAlias(Message message) {
        return message.properties().without(Property.TOPIC_ALIAS);
    }

    /** The server has no session: QoS 1 goes out anew, QoS 2 fails unless the server had taken it. */
    private void startAfresh() {
        received.clear();
        int[] ids = window.idsInOrder();
        for (int i = ids.length - 1; i >= 0; i--) {
            if (window.remove(ids[i]) instanceof Request.Publishing publishing) {
                int id = ids[i];
                if (publishing.received) {
                    complete(publishing, new PublishResult(id, ReasonCode.SUCCESS, Properties.NONE));
                } else if (publishing.message.qos() == QoS.AT_LEAST_ONCE) {
                    waiting.addFirst(publishing);
                    waitingBytes += publishing.message.payload().length;
                } else {
                    fail(publishing, lost("The server lost the session while a QoS 2 message was on its way.", null));
                }
            }
        }
        publishesInFlight = 0;
    }

    /** The connection ended: requests that cannot be repeated fail, messages wait for the next connection. */
    void detach(Connection detached, MqttException cause) {
        lock.lock();
        try {
            if (connection != detached) {
                return;
            }
            connection = null;
            for (int id : window.idsInOrder()) {
                if (window.get(id) instanceof Request.Subscribing subscribing) {
                    window.remove(id);
                    completions.add(() -> subscribing.result.completeExceptionally(cause));
                }
            }
        } finally {
            unlock();
        }
        detached.down.complete(cause);
    }

    /** The application gave up: nothing waits any longer. */
    void abandon(MqttException cause) {
        lock.lock();
        try {
            for (int id : window.idsInOrder()) {
                if (window.remove(id) instanceof Request.Publishing publishing) {
                    fail(publishing, cause);
                }
            }
            for (Request.Publishing publishing = waiting.poll(); publishing != null; publishing = waiting.poll()) {
                fail(publishing, cause);
            }
            waitingBytes = 0;
            publishesInFlight = 0;
        } finally {
            unlock();
        }
    }

    /** The connection that stands now, or null. */
    @Nullable
    Connection connection() {
        lock.lock();
        try {
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /** Whether all messages of QoS 1 and 2 have been answered. */
    boolean isIdle() {
        lock.lock();
        try {
            return publishesInFlight == 0 && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<PublishResult> publish(Message message) {
        lock.lock();
        try {
            Connection to = connection;
            if (to == null) {
                return CompletableFuture.failedFuture(lost("The client is not connected.", null));
            }
            LimitExceeded refusal = to.limits.refusal(message);
            if (refusal == null && to.link.waitingBytes() + waitingBytes > options.bufferBytesMax()) {
                refusal = new LimitExceeded(
                        ReasonCode.QUOTA_EXCEEDED,
                        "More than " + options.bufferBytesMax() + " bytes wait to be sent: publish more slowly.");
            }
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            if (message.qos() == QoS.AT_MOST_ONCE) {
                return publishOnce(to, message);
            }
            Request.Publishing publishing = new Request.Publishing(message);
            waiting.add(publishing);
            waitingBytes += message.payload().length;
            sendWaiting();
            return publishing.result;
        } finally {
            unlock();
        }
    }

    private static CompletableFuture<PublishResult> publishOnce(Connection to, Message message) {
        Publish packet = to.aliased(packet(message, 0, false));
        byte[] encoded = to.encode(packet);
        LimitExceeded refusal = to.limits.refusal(encoded.length);
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        CompletableFuture<PublishResult> result = new CompletableFuture<>();
        to.send(packet, encoded, written -> {
            if (written) {
                result.complete(new PublishResult(0, ReasonCode.SUCCESS, Properties.NONE));
            } else {
                result.completeExceptionally(lost("The connection ended before the message was sent.", null));
            }
        });
        return result;
    }

    /** As many as the server's Receive Maximum and our own bound allow. [MQTT-3.3.4-7] */
    private void sendWaiting() {
        Connection to = connection;
        while (to != null
                && !waiting.isEmpty()
                && publishesInFlight < Math.min(to.limits.receiveMax(), options.inFlightMax())
                && !window.isFull()) {
            Request.Publishing publishing = waiting.remove();
            waitingBytes -= publishing.message.payload().length;
            int id = window.add(publishing);
            publishesInFlight++;
            Publish packet = to.aliased(packet(publishing.message, id, false));
            byte[] encoded = to.encode(packet);
            LimitExceeded refusal = to.limits.refusal(encoded.length);
            if (refusal == null) {
                to.send(packet, encoded, null);
            } else {
                finish(id);
                fail(publishing, refusal);
            }
        }
    }

    private static Publish packet(Message message, int id, boolean dup) {
        return new Publish(
                dup, message.qos(), message.retain(), message.topic(), id, message.properties(), message.payload());
    }

    CompletableFuture<SubscribeResult> subscribe(List<Subscription> subscriptions, Properties properties) {
        List<SubscriptionRequest> requests = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            requests.add(subscription.request());
        }
        return request(id -> new Subscribe(id, properties, requests));
    }

    CompletableFuture<SubscribeResult> unsubscribe(List<String> filters, Properties properties) {
        return request(id -> new Unsubscribe(id, properties, filters));
    }

    private CompletableFuture<SubscribeResult> request(IntFunction<Packet> packet) {
        lock.lock();
        try {
            Connection to = connection;
            if (to == null || window.isFull()) {
                return CompletableFuture.failedFuture(
                        to == null
                                ? lost("The client is not connected.", null)
                                : new LimitExceeded(ReasonCode.QUOTA_EXCEEDED, "All packet identifiers are in use."));
            }
            Request.Subscribing subscribing = new Request.Subscribing();
            int id = window.add(subscribing);
            Packet request = packet.apply(id);
            byte[] encoded = to.encode(request);
            LimitExceeded refusal = to.limits.refusal(encoded.length);
            if (refusal != null) {
                window.remove(id);
                return CompletableFuture.failedFuture(refusal);
            }
            to.send(request, encoded, null);
            return subscribing.result;
        } finally {
            unlock();
        }
    }

    /** SUBACK or UNSUBACK. */
    void onAnswer(int id, List<ReasonCode> reasons, Properties properties) {
        lock.lock();
        try {
            if (window.get(id) instanceof Request.Subscribing subscribing) {
                window.remove(id);
                completions.add(() -> subscribing.result.complete(new SubscribeResult(id, reasons, properties)));
            }
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
            boolean known = window.get(pubrec.packetId()) instanceof Request.Publishing publishing
                    && (publishing.received = true);
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
                finish(id);
                complete(publishing, new PublishResult(id, reason, properties));
                sendWaiting();
            }
        } finally {
            unlock();
        }
    }

    private void finish(int id) {
        window.remove(id);
        publishesInFlight--;
    }

    /** A message came, on the reading thread. */
    void onPublish(Connection from, Publish publish) {
        Delivery delivery = receive(from, publish);
        if (delivery != null) {
            dispatcher.dispatch(delivery);
        }
    }

    private @Nullable Delivery receive(Connection from, Publish publish) {
        TopicName topic = publish.topic();
        int alias = (int) publish.properties().number(Property.TOPIC_ALIAS, -1);
        if (alias >= 0) {
            topic = from.aliasesIn.resolve(alias, topic);
        } else if (topic.isEmpty()) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a PUBLISH has neither a topic nor a topic alias");
        }
        if (publish.qos() == QoS.AT_MOST_ONCE) {
            return new Delivery(publish, topic, () -> {});
        }
        lock.lock();
        try {
            Inbound inbound = new Inbound(publish.packetId(), publish.qos());
            if (publish.qos() == QoS.EXACTLY_ONCE) { // [MQTT-4.3.3-10]
                Inbound known = received.putIfAbsent(publish.packetId(), inbound);
                if (known != null) {
                    from.unacknowledged.add(known);
                    acknowledgeInOrder(from);
                    return null;
                }
            }
            from.unacknowledged.add(inbound);
            if (from.unacknowledged.size() > options.receiveMax()) {
                throw new ProtocolError(
                        ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                        "the server sent more than " + options.receiveMax() + " unacknowledged messages");
            }
            return new Delivery(publish, topic, () -> acknowledge(inbound));
        } finally {
            unlock();
        }
    }

    private void acknowledge(Inbound inbound) {
        lock.lock();
        try {
            inbound.acknowledged = true;
            Connection to = connection;
            if (to != null) {
                acknowledgeInOrder(to);
            }
        } finally {
            unlock();
        }
    }

    private static void acknowledgeInOrder(Connection to) { // [MQTT-4.6.0-2] [MQTT-4.6.0-3]
        for (Inbound first = to.unacknowledged.peek();
                first != null && first.acknowledged;
                first = to.unacknowledged.peek()) {
            to.unacknowledged.remove();
            to.send(first.qos == QoS.AT_LEAST_ONCE ? new Puback(first.packetId) : new Pubrec(first.packetId));
        }
    }

    void onPubrel(Connection from, Pubrel pubrel) {
        lock.lock();
        try {
            boolean known = received.remove(pubrel.packetId()) != null;
            from.send(
                    new Pubcomp( // [MQTT-4.3.3-11]
                            pubrel.packetId(), known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        } finally {
            unlock();
        }
    }

    private void complete(Request.Publishing publishing, PublishResult result) {
        completions.add(() -> publishing.result.complete(result));
    }

    private void fail(Request.Publishing publishing, MqttException cause) {
        completions.add(() -> publishing.result.completeExceptionally(cause));
    }

    static ConnectionLost lost(String sentence, @Nullable Throwable cause) {
        return new ConnectionLost(sentence, null, cause);
    }

    /** Lets go of the lock, then completes what was finished under it: its listeners may call back. */
    private void unlock() {
        List<Runnable> finished = completions.isEmpty() ? List.of() : new ArrayList<>(completions);
        completions.clear();
        lock.unlock();
        for (Runnable completion : finished) {
            completion.run();
        }
    }
}
