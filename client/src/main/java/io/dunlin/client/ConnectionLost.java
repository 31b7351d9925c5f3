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
    private final @Nullable String serverReference;

    ConnectionLost(String message, @Nullable ReasonCode reason, @Nullable Throwable cause) {
        this(message, reason, null, cause);
    }

    ConnectionLost(
            String message, @Nullable ReasonCode reason, @Nullable String serverReference, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.serverReference = serverReference;
    }

    /** The other server that this one names in its DISCONNECT (4.11), or null. */
    public @Nullable String serverReference() {
        return serverReference;
    }

    /** The reason of the server's DISCONNECT, or of ours where the server broke the protocol; null where the network failed. */
    public @Nullable ReasonCode reason() {
        return reason;
    }
}
