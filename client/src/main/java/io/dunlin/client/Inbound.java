package io.dunlin.client;

import io.dunlin.protocol.packet.QoS;

/** A received message of QoS 1 or 2 that the application has not acknowledged yet. Guarded by the session's lock. */
final class Inbound {
    final int packetId;
    final QoS qos;
    boolean acknowledged;
    /** QoS 2: the store has the identifier. */
    boolean stored;

    Inbound(int packetId, QoS qos) {
        this.packetId = packetId;
        this.qos = qos;
    }
}
