package io.dunlin.client;

import org.jspecify.annotations.Nullable;

/** Where a client stands. */
public enum ConnectionState {
    DISCONNECTED,
    CONNECTING,
    CONNECTED;

    /** A step from one state to another; {@code cause} is null unless something went wrong. */
    public record Change(
            ConnectionState from,
            ConnectionState to,
            @Nullable MqttException cause) {}
}
