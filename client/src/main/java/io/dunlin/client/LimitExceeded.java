package io.dunlin.client;

import io.dunlin.protocol.packet.ReasonCode;

/**
 * Not sent, since the server said in CONNACK that it does not take it (QoS, retained messages, packet size), or since a bound
 * of this client is reached.
 */
public final class LimitExceeded extends MqttException {
    private static final long serialVersionUID = 1;

    private final ReasonCode reason;

    LimitExceeded(ReasonCode reason, String message) {
        super(message, null);
        this.reason = reason;
    }

    /** QOS_NOT_SUPPORTED, RETAIN_NOT_SUPPORTED, PACKET_TOO_LARGE or QUOTA_EXCEEDED. */
    public ReasonCode reason() {
        return reason;
    }
}
