package io.dunlin.client;

import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The connection ended and nobody here asked for it: the network failed, the server said DISCONNECT, or one side broke the
 * protocol.
 */
public final class ConnectionLost extends MqttException {
    private static final long serialVersionUID = 1;

    private final @Nullable ReasonCode reason;

    ConnectionLost(String message, @Nullable ReasonCode reason, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The reason of the server's DISCONNECT, or of ours where the server broke the protocol; null where the network failed. */
    public @Nullable ReasonCode reason() {
        return reason;
    }
}
