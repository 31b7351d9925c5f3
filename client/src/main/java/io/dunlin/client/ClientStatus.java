package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.protocol.packet.Connack;
import org.jspecify.annotations.Nullable;

/**
 * How a client stands.
 *
 * @param clientId as given, or as the server assigned it; empty before that
 * @param endpoint the server that it is connected to or tries now
 * @param failures attempts that failed since there was a connection
 * @param lastFailure why the last connection or attempt ended, or null where none did
 * @param connack what the server said when it took the present connection, or null without one
 */
public record ClientStatus(
        ConnectionState state,
        String clientId,
        Endpoint endpoint,
        int failures,
        @Nullable MqttException lastFailure,
        @Nullable Connack connack) {}
