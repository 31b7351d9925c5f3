package io.dunlin.client;

import io.dunlin.client.store.SessionStore;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The receiving half of a session: which messages came, and which were acknowledged. Guarded by the session's lock. */
final class Incoming {
    private final SessionStore store;
    private final int receiveMax;
    /** QoS 2, not released by the server yet, by packet identifier. */
    private final Map<Integer, Inbound> received = new HashMap<>();

    Incoming(SessionStore store, int receiveMax) {
        this.store = store;
        this.receiveMax = receiveMax;
    }

    /** An identifier that an earlier process acknowledged with PUBREC, or was about to. */
    void restore(int packetId) {
        Inbound known = new Inbound(packetId, QoS.EXACTLY_ONCE);
        known.acknowledged = true;
        known.stored = true;
        received.put(packetId, known);
    }

    /** The server has forgotten the session. */
    void startAfresh() {
        if (!received.isEmpty()) {
            store.sessionLost();
            received.clear();
        }
    }

    /** The topic of a message on this connection. */
    static TopicName topic(Connection from, Publish publish) {
        int alias = (int) publish.properties().number(Property.TOPIC_ALIAS, -1);
        if (alias >= 0) {
            return from.aliasesIn.resolve(alias, publish.topic());
        }
        if (publish.topic().isEmpty()) {
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a PUBLISH has neither a topic nor a topic alias");
        }
        return publish.topic();
    }

    /** Takes a message of QoS 1 or 2 in; null where the application has had it already. */
    @Nullable
    Inbound take(Connection from, Publish publish) {
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
        if (from.unacknowledged.size() > receiveMax) {
            throw new ProtocolError(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "the server sent more than " + receiveMax + " unacknowledged messages");
        }
        return inbound;
    }

    void acknowledgeInOrder(Connection to) { // [MQTT-4.6.0-2] [MQTT-4.6.0-3]
        for (Inbound first = to.unacknowledged.peek();
                first != null && first.acknowledged;
                first = to.unacknowledged.peek()) {
            if (first.qos == QoS.EXACTLY_ONCE && !first.stored) {
                store.received(first.packetId);
                first.stored = true;
            }
            to.unacknowledged.remove();
            to.send(first.qos == QoS.AT_LEAST_ONCE ? new Puback(first.packetId) : new Pubrec(first.packetId));
        }
    }

    void release(Connection from, int packetId) {
        Inbound known = received.get(packetId);
        if (known != null) {
            store.receivedDone(packetId);
            received.remove(packetId);
        }
        from.send(
                new Pubcomp( // [MQTT-4.3.3-11]
                        packetId, known != null ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
    }
}
