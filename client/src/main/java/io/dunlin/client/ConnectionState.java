package io.dunlin.client;

import org.jspecify.annotations.Nullable;

/** Where a client stands. */
public enum ConnectionState {
    /** There is no connection, and none will come unless the application asks for it. */
    DISCONNECTED,
    /** The application asked for a connection. */
    CONNECTING,
    CONNECTED,
    /** The connection was lost, or the first attempt failed; the client waits or tries again. */
    RECONNECTING,
    /** For good. */
    CLOSED;

    /** A step from one state to another; {@code cause} is null unless something went wrong. */
    public record Change(
            ConnectionState from,
            ConnectionState to,
            @Nullable MqttException cause) {}
}
